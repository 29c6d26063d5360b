/** The service worker of a city's pages: they open without a network, and what waits is sent when there is one. */

import { flush } from "./outbox";
import { pushed } from "./pushed";

interface SyncEvent extends ExtendableEvent {
  tag: string;
  lastChance: boolean;
}

/** What the server says is kept: pages that open without a network, and the outlines their maps draw. */
interface Kept {
  pages: string[];
  outline: string[];
}

const worker = self as unknown as ServiceWorkerGlobalScope & { kept: Kept };
const CACHE = `ngoma ${worker.registration.scope}`;
const PATIENCE_MS = 6000;
/** Beside the residents' pages, where a city has a host of its own. */
const OTHERS = /^\/(desk|admin|open311|channels)\//;
const ASSETS = /\/static\/[\w./-]+/g;

pushed(worker);
worker.addEventListener("install", () => void worker.skipWaiting());
worker.addEventListener("activate", (event) => event.waitUntil(worker.clients.claim()));

// A page says which language is read: its pages are kept, those of the others are not.
worker.addEventListener("message", (event) => {
  if (event.data === "flush") event.waitUntil(flush());
  else event.waitUntil(Promise.all((event.data as string[]).map(renew)).then(tidy));
});

worker.addEventListener("sync", ((event: SyncEvent) => {
  event.waitUntil(
    flush().then((done) => {
      // The browser tries again later, until its last chance; after that the next visit does.
      if (!done && !event.lastChance) throw new Error("some still wait");
    }),
  );
}) as EventListener);

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  if (address.pathname.startsWith("/static/")) event.respondWith(lasting(request));
  else if (worker.kept.outline.includes(address.pathname)) event.respondWith(lasting(request));
  else if (request.mode === "navigate" && worker.kept.pages.includes(address.pathname)) {
    const open = address.pathname.endsWith("/report") ? atOnce : newest;
    event.respondWith(open(event, address.pathname));
  } else if (request.mode === "navigate" && !OTHERS.test(address.pathname))
    event.respondWith(fetch(request).catch(noNetwork));
});

/** A file that never changes under its name. */
async function lasting(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const known = await cache.match(request);
  if (known) return known;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}

/** The form: as it was kept, so that it opens at once; its next version is fetched behind it. */
async function atOnce(event: FetchEvent, path: string): Promise<Response> {
  const known = await (await caches.open(CACHE)).match(path);
  const renewed = renew(path);
  if (!known) return renewed.then((answer) => answer ?? fetch(path));
  event.waitUntil(renewed);
  return known;
}

/** A page of the city: as it is now; without a network, or with one that hangs, as it was last seen. */
async function newest(event: FetchEvent, path: string): Promise<Response> {
  const known = await (await caches.open(CACHE)).match(path);
  const asked = fetch(event.request).then(async (answer) => {
    if (answer.ok) event.waitUntil(keep(path, answer.clone()));
    return answer;
  });
  if (!known) return asked;
  const patience = new Promise<Response>((answer) => setTimeout(() => answer(known), PATIENCE_MS));
  return Promise.race([asked.catch(() => known), patience]);
}

/** What is shown in place of a page that is not kept: in the language that is read here. */
async function noNetwork(): Promise<Response> {
  for (const path of worker.kept.pages) {
    const page = path.endsWith("/offline") && (await caches.match(path));
    if (page) return page;
  }
  return Response.error();
}

/** Fetch a page and keep it with the files it needs. Undefined where there is no network. */
async function renew(path: string): Promise<Response | undefined> {
  const answer = await fetch(path, { credentials: "omit" }).catch(() => undefined);
  if (answer?.ok) await keep(path, answer.clone());
  return answer;
}

async function keep(path: string, page: Response): Promise<void> {
  if (page.redirected) return;
  const cache = await caches.open(CACHE);
  const text = await page.clone().text();
  // First the files: a page is never kept that could not be shown.
  await Promise.all([...new Set(text.match(ASSETS))].map((file) => lasting(new Request(file))));
  await cache.put(path, page);
}

/** Forget files that no kept page names any more. */
async function tidy(): Promise<void> {
  const cache = await caches.open(CACHE);
  const named = new Set(worker.kept.outline);
  for (const path of worker.kept.pages) {
    const page = await cache.match(path);
    for (const file of (await page?.text())?.match(ASSETS) ?? []) named.add(file);
  }
  for (const request of await cache.keys()) {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith("/static/") && !named.has(pathname)) await cache.delete(request);
  }
}
