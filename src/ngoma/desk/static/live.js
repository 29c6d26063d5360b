// The queue while it is open: what comes, changes and goes appears by itself, and who reads what.
"use strict";

(() => {
  let source;
  const desk = () => document.getElementById("desk");
  const look = () => document.getElementById("look");
  const lines = () => [...document.querySelectorAll("#list li[data-order]")];
  const lineOf = (reference) => document.querySelector(`#list .row[data-reference="${CSS.escape(reference)}"]`)?.closest("li");
  const made = (html) => document.createRange().createContextualFragment(html).firstElementChild;

  /** Ask from where the page stands, and go on from there. */
  function listen() {
    const address = new URL(desk().dataset.live, location);
    address.searchParams.set("since", desk().dataset.since);
    if (look()?.dataset.case) address.searchParams.set("holding", look().dataset.case);
    source?.close();
    source = new EventSource(address);
    source.addEventListener("changes", (event) => show(JSON.parse(event.data), event.lastEventId));
    source.addEventListener("reload", () => location.reload());
  }

  function show({ rows = [], versions = {}, counts, held }, mark) {
    desk().dataset.since = mark;
    const waiting = new Map(rows.map((row) => [row.reference, row]));
    for (const reference of Object.keys(versions)) put(reference, waiting.get(reference));
    if (counts) count(counts);
    for (const line of lines()) hold(line, held);
    stale(versions);
    document.querySelector("#list .empty").hidden = lines().length > 0;
  }

  /** Put a row where it belongs, or take it away; the one that is open and the one in focus stay. */
  function put(reference, row) {
    const old = lineOf(reference);
    const open = look()?.dataset.open === reference;
    if (!row) {
      if (old && !open) remove(old);
      return;
    }
    const line = made(row.row);
    const after = lines().find((other) => other !== old && other.dataset.order > line.dataset.order);
    if (!after && document.getElementById("more") && !old) return; // it comes with the next page
    const focused = old?.contains(document.activeElement);
    if (old && open) line.querySelector(".row").setAttribute("aria-current", "true");
    // A report comes before it is read, and only then is seen to be a danger.
    const alarming = row.group === "danger" && old?.dataset.group !== "danger";
    if (old) remove(old);
    else line.classList.add("came");
    const list = document.querySelector("#list .rows");
    list.insertBefore(line, after ? first(after, line) : document.getElementById("more"));
    if (!document.querySelector(`#list .grp[data-group="${row.group}"]`)) line.before(made(row.heading));
    htmx.process(line);
    if (focused) line.querySelector(".row").focus({ preventScroll: true });
    if (alarming) document.getElementById("live").textContent = `${desk().dataset.came} ${row.title}`;
  }

  /** Before a line of the next group stands that group's heading. */
  function first(after, line) {
    const heading = after.previousElementSibling;
    return after.dataset.group !== line.dataset.group && heading?.matches(".grp") ? heading : after;
  }

  function remove(line) {
    const { group } = line.dataset;
    line.remove();
    if (!lines().some((other) => other.dataset.group === group)) document.querySelector(`#list .grp[data-group="${group}"]`)?.remove();
  }

  function count(counts) {
    const most = Number(desk().dataset.most);
    const written = new Intl.NumberFormat(document.documentElement.lang);
    for (const [group, waiting] of Object.entries(counts)) {
      const number = document.querySelector(`#list .grp[data-group="${group}"] .num`);
      if (number) number.textContent = waiting > most ? `${written.format(most)}+` : written.format(waiting);
    }
  }

  function hold(line, held) {
    const name = held[line.querySelector(".row").dataset.reference];
    const mark = line.querySelector(".held");
    mark.hidden = !name;
    mark.lastElementChild.textContent = name ?? "";
  }

  /** Say that the open report is no longer as it is shown. */
  function stale(versions) {
    const note = look()?.querySelector(".stale");
    if (!note || !(versions[look().dataset.open] > Number(look().dataset.version))) return;
    note.hidden = false;
    note.querySelector("span").textContent = desk().dataset.stale;
  }

  document.addEventListener("htmx:afterSettle", listen);
  window.addEventListener("pagehide", () => source?.close());
  listen();
})();
