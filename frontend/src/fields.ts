/** Between the fields of the three steps and the draft. */

import type { Draft, Problem } from "./store";

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const ANSWER = "answer.";

export const field = (box: Element, name: string) => box.querySelector<Field>(`[name="${name}"]`)!;
export const chosen = (box: Element, name: string) => box.querySelector<HTMLInputElement>(`[name=${name}]:checked`);

/** Take into the draft what is in the fields of a step. */
export const collect: Record<string, (box: HTMLElement, draft: Draft) => void> = {
  show(box, draft) {
    draft.words = field(box, "words").value.trim();
    draft.service = chosen(box, "service")?.value ?? draft.service;
  },
  where(box, draft) {
    const [lat, lon] = [field(box, "lat").value, field(box, "lon").value];
    if (lat && lon)
      Object.assign(draft, { lat: Number(lat), lon: Number(lon), accuracy: Number(field(box, "accuracy").value) });
    draft.frame = field(box, "frame").value;
    draft.location = field(box, "location").value.trim();
    draft.place = field(box, "place").value;
  },
  send(box, draft) {
    // The full list goes before the chips.
    draft.service = field(box, "other").value || (chosen(box, "service")?.value ?? draft.service);
    draft.joins = chosen(box, "joins")?.value ?? "";
    draft.contact = field(box, "contact").value.trim();
    draft.answers = answers(box);
  },
};

/** Put into the fields what the draft has; on the phone's own contact it falls back. */
export function fill(boxes: Record<string, HTMLElement>, draft: Draft, contact: string): void {
  const { show, where, send } = boxes as Record<"show" | "where" | "send", HTMLElement>;
  field(show, "words").value = draft.words;
  field(where, "location").value = draft.location;
  field(where, "place").value = draft.place;
  const map = where.querySelector<HTMLElement>("#pick")!;
  if (draft.frame) field(where, "frame").value = map.dataset.view = draft.frame;
  if (draft.lat !== null)
    Object.assign(map.dataset, { pinned: "yes", lat: String(draft.lat), lon: String(draft.lon) });
  field(send, "contact").value = draft.contact || contact;
}

/** Show the questions of the draft's service, with the answers given so far. */
export function ask(box: Element, draft: Draft): void {
  const place = box.querySelector<HTMLElement>("#questions")!;
  if (place.dataset.of === draft.service) return;
  place.dataset.of = draft.service;
  const asked = document.querySelector<HTMLTemplateElement>(`template[data-service="${CSS.escape(draft.service)}"]`);
  place.replaceChildren(...(asked ? [asked.content.cloneNode(true)] : []));
  for (const [code, values] of Object.entries(draft.answers))
    for (const input of place.querySelectorAll<HTMLInputElement>(`[name="${CSS.escape(ANSWER + code)}"]`))
      if (input.type === "radio" || input.type === "checkbox") input.checked = values.includes(input.value);
      else input.value = values[0] ?? "";
}

/** The questions that have to be answered and are not. */
export function unanswered(box: Element, draft: Draft): Problem[] {
  return [...box.querySelectorAll<HTMLElement>("#questions [data-missing]")]
    .filter((each) => !draft.answers[each.dataset.code!])
    .map((each) => ({
      step: "send",
      field: each.id || each.querySelector("[name]")!.id,
      text: each.dataset.missing!,
    }));
}

function answers(box: Element): Record<string, string[]> {
  const given: Record<string, string[]> = {};
  for (const input of box.querySelectorAll<HTMLInputElement>(`[name^="${ANSWER}"]`)) {
    const picked = input.type !== "radio" && input.type !== "checkbox" ? input.value : input.checked && input.value;
    if (picked) (given[input.name.slice(ANSWER.length)] ??= []).push(picked);
  }
  return given;
}
