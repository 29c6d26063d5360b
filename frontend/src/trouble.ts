/** What has to be mended on a step, as the server's own pages say it: a list that leads to the fields. */

import type { Problem } from "./store";

/** Show what is wrong in `box`, instead of what was wrong before; nothing where nothing is. */
export function complain(box: Element, heading: string, wrong: Problem[]): void {
  box.querySelector("#trouble")?.remove();
  for (const each of box.querySelectorAll("[aria-invalid]")) each.removeAttribute("aria-invalid");
  if (!wrong.length) return;
  const trouble = document.createElement("div");
  Object.assign(trouble, { className: "trouble", id: "trouble", tabIndex: -1 });
  trouble.setAttribute("role", "alert");
  const [title, list] = [document.createElement("h2"), document.createElement("ul")];
  title.className = "h3";
  title.textContent = heading;
  list.append(...wrong.map(line));
  trouble.append(title, list);
  box.querySelector("#stopper")!.after(trouble);
  trouble.focus();
}

function line({ field, text }: Problem): HTMLElement {
  const [item, link] = [document.createElement("li"), document.createElement("a")];
  const place = document.getElementById(field);
  const target = place?.matches("input, select, textarea") ? place : place?.querySelector<HTMLElement>("input, select, textarea");
  target?.setAttribute("aria-invalid", "true");
  link.href = `#${field}`;
  link.textContent = text;
  // The address names the step: a link to a field must not change it.
  link.onclick = (event) => {
    event.preventDefault();
    target?.focus();
  };
  item.append(link);
  return item;
}
