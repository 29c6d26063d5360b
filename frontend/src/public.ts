import { explore } from "./explore";
import { language } from "./language";
import { pick } from "./pick";
import { shot } from "./shot";
import { slider } from "./slider";
import { slowed } from "./slowed";
import { suggest } from "./suggest";

document.documentElement.classList.add("js");
language();

const start: Record<string, (found: HTMLElement) => void> = { map: explore, pick, shot, guess: suggest, slider, slowed };
for (const id in start) {
  const found = document.getElementById(id);
  if (found) start[id]!(found);
}
