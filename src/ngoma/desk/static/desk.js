// The desk's keys, and what a page without reloads owes to eyes, ears and hands.
"use strict";

const $ = (what, where = document) => where.querySelector(what);
const list = () => [...document.querySelectorAll(".row")];
const writing = (node) => node.matches?.("input:not([type=radio], [type=checkbox]), textarea, select");

/** The row of the open case, and the list shows it. */
function mark(row) {
  if (!row) return;
  for (const other of list()) other.toggleAttribute("aria-current", false);
  row.setAttribute("aria-current", "true");
  row.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const rows = list();
  const here = rows.findIndex((row) => row.hasAttribute("aria-current"));
  const next = rows[Math.min(Math.max(here + by, 0), rows.length - 1)];
  if (!next || next === rows[here]) return;
  mark(next);
  next.focus({ preventScroll: true });
  next.click();
}

/** Do what the key is said to do on the page: press a button, follow a link, open a form. */
function press(key) {
  const wanted = document.querySelector(`[aria-keyshortcuts="${CSS.escape(key)}"]`);
  if (!wanted) return false;
  if (writing(wanted)) {
    wanted.focus();
  } else if (wanted.matches("summary")) {
    const form = wanted.parentElement;
    form.open = !form.open;
    if (form.open) $("select, textarea, input:not([type=hidden])", form)?.focus();
  } else {
    wanted.click();
  }
  return true;
}

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if ((event.ctrlKey || event.metaKey) && key === "Enter" && target.form) {
    event.preventDefault();
    target.form.requestSubmit();
    return;
  }
  if (key === "Escape") {
    const form = target.closest?.("details[open]");
    if (form) {
      form.open = false;
      $("summary", form).focus();
    } else if (writing(target)) target.blur();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat && !/^[jk]$/i.test(key)) return;
  if (writing(target) || $("dialog[open]")) return;
  const lower = key.toLowerCase();
  if (lower === "j" || lower === "k") step(lower === "j" ? 1 : -1);
  else if (!press(lower)) return;
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  const reply = event.target.closest("[data-reply]");
  if (reply) {
    const field = document.getElementById(reply.closest(".replies").dataset.for);
    field.value = reply.dataset.reply;
    field.focus();
    event.preventDefault();
  }
  const mention = event.target.closest("[data-mention]");
  if (mention) {
    const field = document.getElementById(mention.dataset.into);
    const before = field.value.slice(0, field.selectionStart);
    const space = before && !/\s$/.test(before) ? " " : "";
    field.setRangeText(`${space}${mention.dataset.mention} `, field.selectionStart, field.selectionEnd, "end");
    field.focus();
  }
  if (event.target.closest("[data-keys]")) $("#keys").showModal();
  for (const menu of document.querySelectorAll(".me[open]")) if (!menu.contains(event.target)) menu.open = false;
  locate(event);
});

/** What the field keeps on a phone goes with whoever signs out; what was not sent is asked about. */
document.addEventListener("submit", async (event) => {
  if (!event.target.matches('form[action="/desk/logout/"]') || event.target.dataset.cleared) return;
  event.preventDefault();
  const waits = await new Promise((resolve) => {
    const asked = indexedDB.open("ngoma-field");
    asked.onerror = () => resolve(0);
    asked.onsuccess = () => {
      const base = asked.result;
      if (!base.objectStoreNames.contains("visits")) return base.close(), resolve(0);
      const count = base.transaction("visits").objectStore("visits").count();
      count.onsuccess = () => (base.close(), resolve(count.result));
    };
  });
  if (waits && !confirm(event.target.dataset.unsent)) return;
  indexedDB.deleteDatabase("ngoma-field");
  await ended();
  for (const name of await caches?.keys?.() ?? []) if (name.startsWith("ngoma field")) await caches.delete(name);
  event.target.dataset.cleared = "yes";
  event.target.requestSubmit();
});

/** The workers of the field keep nothing from now on. One that says nothing for three seconds is not waited for. */
async function ended() {
  const workers = await navigator.serviceWorker?.getRegistrations() ?? [];
  const active = workers.filter((each) => each.scope.endsWith("/field/")).flatMap((each) => each.active ?? []);
  const answers = active.map((worker) => new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = resolve;
    worker.postMessage("end", [port2]);
  }));
  await Promise.race([Promise.all(answers), new Promise((resolve) => setTimeout(resolve, 3000))]);
}

/** One form at a time. (`name` would do it too, but shuts the form that a swap brings in open.) */
document.addEventListener("toggle", ({ target }) => {
  if (!target.matches(".act") || !target.open) return;
  for (const other of document.querySelectorAll(".act[open]")) if (other !== target) other.open = false;
}, true);

/** A click on the map is a position, as long as there is a field for one. */
function locate(event) {
  const map = event.target.closest(".map svg.area");
  const field = $("[data-position]");
  if (!map || !field) return;
  const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(map.getScreenCTM().inverse());
  const { width, height } = map.viewBox.baseVal;
  const [lat, lon, scale] = [map.dataset.lat, map.dataset.lon, map.dataset.scale].map(Number);
  const there = [lat - (at.y - height / 2) / scale, lon + (at.x - width / 2) / scale / Math.cos(lat * Math.PI / 180)];
  field.value = there.map((degrees) => degrees.toFixed(6)).join(", ");
  field.closest("details").open = true;
  const dot = $(".chosen", map) ?? map.appendChild(document.createElementNS(map.namespaceURI, "circle"));
  for (const [name, value] of Object.entries({ class: "chosen", cx: at.x, cy: at.y, r: 7 })) dot.setAttribute(name, value);
}

/** Tell what happened to who listens, and keep the keyboard where the work is. */
function settle() {
  const told = $(".toldbar span");
  if (told) $("#live").textContent = told.textContent;
  for (const form of document.querySelectorAll("[data-seconds]")) {
    setTimeout(() => form.remove(), Number(form.dataset.seconds) * 1000);
    delete form.dataset.seconds;
  }
  const row = $(".row[aria-current]");
  if (row) mark(row);
  if ($("[data-position]")) $(".map")?.classList.add("takes");
}

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "look") {
    $("#desk").classList.add("chosen");
    mark(list().find((row) => row.dataset.reference === event.target.dataset.open));
  }
  settle();
  if (document.activeElement === document.body) ($(".trouble") ? $("#report") : $(".row[aria-current]") ?? $("#list"))?.focus({ preventScroll: true });
});
document.addEventListener("htmx:beforeRequest", (event) => {
  const row = event.target.closest(".row");
  if (row) mark(row);
});
for (const form of document.querySelectorAll("details.act[open]")) form.scrollIntoView({ block: "nearest" });
settle();
