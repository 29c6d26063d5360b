/** The button "Tell me on this phone": asks the browser, and tells the server where it takes messages. */

import { city } from "./city";

export function push(box: HTMLElement): void {
  if (!("PushManager" in window) || !("serviceWorker" in navigator)) return;
  const button = box.querySelector("button")!;
  const said = box.querySelector("[role=status]")!;
  box.hidden = false;
  button.onclick = async () => {
    button.disabled = true;
    said.textContent = "";
    try {
      const url = await subscribe(box.dataset.key!, box.dataset.to!);
      location.assign(url);
    } catch (error) {
      const refused = error instanceof DOMException && error.name === "NotAllowedError";
      said.textContent = refused ? box.dataset.refused! : box.dataset.failed!;
      button.disabled = false;
    }
  };
}

/** The address of the page that ends it. */
async function subscribe(key: string, to: string): Promise<string> {
  const worker = (await navigator.serviceWorker.getRegistration(city)) ?? (await navigator.serviceWorker.ready);
  const subscription = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const { endpoint, keys } = subscription.toJSON();
  const answer = await fetch(to, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ endpoint, ...keys }),
  });
  if (!answer.ok) throw new Error(String(answer.status));
  return ((await answer.json()) as { url: string }).url;
}
