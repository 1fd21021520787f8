// The list that the app left in this browser, as it was; loads the app as soon as its server answers.
(() => {
  const DAY_MS = 86_400_000, LOOK_MS = 5000;
  const kept = (name) => {
    try { return JSON.parse(localStorage.getItem(`flutter.dogwatch.${name}`)); } catch { return null; }
  };
  const language = kept("language") || ((navigator.language || "").startsWith("zh") ? "zh" : "en");
  const words = window.dogwatchWords[language];
  const locale = language === "zh" ? "zh-CN" : "en-GB";
  // The reader's own; a browser older than a zone's name shows its own times.
  const timeZone = (() => {
    const named = kept("zone") || undefined;
    try { return new Intl.DateTimeFormat("en", { timeZone: named }) && named; } catch { return undefined; }
  })();
  const theme = kept("theme");
  document.documentElement.lang = locale;
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;

  const seen = (() => {
    try {
      const found = JSON.parse(kept("last_seen"));
      return Date.now() - new Date(found.at) < DAY_MS ? found : null;
    } catch { return null; }
  })();
  const when = (moment) => {
    const dated = (at) => at.toLocaleDateString(locale, { timeZone });
    const at = new Date(moment);
    const day = dated(at) === dated(new Date()) ? {} : { day: "numeric", month: "short" };
    return at.toLocaleString(locale, { ...day, hour: "2-digit", minute: "2-digit", timeZone });
  };
  const element = (name, look, ...children) => {
    const made = document.createElement(name);
    made.className = look;
    made.append(...children);
    return made;
  };
  const row = (each) => element(
    "li", `row ${each.severity}`,
    element("span", "sign"),
    element("div", "about",
      element("strong", "", each.title),
      element("span", "small", [`INC-${each.number}`, words[each.severity], each.where].filter(Boolean).join(" · ")),
      element("span", `small ${each.state}`, `${words[each.state]} · ${words.since.replace("{when}", when(each.since))}`)),
  );
  const group = (title, rows) => rows.length ? [element("h2", "", title), element("ul", "", ...rows.map(row))] : [];

  document.title = `${words.title} · Dogwatch`;
  document.querySelector("h1").textContent = words.title;
  document.querySelector("p").textContent = seen ? words.list.replace("{when}", when(seen.at)) : words.empty;
  const button = document.querySelector("button");
  button.textContent = words.now;
  button.addEventListener("click", () => location.reload());
  if (seen) {
    const mine = seen.rows.filter((each) => each.mine), others = seen.rows.filter((each) => !each.mine);
    document.querySelector("main").append(...group(words.mine, mine), ...group(words.others, others));
    if (!seen.rows.length) document.querySelector("main").append(element("p", "none", words.none));
  }

  const look = async () => {
    try {
      if ((await fetch("/alive", { cache: "no-store" })).status === 204) location.reload();
    } catch { /* Not yet. */ }
  };
  setInterval(look, LOOK_MS);
  addEventListener("online", look);
})();
