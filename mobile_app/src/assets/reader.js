// What the browser knows of its reader and the framework does not say: the languages they read, the zone they live in,
// and whether fingers touch the screen.
(() => {
  const keep = (name, value) => {
    document.cookie = `${name}=${encodeURIComponent(value)};path=/;SameSite=Strict`;
  };
  keep("languages", (navigator.languages || [navigator.language]).join(","));
  keep("pointer", matchMedia("(any-pointer: coarse)").matches ? "coarse" : "fine");
  keep("zone", Intl.DateTimeFormat().resolvedOptions().timeZone || "");
})();
