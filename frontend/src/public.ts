import { install } from "./city";
import { explore } from "./explore";
import { flow } from "./flow";
import { language } from "./language";
import { pick } from "./pick";
import { push } from "./push";
import { slider } from "./slider";
import { slowed } from "./slowed";
import { waiting } from "./waiting";

document.documentElement.classList.add("js");
language();

const start: Record<string, (found: HTMLElement) => void> = {
  map: explore,
  pick,
  push,
  slider,
  slowed: (found) => void slowed(found),
  form: (found) => void flow(found as HTMLFormElement),
};
for (const id in start) {
  const found = document.getElementById(id);
  if (found) start[id]!(found);
}
void waiting().catch(() => undefined); // where nothing can be kept, nothing waits
addEventListener("load", () => void install().catch(() => undefined));
