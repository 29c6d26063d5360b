/** The second step: a map that moves under a pin, and the place from the phone. */

import { CanvasMap, fetchOutline, readView } from "./canvas";

const PIN = "M18 43C14 33 3 28 3 16a15 15 0 0 1 30 0C33 28 22 33 18 43Z";
const CLOSE = 0.006;

export async function pick(host: HTMLElement): Promise<void> {
  const data = host.dataset as Record<string, string>;
  const step = host.closest(".steps")!;
  const field = (name: string) => step.querySelector<HTMLInputElement>(`[name=${name}]`)!;
  const outline = await fetchOutline(data.outline!).catch(() => []);
  document.getElementById("tapmap")?.remove();

  let view = readView(data.view!);
  if (data.pinned) view = { ...view, lat: Number(data.lat), lon: Number(data.lon) };
  let touched = false;
  let accuracy = 0;
  const map = new CanvasMap(host, outline, view, () => {
    if (!touched) return;
    field("lat").value = map.view.lat.toFixed(6);
    field("lon").value = map.view.lon.toFixed(6);
    // What a pixel is worth, when the pin was set by hand.
    field("accuracy").value = String(accuracy || Math.round((map.view.across * 111000 * 12) / host.clientWidth));
    field("frame").value = [map.view.lat.toFixed(5), map.view.lon.toFixed(5), map.view.across.toFixed(5)].join();
    host.dispatchEvent(new Event("placed", { bubbles: true }));
  });
  host.insertAdjacentHTML("beforeend", `<svg class="pin" viewBox="0 0 36 44" aria-hidden="true"><path d="${PIN}"/></svg>`);
  for (const kind of ["pointerdown", "keydown", "wheel"])
    host.addEventListener(kind, () => {
      touched = true;
      accuracy = 0;
    });
  locate((lat, lon, metres) => {
    touched = true;
    accuracy = metres;
    map.show({ lat, lon, across: Math.max(CLOSE, (metres * 4) / 111000) });
  });
}

/** The button "Use my location": asks the phone, and says so when it does not answer. */
function locate(found: (lat: number, lon: number, metres: number) => void): void {
  const box = document.getElementById("locate");
  const button = box?.querySelector("button");
  const words = button?.querySelector("span");
  const failed = document.getElementById("locate-failed");
  if (!box || !button || !words || !failed || !("geolocation" in navigator)) return;
  const label = words.textContent;
  const done = (problem: string) => {
    words.textContent = label;
    button.disabled = false;
    failed.textContent = problem;
    failed.hidden = !problem;
  };
  box.hidden = false;
  button.onclick = () => {
    words.textContent = button.dataset.wait ?? "";
    button.disabled = true;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        done("");
        found(coords.latitude, coords.longitude, Math.round(coords.accuracy));
      },
      () => done(button.dataset.failed ?? ""),
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
    );
  };
}
