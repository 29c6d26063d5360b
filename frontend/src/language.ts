/** The language that somebody chose here, kept on this device alone. It never overrules an address. */

const KEY = "ngoma.language";

export function language(): void {
  const offer = document.getElementById("offer");
  const chosen = remembered();
  if (offer && chosen) propose(offer, chosen);
  document.querySelector(".langs")?.addEventListener("click", ({ target }) => {
    const link = (target as Element).closest("a");
    if (link) remember(link.hreflang);
  });
}

/** On a page whose address names no language: a link to the chosen one, and every city in it. */
function propose(offer: HTMLElement, chosen: string): void {
  for (const link of offer.querySelectorAll("a"))
    if (link.lang === chosen) offer.hidden = link.hidden = false;
  for (const link of document.querySelectorAll<HTMLAnchorElement>("[data-languages]")) {
    const address = JSON.parse(link.dataset.languages!)[chosen];
    if (address) link.href = address;
  }
}

function remembered(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // A browser may forbid it; then nothing is remembered.
  }
}

function remember(chosen: string): void {
  try {
    localStorage.setItem(KEY, chosen);
  } catch {
    // As above.
  }
}
