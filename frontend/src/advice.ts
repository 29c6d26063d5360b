/** What the server makes of a draft: kinds of problem, known cases, warnings. Without it, what the page knows itself. */

import type { Draft } from "./store";

export interface Advice {
  service: string;
  where: string;
  /** HTML of the server's own templates. */
  chips: string;
  same: string;
  stopper: string;
  wrong: Record<string, string>;
}

const ASKED = ["words", "location", "place"] as const;
const PATIENCE_MS = 5000;

let known: { question: string; answer: Promise<Advice | null> } | undefined;

/** Ask once for the same draft; null where nothing comes in time. */
export function advice(address: string, draft: Draft): Promise<Advice | null> {
  const body = new URLSearchParams();
  for (const name of ASKED) body.set(name, draft[name]);
  if (draft.hand) body.set("service", draft.service);
  if (draft.lat !== null)
    for (const name of ["lat", "lon", "accuracy"] as const) body.set(name, String(draft[name]));
  const question = String(body);
  if (known?.question !== question) {
    const answer = ask(address, body);
    known = { question, answer };
    // What failed is asked again.
    void answer.then((found) => {
      if (!found && known?.answer === answer) known = undefined;
    });
  }
  return known.answer;
}

async function ask(address: string, body: URLSearchParams): Promise<Advice | null> {
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), PATIENCE_MS);
  const answer = await fetch(address, { method: "POST", body, signal: control.signal }).catch(() => null);
  clearTimeout(timer);
  return answer?.ok ? ((await answer.json().catch(() => null)) as Advice | null) : null;
}

/** The warning due to words or a service, as the page brought it along; empty for none. */
export function warning(words: string, service: string): string {
  const said = words.toLocaleLowerCase();
  for (const each of document.querySelectorAll<HTMLTemplateElement>("template[data-due]")) {
    const due = JSON.parse(each.dataset.due!) as { words: string[]; services: string[] };
    if (due.services.includes(service) || due.words.some((phrase) => said.includes(phrase.toLocaleLowerCase())))
      return each.innerHTML;
  }
  return "";
}
