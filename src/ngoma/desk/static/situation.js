// The situation board on a wall: it turns through its views, can be held still, and fills the screen.
"use strict";

(() => {
  const TURN_MS = 15_000;
  const byId = (id) => document.getElementById(id);
  const now = () => byId("now");
  const spans = [...document.querySelectorAll("#controls [name=span].pill")];
  let part = 0;

  document.querySelector("#controls .scripted").hidden = false;

  function toggle(button) {
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(on));
    return on;
  }

  const paused = () => byId("pause").getAttribute("aria-pressed") === "true";

  /** Show another span without leaving the page. */
  function show(span) {
    const address = new URL(location);
    address.searchParams.set("span", span.value);
    for (const other of spans) other.toggleAttribute("aria-current", false);
    span.setAttribute("aria-current", "true");
    history.replaceState(null, "", address);
    htmx.ajax("GET", address.pathname + address.search, { target: "#now", swap: "outerHTML" });
  }

  /** On a wall one part is shown at a time. */
  function face() {
    [...document.querySelectorAll(".panel")].forEach((panel, index) => panel.classList.toggle("turn", index === part));
  }

  /** Go on to the next part; where all are shown, or were, to the next span. */
  function turn() {
    if (paused()) return;
    if (document.fullscreenElement) {
      part = (part + 1) % document.querySelectorAll(".panel").length;
      face();
      if (part) return;
    }
    if (byId("rotate").getAttribute("aria-pressed") !== "true") return;
    const here = spans.findIndex((span) => span.hasAttribute("aria-current"));
    show(spans[(here + 1) % spans.length]);
  }

  face();
  setInterval(turn, TURN_MS);
  document.addEventListener("fullscreenchange", () => {
    part = 0;
    face();
  });
  byId("rotate").addEventListener("click", (event) => toggle(event.currentTarget));
  byId("pause").addEventListener("click", (event) => toggle(event.currentTarget));
  byId("full").addEventListener("click", () => document.documentElement.requestFullscreen());
  byId("place").addEventListener("change", (event) => event.currentTarget.form.requestSubmit(spans.find((span) => span.hasAttribute("aria-current"))));

  // A danger that was not there before is said aloud to who listens.
  let dangers = Number(now().dataset.dangers);
  document.addEventListener("htmx:afterSwap", () => {
    face();
    const open = Number(now().dataset.dangers);
    if (open > dangers) byId("live").textContent = now().dataset.danger;
    dangers = open;
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (paused() && event.detail.elt === now()) event.preventDefault();
  });
  document.addEventListener("htmx:afterRequest", (event) => { byId("lost").hidden = event.detail.successful; });
})();
