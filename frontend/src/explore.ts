/** The map of reports, with the list in step: the address says what is seen, and shows it again. */

import { type Box, CanvasMap, type Dot, fetchOutline } from "./canvas";
import { Tiles } from "./tiles";

export async function explore(host: HTMLElement): Promise<void> {
  const data = host.dataset as Record<string, string>;
  const bubble = say(host, "said-by");
  const loading = say(host, "loading");
  const lines = document.getElementById("lines");
  let touched = false;
  let list = new AbortController();

  const tiles = new Tiles(data.tiles!, data.query!, (waiting, failed) => {
    loading.textContent = failed ? data.failed! : waiting ? data.wait! : "";
    loading.hidden = !(failed || waiting);
    draw();
  });
  const draw = () => {
    map.dots = tiles.dots(map.box, map.scale);
    map.draw();
  };
  const rest = () => {
    tiles.look(map.box, map.scale);
    if (!touched) return;
    const box = map.box.map((edge) => edge.toFixed(5)).join();
    history.replaceState(null, "", withBox(location.href, box));
    keep(box);
    if (lines) void follow(box, lines);
  };

  /** The list of what the window shows now. */
  const follow = async (box: string, lines: HTMLElement) => {
    list.abort();
    list = new AbortController();
    lines.setAttribute("aria-busy", "true");
    const answer = await fetch(withBox(data.part!, box), { signal: list.signal }).catch(() => null);
    if (!answer?.ok) return;
    lines.innerHTML = await answer.text();
    lines.removeAttribute("aria-busy");
  };

  const open = async (dot?: Dot) => {
    mark(dot?.what);
    bubble.hidden = !dot?.what;
    if (!dot) return;
    if (!dot.what) {
      touched = true;
      return map.show({ lat: dot.lat / 1e5, lon: dot.lon / 1e5, across: map.view.across / 3 });
    }
    const link = document.createElement("a");
    link.href = data.report! + dot.what;
    link.textContent = dot.what;
    bubble.replaceChildren(link, button(data.close!, "×", () => void open()));
    const answer = await fetch(data.one! + dot.what).catch(() => null);
    if (answer?.ok && map.marked === dot.what) {
      link.outerHTML = await answer.text();
    }
  };
  const mark = (reference?: string) => {
    map.marked = reference;
    map.draw();
  };

  const outline = await fetchOutline(data.outline!).catch(() => []);
  const map = new CanvasMap(host, outline, { lat: 0, lon: 0, across: 1 }, rest, (dot) => void open(dot));
  map.fit(data.box!.split(",").map(Number) as unknown as Box);
  for (const kind of ["pointerdown", "keydown", "wheel"])
    host.addEventListener(kind, () => (touched = true), { passive: true });
  host.addEventListener("keydown", (event) => event.key === "Escape" && void open());
  locate(host, data, loading, (lat, lon) => {
    touched = true;
    map.show({ lat, lon, across: 0.01 });
  });
  for (const kind of ["mouseover", "focusin", "mouseleave", "focusout"])
    lines?.addEventListener(kind, ({ target, type }) => {
      const link = (target as Element).closest(".line")?.querySelector("a");
      mark(type.startsWith("mousel") || type === "focusout" ? undefined : link?.href.split("/").pop());
    });
}

/** A box above the map that is read out when it changes. */
function say(host: HTMLElement, name: string): HTMLElement {
  const box = document.createElement("div");
  box.className = name;
  box.setAttribute("role", "status");
  box.hidden = true;
  host.append(box);
  return box;
}

function button(name: string, text: string, act: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  if (name !== text) made.setAttribute("aria-label", name);
  made.onclick = act;
  return made;
}

/** The button "Use my location"; in a frame of another page the phone may not be asked. */
function locate(
  host: HTMLElement,
  data: Record<string, string>,
  status: HTMLElement,
  found: (lat: number, lon: number) => void,
): void {
  if (!("geolocation" in navigator) || window !== window.top) return;
  const here = button(data.locate!, data.locate!, () => {
    here.disabled = true;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        here.disabled = false;
        found(coords.latitude, coords.longitude);
      },
      () => {
        here.disabled = false;
        status.textContent = data.lost!;
        status.hidden = false;
      },
      { timeout: 15000, maximumAge: 60000 },
    );
  });
  here.className = "btn here";
  host.append(here);
}

function withBox(address: string, box: string): string {
  const url = new URL(address, location.href);
  url.searchParams.set("box", box);
  url.searchParams.delete("after");
  return url.href;
}

/** Whatever leads away from here leads to the same part of the map. */
function keep(box: string): void {
  const field = document.getElementById("box") as HTMLInputElement | null;
  if (field) field.value = box;
  for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-window], .langs a")) link.href = withBox(link.href, box);
  const code = document.getElementById("embed") as HTMLTextAreaElement | null;
  if (code) code.value = code.value.replace(/src="([^"]*)"/, (_all, src: string) => `src="${withBox(src, box)}"`);
}
