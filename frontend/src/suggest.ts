/** The first step: while somebody types, what the words sound like, as chips. */

const PAUSE_MS = 600;
const LEAST = 4;

export function suggest(box: HTMLElement): void {
  const form = box.closest("form")!;
  const words = form.elements.namedItem("words") as HTMLTextAreaElement;
  const chips = document.getElementById("chips")!;
  let timer = 0;
  let asked = words.value;

  const ask = async () => {
    const text = words.value.trim();
    if (text === asked || text.length < LEAST) return;
    asked = text;
    const chosen = chips.querySelector<HTMLInputElement>("input[data-hand]:checked");
    const body = new FormData();
    body.set("words", text);
    if (chosen) body.set("service", chosen.value);
    const answer = await fetch(form.dataset.suggest!, { method: "POST", body }).catch(() => null);
    if (!answer?.ok || words.value.trim() !== text) return;
    const html = (await answer.text()).trim();
    if (html) chips.innerHTML = html;
    if (chosen) chips.querySelector<HTMLInputElement>(":checked")!.dataset.hand = "yes";
    box.hidden = !chips.children.length;
  };

  words.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => void ask(), PAUSE_MS);
  });
  // What a hand chose stays chosen when the words go on.
  chips.addEventListener("change", (event) => {
    for (const each of chips.querySelectorAll("input")) delete each.dataset.hand;
    (event.target as HTMLInputElement).dataset.hand = "yes";
  });
}
