// The service worker of the field: the page opens without a network, as it was last seen.
"use strict";

const CACHE = `ngoma field ${self.registration.scope}`;
const PAGE = new URL(self.registration.scope).pathname;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

/** What is being kept; whoever signs out waits for it, and nothing is kept after that. */
let keeping = Promise.resolve();
let over = false;

self.addEventListener("message", (event) => {
  if (event.data === "keep" && !over) keeping = keeping.then(keep).catch(() => undefined);
  if (event.data === "end") {
    over = true;
    keeping = keeping.then(() => event.ports[0].postMessage("ended"));
  }
  event.waitUntil(keeping);
});

/** Keep the page as it is now, with its files and pictures; what is of yesterday goes. */
async function keep() {
  const answer = await fetch(PAGE, { credentials: "same-origin" });
  if (!answer.ok || answer.redirected) return;
  const cache = await caches.open(CACHE);
  const text = await answer.clone().text();
  await cache.put(PAGE, answer);
  const pictures = [...text.matchAll(/<img class="shot" src="([^"]+)"/g)].map((found) => found[1].replaceAll("&amp;", "&"));
  const files = [...text.matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)].map((found) => found[1]);
  const wanted = new Set([PAGE, ...self.kept, ...files, ...pictures].map((path) => new URL(path, location).href));
  for (const request of await cache.keys()) if (!wanted.has(request.url)) await cache.delete(request);
  for (const url of wanted) if (!(await cache.match(url))) await cache.add(url).catch(() => undefined);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname, origin } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (pathname === PAGE && request.mode === "navigate") event.respondWith(newest(request));
  else if (request.destination) event.respondWith(known(request));
});

/** The page as it is; without a network as it was kept. */
async function newest(request) {
  try {
    const answer = await fetch(request);
    over = false;
    return answer;
  } catch {
    return (await caches.match(PAGE)) ?? Response.error();
  }
}

/** A file: from the network, or as it was kept. */
async function known(request) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(request)) ?? Response.error();
  }
}
