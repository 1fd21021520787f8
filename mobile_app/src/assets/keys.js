// Keys that the app uses for its search and a browser would take for its own.
window.addEventListener(
  "keydown",
  (event) => {
    const isTyping = ["INPUT", "TEXTAREA"].includes(document.activeElement?.tagName);
    const isSearch = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
    if (isSearch || (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey)) event.preventDefault();
  },
  true,
);
