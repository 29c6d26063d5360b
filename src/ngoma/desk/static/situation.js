// The situation board on a wall: it turns through its views, can be held still, and fills the screen.
"use strict";

(() => {
  const TURN_MS = 20_000;
  const byId = (id) => document.getElementById(id);
  const now = () => byId("now");
  const spans = [...document.querySelectorAll("#controls [name=span].pill")];
  let turning;

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

  function turn() {
    const here = spans.findIndex((span) => span.hasAttribute("aria-current"));
    if (!paused()) show(spans[(here + 1) % spans.length]);
  }

  byId("rotate").addEventListener("click", (event) => {
    clearInterval(turning);
    if (toggle(event.currentTarget)) turning = setInterval(turn, TURN_MS);
  });
  byId("pause").addEventListener("click", (event) => toggle(event.currentTarget));
  byId("full").addEventListener("click", () => document.documentElement.requestFullscreen());
  byId("place").addEventListener("change", (event) => event.currentTarget.form.requestSubmit(spans.find((span) => span.hasAttribute("aria-current"))));

  // A danger that was not there before is said aloud to who listens.
  let dangers = Number(now().dataset.dangers);
  document.addEventListener("htmx:afterSwap", () => {
    const open = Number(now().dataset.dangers);
    if (open > dangers) byId("live").textContent = now().dataset.danger;
    dangers = open;
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (paused() && event.detail.elt === now()) event.preventDefault();
  });
  document.addEventListener("htmx:afterRequest", (event) => { byId("lost").hidden = event.detail.successful; });
})();
