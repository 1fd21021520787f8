// What the browser knows of its reader and the framework does not say: the languages they read, the zone they live in,
// whether fingers touch the screen, and whether things may move on it.
(() => {
  const keep = (name, value) => {
    document.cookie = `${name}=${encodeURIComponent(value)};path=/;SameSite=Strict`;
  };
  keep("languages", (navigator.languages || [navigator.language]).join(","));
  keep("pointer", matchMedia("(any-pointer: coarse)").matches ? "coarse" : "fine");
  keep("motion", matchMedia("(prefers-reduced-motion: reduce)").matches ? "reduce" : "full");
  keep("zone", Intl.DateTimeFormat().resolvedOptions().timeZone || "");

  // A reader of Chinese has the letters on their way while the engine is still loading.
  let chosen = null;
  try { chosen = JSON.parse(localStorage.getItem("flutter.dogwatch.language")); } catch { /* Nobody chose here. */ }
  if ((chosen || navigator.language || "").startsWith("zh")) {
    const fonts = new URL("fonts/", document.currentScript.src);
    for (const weight of ["Regular", "Bold"]) {
      const link = Object.assign(document.createElement("link"), { rel: "preload", as: "fetch", crossOrigin: "anonymous" });
      link.href = new URL(`NotoSansSC-${weight}.otf`, fonts).href;
      document.head.append(link);
    }
  }
})();
