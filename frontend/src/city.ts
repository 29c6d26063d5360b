/** The city whose pages these are, and the worker that serves them without a network. */

const data = document.getElementById("script")?.dataset ?? {};

/** Where the city's pages start, in its own language and in that of this page, with a slash at the end. */
export const city = (data.worker ?? "/worker.js").replace("worker.js", "");
export const home = data.home ?? city;
/** "{n} waiting on this phone" */
export const waits = data.waits ?? "";

const PAGES = ["", "report", "mine", "offline"];

/** Have the pages of this language kept for when there is no network. */
export async function install(): Promise<void> {
  if (!("serviceWorker" in navigator) || !data.worker) return;
  await navigator.serviceWorker.register(data.worker, { scope: city });
  const worker = await navigator.serviceWorker.ready;
  worker.active?.postMessage(PAGES.map((page) => home + page));
}

/** Ask the browser to send what waits as soon as there is a network, also when this page is closed. */
export async function queue(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const worker = (await navigator.serviceWorker.getRegistration(city)) as
    | (ServiceWorkerRegistration & { sync?: { register(tag: string): Promise<void> } })
    | undefined;
  await worker?.sync?.register("outbox").catch(() => undefined);
}
