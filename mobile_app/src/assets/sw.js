// Without a network a browser that opens the app gets a page of ours: what was known last. All else it asks for itself.
const KEPT = "dogwatch-VERSION";
const NEEDED = ["/offline.html", "FILES/offline.js", "FILES/offline.css", "FILES/mark.svg", "FILES/fonts/Inter-Regular.otf", "FILES/fonts/Inter-SemiBold.otf"];
const GONE = [502, 503, 504];

addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((kept) => kept.addAll(NEEDED)).then(() => self.skipWaiting()));
});

addEventListener("activate", (event) => {
  const old = async () => {
    for (const name of await caches.keys()) if (name.startsWith("dogwatch-") && name !== KEPT) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(old());
});

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (NEEDED.includes(new URL(request.url).pathname)) event.respondWith(fetch(request).catch(() => caches.match(request)));
});

const page = async (request) => {
  let answer = null;
  try {
    answer = await fetch(request);
  } catch { /* The network is gone. */ }
  return answer && !GONE.includes(answer.status) ? answer : (await caches.match("/offline.html")) || answer || Response.error();
};
