/** Messages that come to this browser: shown, and opened where they lead. */

interface News {
  title: string;
  body: string;
  url: string;
  tag: string;
}

export function pushed(worker: ServiceWorkerGlobalScope): void {
  worker.addEventListener("push", (event) => {
    const { title, body, url, tag } = event.data!.json() as News;
    // One that is about the same takes the place of the last, and is heard too.
    const options = { body, data: url, tag, renotify: true };
    event.waitUntil(worker.registration.showNotification(title, options));
  });
  worker.addEventListener("notificationclick", (event) => {
    event.notification.close();
    event.waitUntil(open(worker, event.notification.data as string));
  });
}

async function open(worker: ServiceWorkerGlobalScope, url: string): Promise<void> {
  const windows = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const known = windows.find((each) => each.url === url);
  await (known ? known.focus() : worker.clients.openWindow(url));
}
