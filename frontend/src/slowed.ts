/** A form that has to wait in a flood: does the work that is asked for, and sends itself. */

import { prove } from "./proof";

export async function slowed(box: HTMLElement): Promise<void> {
  const form = box as HTMLFormElement;
  const said = form.querySelector<HTMLElement>("[role=status]")!;
  const proof = form.elements.namedItem("proof") as HTMLInputElement;
  said.textContent = said.dataset.working!;
  form.querySelector("button")!.hidden = true;
  proof.value = await prove(JSON.parse(form.dataset.challenge!));
  form.submit();
}
