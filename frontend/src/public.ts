import { install } from "./city";
import { explore } from "./explore";
import { flow } from "./flow";
import { pick } from "./pick";
import { waiting } from "./waiting";

document.documentElement.classList.add("js");

const start: Record<string, (found: HTMLElement) => void> = {
  map: explore,
  pick,
  form: (found) => void flow(found as HTMLFormElement),
};
for (const id in start) {
  const found = document.getElementById(id);
  if (found) start[id]!(found);
}
void waiting().catch(() => undefined); // where nothing can be kept, nothing waits
addEventListener("load", () => void install().catch(() => undefined));
