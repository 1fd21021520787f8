// The reader's own line to this site: says within seconds that it is lost, over the last frame, and comes back by itself.
// The framework never hears of a lost socket: it would take the screen away, keep what is tapped and send it later, wait
// twice as long each time, and draw nothing new after it came back. The page is loaded anew instead, once, when we answer.
(() => {
  const BEAT_MS = 2000, ANSWER_MS = 2400, PATIENCE_MS = 4000, PAUSES_MS = [1000, 2000, 4000, 5000];
  const SOONEST_RELOAD_MS = 5000, CROWDED = 1013, IDLE = 4408;
  const Native = window.WebSocket;
  let socket = null, heard = 0, cover = null, missed = false, isLeaving = false, ticker = null, hurried = () => {};

  const kept = (name) => {
    try {
      const text = localStorage.getItem(`flutter.dogwatch.${name}`);
      return text === null ? null : JSON.parse(text);
    } catch { return null; }
  };
  const language = () => kept("language") || ((navigator.language || "").startsWith("zh") ? "zh" : "en");
  // The reader's own; a browser older than a zone's name shows its own times.
  const zone = () => {
    const named = kept("zone") || undefined;
    try { return new Intl.DateTimeFormat("en", { timeZone: named }) && named; } catch { return undefined; }
  };
  const isDark = () => {
    const chosen = kept("theme");
    return chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  };

  const answers = async (ms) => {
    const since = performance.now();
    try {
      const answer = await fetch("/alive", { cache: "no-store", signal: AbortSignal.timeout(ms) });
      return answer.status === 204;
    } catch { return heard > since; }
  };

  // Hidden tabs have their timers slowed down to one a minute; a worker's are not.
  const pause = (ms) => new Promise((done) => {
    const end = () => { ticker?.removeEventListener("message", look); done(); };
    const until = performance.now() + ms;
    const look = () => { if (performance.now() >= until) end(); };
    ticker?.addEventListener("message", look);
    hurried = end;
    setTimeout(end, ms);
  });

  const element = (name, look, ...children) => {
    const made = document.createElement(name);
    made.className = look;
    made.append(...children);
    return made;
  };
  const cloud = () => {
    const box = element("span", "dw-mark");
    box.innerHTML = '<svg viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" stroke-width="1.8"'
      + ' stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="M9 6.2A6 6 0 0 1 17.8 11 4 4 0 0 1 20 17.6'
      + 'M16.5 18.5H7a4.5 4.5 0 0 1-.9-8.9M3 3l18 18"/></svg>';
    return box;
  };

  const views = () => document.querySelectorAll("flutter-view");
  const show = () => {
    const words = window.dogwatchWords[language()];
    const form = { hour: "2-digit", minute: "2-digit", timeZone: zone() };
    const at = new Date().toLocaleTimeString(language() === "zh" ? "zh-CN" : "en-GB", form);
    const lead = element("p", "", words.lead.replace("{when}", at));
    const unsent = element("p", "dw-unsent");
    const button = element("button", "", words.now);
    button.addEventListener("click", () => hurried());
    const told = element("div", "dw-told", element("strong", "", words.title), lead, unsent);
    const banner = element("div", "dw-banner", cloud(), told, button);
    banner.setAttribute("role", "alert");
    cover = element("div", `dw-lost ${isDark() ? "dw-dark" : "dw-light"}`, banner);
    cover.lang = language() === "zh" ? "zh-CN" : "en";
    cover.addEventListener("pointerdown", (event) => {
      if (!banner.contains(event.target)) unsent.textContent = words.unsent;
    });
    document.body.append(cover);
    for (const view of views()) {
      view.inert = true;
      view.style.transform = `translateY(${banner.offsetHeight}px)`;
    }
  };
  const hide = () => {
    cover?.remove();
    cover = null;
    for (const view of views()) {
      view.inert = false;
      view.style.transform = "";
    }
  };

  const lost = async (code) => {
    if (cover || isLeaving) return;
    show();
    ticker = new Worker(URL.createObjectURL(new Blob(["setInterval(() => postMessage(0), 1000)"])));
    if (code === IDLE || code === CROWDED) await pause(PAUSES_MS[3]);
    for (let tries = 0; ; tries++) {
      const began = performance.now();
      const isWaiting = (code === IDLE || code === CROWDED) && document.hidden;
      if (!isWaiting && (await answers(PATIENCE_MS))) break;
      await pause(Math.max(200, PAUSES_MS[Math.min(tries, 3)] - (performance.now() - began)));
    }
    await found();
    ticker.terminate();
    ticker = null;
  };

  const found = async () => {
    if (socket?.readyState === Native.OPEN && heard && !missed) return hide();
    if (!heard) await pause(Math.max(0, SOONEST_RELOAD_MS - performance.now()));
    if (socket?.readyState === Native.OPEN) {
      // So that the server knows it gone before this window asks for its session again.
      const closed = new Promise((done) => Native.prototype.addEventListener.call(socket, "dogwatch-closed", done));
      socket.close();
      await Promise.race([closed, pause(1000)]);
    }
    isLeaving = true;
    location.reload();
  };

  // What is typed and not sent is kept by the app for each tab of a browser, and a tab keeps its name when it is loaded anew.
  const named = (address) => {
    let name = "";
    try {
      name = sessionStorage.getItem("dogwatch.window") || Math.random().toString(36).slice(2);
      sessionStorage.setItem("dogwatch.window", name);
    } catch { return address; }
    const whole = new URL(address, location.href);
    whole.searchParams.set("window", name);
    return whole.href;
  };

  window.WebSocket = class extends Native {
    constructor(address, ...given) {
      super(named(address), ...given);
      socket = this;
      const gone = (event) => {
        event.stopImmediatePropagation();
        this.dispatchEvent(new Event("dogwatch-closed"));
        if (socket === this && event.type === "close") lost(event.code);
      };
      this.addEventListener("close", gone, true);
      this.addEventListener("error", gone, true);
      this.addEventListener("message", () => { 
        if (!heard) setTimeout(prepare, BEAT_MS);
        heard = performance.now();
      }, true);
    }
    send(data) {
      if (cover) missed = true;
      else super.send(data);
    }
  };

  // Without a line no font can be fetched any more: those of the banner are, once the app is there.
  const prepare = () => {
    const words = Object.values(window.dogwatchWords[language()]).join("");
    for (const weight of [400, 600]) {
      for (const family of ["Dogwatch Inter", "Dogwatch SC"]) document.fonts.load(`${weight} 1em "${family}"`, words).catch(() => {});
    }
  };

  const beat = async () => {
    if (!cover && heard && !document.hidden && performance.now() - heard > BEAT_MS - 100 && !(await answers(ANSWER_MS))) lost();
  };
  setInterval(beat, BEAT_MS);
  navigator.serviceWorker?.register("/sw.js").catch(() => {});
  addEventListener("visibilitychange", beat);
  addEventListener("offline", () => { if (heard) lost(); });
  addEventListener("online", () => hurried());
  addEventListener("pagehide", () => { isLeaving = true; });
  addEventListener("pageshow", () => { isLeaving = false; });
  for (const kind of ["keydown", "keyup"]) {
    addEventListener(kind, (event) => { if (cover && !cover.contains(event.target)) event.stopImmediatePropagation(); }, true);
  }
})();
