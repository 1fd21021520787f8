// Beeps and badges the icon when the number in the title rises: "(1) On call · Dogwatch".
(() => {
  let last = 0;
  let audio = null;

  const wake = () => {
    const Context = window.AudioContext || window.webkitAudioContext;
    if (!Context) return;
    audio = audio || new Context();
    if (audio.state === "suspended") audio.resume();
  };
  for (const gesture of ["pointerdown", "keydown", "touchend"]) {
    window.addEventListener(gesture, wake, { capture: true, passive: true });
  }

  // A ship's bell, struck twice, twice.
  const strike = (at) => {
    for (const [ratio, loudness] of [[1, 0.5], [2.4, 0.22], [3.9, 0.1]]) {
      const tone = audio.createOscillator();
      const gain = audio.createGain();
      tone.frequency.value = 830 * ratio;
      gain.gain.setValueAtTime(0.0001, at);
      gain.gain.exponentialRampToValueAtTime(loudness, at + 0.008);
      gain.gain.exponentialRampToValueAtTime(0.0001, at + 0.9 / ratio + 0.15);
      tone.connect(gain).connect(audio.destination);
      tone.start(at);
      tone.stop(at + 1.2);
    }
  };
  const ring = () => {
    if (!audio || audio.state !== "running") return;
    for (const delay of [0, 0.28, 1.0, 1.28]) strike(audio.currentTime + delay);
    if (navigator.vibrate) navigator.vibrate([200, 100, 200]);
  };

  const look = () => {
    const found = /^\((\d+)\)/.exec(document.title);
    const count = found ? Number(found[1]) : 0;
    if (count > last) {
      window.dispatchEvent(new CustomEvent("dogwatch-waiting", { detail: count }));
      ring();
    }
    if (count !== last) {
      if (count && navigator.setAppBadge) navigator.setAppBadge(count).catch(() => {});
      if (!count && navigator.clearAppBadge) navigator.clearAppBadge().catch(() => {});
    }
    last = count;
  };
  // A hidden tab draws no frame, so Flutter would leave the title as it was: the number comes beside it.
  const told = (count) => {
    const where = document.title.replace(/^\(\d+\) /, "");
    document.title = count ? `(${count}) ${where}` : where;
    look();
  };
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const listen = async (session) => {
    const answer = await fetch("attention", { headers: { "X-Flet-Session": session }, cache: "no-store" });
    if (!answer.ok) return;
    const lines = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await lines.read();
      if (done) return;
      const parts = (rest + value).split("\n");
      rest = parts.pop();
      if (parts.length) told(Number(parts[parts.length - 1]));
    }
  };
  const follow = async () => {
    for (;;) {
      const session = sessionStorage.getItem("_flet_session_id");
      if (session) await listen(session).catch(() => {});
      await pause(1500);
    }
  };
  follow();

  new MutationObserver(look).observe(document.head, { childList: true, subtree: true, characterData: true });
})();
