// What the browser knows of its reader and the framework does not say: the languages they read, the zone they live in.
(() => {
  const keep = (name, value) => {
    document.cookie = `${name}=${encodeURIComponent(value)};path=/;SameSite=Strict`;
  };
  keep("languages", (navigator.languages || [navigator.language]).join(","));
  keep("zone", Intl.DateTimeFormat().resolvedOptions().timeZone || "");
})();
