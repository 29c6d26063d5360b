// The call desk: help while one types, everything by key, and nothing typed is lost.
"use strict";

(() => {
  const form = document.getElementById("call");
  if (!form) return;
  const FIELDS = ["phone", "words", "location", "service", "name", "email", "position", "language"];
  const kept = `call-${location.pathname}`;
  let waiting;
  let asked = 0;

  /** What was typed stays in this tab until the call ends, and nowhere else. */
  function keep() {
    sessionStorage.setItem(kept, JSON.stringify(Object.fromEntries([...FIELDS, "key"].map((name) => [name, form.elements[name].value]))));
  }
  function restore() {
    const typed = JSON.parse(sessionStorage.getItem(kept) ?? "null");
    if (typed?.sent) sessionStorage.removeItem(kept);
    if (!typed || typed.sent || FIELDS.some((name) => name !== "language" && form.elements[name].value)) return;
    for (const [name, value] of Object.entries(typed)) form.elements[name].value = value;
    help();
  }

  async function help() {
    const mine = ++asked;
    const body = new FormData(form);
    body.delete("photos");
    const answer = await fetch(form.dataset.help, { method: "POST", body, headers: { "HX-Request": "true" } }).catch(() => undefined);
    if (!answer?.ok || mine !== asked) return;
    const came = document.createRange().createContextualFragment(await answer.text()).querySelector("#help");
    const chosen = form.querySelector('[name="same"]:checked')?.value;
    document.getElementById("help").replaceWith(came);
    const again = chosen && came.querySelector(`[name="same"][value="${CSS.escape(chosen)}"]`);
    if (again) again.checked = true;
  }

  form.addEventListener("input", ({ target }) => {
    keep();
    if (!FIELDS.includes(target.name)) return;
    clearTimeout(waiting);
    waiting = setTimeout(help, 250);
  });
  form.addEventListener("click", ({ target }) => {
    const service = target.closest("[data-service]")?.dataset.service;
    if (!service) return;
    form.elements.service.value = service;
    keep();
  });
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey) return;
    const wanted = form.querySelector(`[data-alt="${event.code}"]`);
    if (!wanted) return;
    event.preventDefault();
    wanted.click();
  });
  form.addEventListener("submit", () => sessionStorage.setItem(kept, JSON.stringify({ sent: true })));
  restore();
})();
