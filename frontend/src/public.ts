import { explore } from "./explore";
import { pick } from "./pick";
import { shot } from "./shot";
import { suggest } from "./suggest";

document.documentElement.classList.add("js");

const start: Record<string, (found: HTMLElement) => void> = { map: explore, pick, shot, guess: suggest };
for (const id in start) {
  const found = document.getElementById(id);
  if (found) start[id]!(found);
}
