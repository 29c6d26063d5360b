/** The map of reports: asks for what is in the window, and opens what is tapped. */

import { CanvasMap, type Dot, fetchOutline, readView } from "./canvas";

interface Answer {
  points?: [reference: string, lat: number, lon: number, service: number | null, tone: string][];
  services?: Record<string, string>;
  clusters?: [lat: number, lon: number, count: number][];
}

export async function explore(host: HTMLElement): Promise<void> {
  const data = host.dataset as Record<string, string>;
  const bubble = document.createElement("p");
  bubble.className = "said-by";
  bubble.setAttribute("role", "status");
  bubble.hidden = true;
  const say = (content: Node | string) => {
    bubble.replaceChildren(content);
    bubble.hidden = false;
  };
  let services: Record<string, string> = {};

  const load = async () => {
    const box = map.box.map((value) => value.toFixed(5)).join(",");
    const answer = await fetch(`${data.src}${data.src!.includes("?") ? "&" : "?"}box=${box}`).catch(() => null);
    if (!answer?.ok) return say(data.failed!);
    const found = (await answer.json()) as Answer;
    services = found.services ?? {};
    map.dots = found.points
      ? found.points.map(([reference, lat, lon, service, tone]) => ({ lat, lon, tone, count: 1, what: [reference, service] }))
      : found.clusters!.map(([lat, lon, count]) => ({ lat, lon, tone: "sky", count }));
    map.draw();
  };

  const open = (dot: Dot) => {
    if (!dot.what) {
      say(data.many!.replace("{n}", dot.count.toLocaleString(document.documentElement.lang)));
      return map.show({ lat: dot.lat / 1e5, lon: dot.lon / 1e5, across: map.view.across / 4 });
    }
    const [reference, service] = dot.what as [string, number | null];
    const link = document.createElement("a");
    link.href = data.report! + reference;
    link.textContent = [services[String(service)], reference].filter(Boolean).join(", ");
    say(link);
  };

  const outline = await fetchOutline(data.outline!).catch(() => []);
  const map = new CanvasMap(host, outline, readView(data.view!), () => void load(), open);
  host.append(bubble);
  const keys = document.getElementById("keys");
  if (keys) keys.hidden = false;
}
