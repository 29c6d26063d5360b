// The field on a phone: what a crew does is kept here and sent when there is a network, exactly once.
"use strict";

(() => {
  const field = document.getElementById("field");
  if (!field || !("indexedDB" in window)) return;
  const said = field.dataset;
  const MOST_EDGE = 1600;
  const QUALITY = 0.8;

  const opened = new Promise((resolve, reject) => {
    const asked = indexedDB.open("ngoma-field", 2);
    asked.onupgradeneeded = () => {
      const there = asked.result.objectStoreNames;
      for (const name of ["visits", "begun"]) if (!there.contains(name)) asked.result.createObjectStore(name, { keyPath: "key" });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  async function store(name, mode, work) {
    const base = await opened;
    return new Promise((resolve, reject) => {
      const transaction = base.transaction(name, mode);
      const asked = work(transaction.objectStore(name));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  }
  const all = async () => (await store("visits", "readonly", (visits) => visits.getAll())).filter((visit) => visit.user === said.user);
  const put = (visit) => store("visits", "readwrite", (visits) => visits.put(visit));
  const drop = (key) => store("visits", "readwrite", (visits) => visits.delete(key));

  /** A photo as it is sent: upright and no larger than it has to be. */
  async function reduced(file) {
    const image = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => undefined);
    if (!image) return file;
    const scale = Math.min(1, MOST_EDGE / Math.max(image.width, image.height));
    const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(image.width * scale), height: Math.round(image.height * scale) });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return new Promise((resolve) => canvas.toBlob((blob) => resolve(blob ?? file), "image/jpeg", QUALITY));
  }

  async function keep(form) {
    const data = new FormData(form);
    const visit = { user: said.user, at: new Date().toISOString(), photos: {}, tried: "" };
    for (const [name, value] of data) {
      if (!(value instanceof File)) visit[name] = value;
      else if (value.size) visit.photos[name] = await reduced(value);
    }
    // A page may be used for two visits; each has a key of its own.
    visit.key = crypto.randomUUID?.() ?? `${visit.key}-${Date.now()}`;
    visit.title = form.closest("li").querySelector("h2").textContent;
    delete visit.csrfmiddlewaretoken;
    await put(visit);
  }

  const TYPED = ["outcome", "text", "minutes", "materials"];
  const begunKey = (form) => `${said.user} ${form.elements.reference.value}`;

  /** What was begun at a stop stays when the browser is closed, photos too. */
  async function note(form) {
    const begun = { key: begunKey(form), typed: {}, photos: {} };
    for (const name of TYPED) begun.typed[name] = form.elements[name].value;
    for (const input of form.querySelectorAll("input[type=file]")) if (input.files.length) begun.photos[input.name] = input.files[0];
    await store("begun", "readwrite", (kept) => kept.put(begun));
  }

  const forget = (form) => store("begun", "readwrite", (kept) => kept.delete(begunKey(form)));

  async function goOn(form) {
    const begun = await store("begun", "readonly", (kept) => kept.get(begunKey(form)));
    if (!begun) return;
    for (const name of TYPED) form.elements[name].value = begun.typed[name];
    for (const [name, photo] of Object.entries(begun.photos)) {
      const files = new DataTransfer();
      files.items.add(photo);
      form.elements[name].files = files.files;
    }
    form.closest("details").open = true;
  }

  /** What waits, and what needs a decision. */
  async function show() {
    const visits = await all();
    const list = document.querySelector("#waiting ul");
    list.replaceChildren(...visits.map(line));
    document.getElementById("waiting").hidden = !visits.length;
    for (const stop of document.querySelectorAll(".stops > li")) {
      if (visits.some((visit) => visit.reference === stop.dataset.reference)) stop.classList.add("visited");
    }
    document.getElementById("offline").hidden = navigator.onLine;
  }

  function line(visit) {
    const row = document.getElementById("waiting-line").content.firstElementChild.cloneNode(true);
    row.querySelector("b").textContent = visit.title;
    row.querySelector(".tag").textContent = said.waits;
    row.querySelector(".q").textContent = visit.tried;
    row.querySelector(".tag").hidden = visit.stuck;
    const ends = row.querySelector(".ends");
    ends.hidden = !visit.stuck;
    ends.addEventListener("click", async ({ target }) => {
      if (target.dataset.do === "drop") await drop(visit.key);
      else if (target.dataset.do === "note") await put({ ...visit, stuck: false, anyway: "yes" });
      else return;
      await show();
      await send();
    });
    return row;
  }

  function form(visit) {
    const body = new FormData();
    for (const name of ["key", "reference", "version", "outcome", "text", "minutes", "materials", "at", "anyway"]) {
      if (visit[name] !== undefined) body.set(name, visit[name]);
    }
    for (const [name, photo] of Object.entries(visit.photos)) body.set(name, photo, `${name}.jpg`);
    return body;
  }

  /** Send what waits, one after the other; one at a time even where two pages are open. */
  const send = () => (navigator.locks ? navigator.locks.request("ngoma-field", sendAll) : sendAll());
  async function sendAll() {
    for (const visit of await all()) {
      if (visit.stuck) continue;
      const answer = await fetch(said.sync, {
        method: "POST",
        body: form(visit),
        headers: { Accept: "application/json", "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "" },
      }).catch(() => undefined);
      if (!answer) break; // no network: later
      if (answer.redirected) {
        await put({ ...visit, tried: said.gone });
        break;
      }
      const known = await answer.json().catch(() => ({}));
      if (answer.ok) await drop(visit.key);
      else if (answer.status >= 400 && answer.status < 500) await put({ ...visit, stuck: true, tried: known.say ?? "" });
      else break; // the server is ill: later
    }
    await show();
  }

  for (const each of document.querySelectorAll("form.visit")) {
    let pause;
    each.addEventListener("input", () => {
      clearTimeout(pause);
      pause = setTimeout(() => void note(each), 300);
    });
    void goOn(each);
    each.addEventListener("submit", async (event) => {
      event.preventDefault();
      clearTimeout(pause);
      await keep(each);
      await forget(each);
      each.reset();
      each.closest("details").open = false;
      document.getElementById("live").textContent = said.kept;
      await show();
      await send();
    });
  }
  window.addEventListener("online", () => void send());
  window.addEventListener("offline", () => void show());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && void send());
  setInterval(() => void send(), 30_000);
  if ("serviceWorker" in navigator) {
    void navigator.serviceWorker.register(said.worker, { scope: said.scope }).then(async () => {
      const { active } = await navigator.serviceWorker.ready;
      active.postMessage("keep");
    });
  }
  void show().then(send);
})();
