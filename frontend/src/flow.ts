/** The three steps on one page: shown without asking the server, kept through a reload, sent or kept to be sent.
 *
 * Without this script the same form is taken step by step by the server. What a step asks is in the page's templates.
 */

import { type Advice, advice, warning } from "./advice";
import { city, home, queue } from "./city";
import { flush, sendPhoto } from "./outbox";
import { photos } from "./photos";
import { pick } from "./pick";
import { type Draft, type Problem, blank, dropDraft, dropReport, keepDraft, keepReport, listen, readDraft, readReport } from "./store";

const STEPS = ["show", "where", "send"] as const;
type Step = (typeof STEPS)[number];

const PAUSE_MS = 600;
const CONTACT = "ngoma.contact";

export async function flow(form: HTMLFormElement): Promise<void> {
  const template = (name: string) => document.getElementById(name) as HTMLTemplateElement | null;
  if (!template("where")) return;
  const taken = new URLSearchParams(location.search).get("take");
  let draft: Draft;
  let problems: Problem[] = [];
  try {
    [draft, problems] = (taken && (await takeUp(taken))) || [(await readDraft(city)) ?? blank(), []];
  } catch {
    return; // Nothing can be kept here: the server takes the form, step by step.
  }
  const say = JSON.parse(form.dataset.say!) as Record<string, string>;
  const boxes = {} as Record<Step, HTMLElement>;
  for (const step of STEPS) {
    boxes[step] = document.createElement("div");
    boxes[step].append(...(step === "show" ? [...form.children] : [template(step)!.content]));
  }
  form.append(boxes.show);
  const titles = document.title;
  let current: Step = "show";
  let timer = 0;
  let sendWords: string | undefined;

  const find = <T extends HTMLElement>(selector: string, step: Step = current) => boxes[step].querySelector<T>(selector)!;
  const field = (name: string, step: Step = current) =>
    find<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>(`[name="${name}"]`, step);
  const keep = () => void keepDraft(city, draft).catch(() => undefined);

  // Fields and draft

  function collect(): void {
    if (current === "show") {
      draft.words = field("words").value.trim();
      chosenChip();
    } else if (current === "where") {
      const [lat, lon] = [field("lat").value, field("lon").value];
      if (lat && lon) Object.assign(draft, { lat: Number(lat), lon: Number(lon), accuracy: Number(field("accuracy").value) });
      draft.frame = field("frame").value;
      draft.location = field("location").value.trim();
      draft.place = field("place").value;
    } else {
      chosenChip();
      draft.joins = find<HTMLInputElement>("[name=joins]:checked")?.value ?? "";
      draft.contact = field("contact").value.trim();
      draft.answers = answers();
    }
  }

  function chosenChip(): void {
    const listed = current === "send" ? field("other").value : "";
    const chip = find<HTMLInputElement>("[name=service]:checked");
    if (listed || chip) draft.service = listed || chip!.value;
    draft.hand ||= Boolean(listed);
  }

  function answers(): Record<string, string[]> {
    const given: Record<string, string[]> = {};
    for (const [name, value] of new FormData(form))
      if (name.startsWith("answer.") && value) (given[name.slice(7)] ??= []).push(String(value));
    return given;
  }

  function fill(): void {
    field("words", "show").value = draft.words;
    field("location", "where").value = draft.location;
    field("place", "where").value = draft.place;
    if (draft.frame) field("frame", "where").value = draft.frame;
    const map = find("#pick", "where");
    if (draft.frame) map.dataset.view = draft.frame;
    if (draft.lat !== null)
      Object.assign(map.dataset, { pinned: "yes", lat: String(draft.lat), lon: String(draft.lon) });
    field("contact", "send").value = draft.contact || localStorage.getItem(CONTACT) || "";
  }

  // Steps

  const number = (step: Step) => STEPS.indexOf(step);
  const named = (): Step => STEPS.find((step) => location.hash === `#${step}`) ?? "show";

  function to(step: Step): void {
    const steps = number(step) - number(current);
    if (steps < 0) return history.go(steps);
    for (const each of STEPS.slice(number(current) + 1, number(step) + 1)) history.pushState(null, "", `#${each}`);
    render();
  }

  function render(): void {
    collectIfShown();
    current = named();
    form.replaceChildren(boxes[current]);
    const heading = find("h1");
    document.title = current === "show" ? titles : `${heading.textContent} – ${titles.split(" – ").pop()}`;
    if (current === "where" && !mapped) mapped = pick(find("#pick"));
    if (current === "send") summarise();
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    scrollTo(0, 0);
  }

  let mapped: Promise<void> | undefined;
  const collectIfShown = () => {
    if (boxes[current].isConnected) collect();
  };

  function summarise(): void {
    const old = find("#sum img");
    old?.remove();
    if (draft.photos[0]) {
      const image = new Image(72, 72);
      image.src = URL.createObjectURL(draft.photos[0].file);
      image.alt = say.photo!;
      find("#sum").prepend(image);
    }
    find("#sum-words").textContent = draft.words;
    find("#sum-where").textContent = [draft.location, draft.lat === null ? placeName() : ""].filter(Boolean).join(", ");
    void advise();
    ask();
  }

  const placeName = () => {
    const list = field("place", "where") as HTMLSelectElement;
    return list.value ? list.selectedOptions[0]!.textContent! : "";
  };

  // What the server makes of it

  async function advise(): Promise<Advice | null> {
    const step = current;
    const words = draft.words;
    const found = draft.words || draft.lat !== null || draft.location || draft.place ? await advice(`${home}report/suggest`, draft) : null;
    if (step !== current || words !== draft.words) return found;
    warn(found ? found.stopper : warning(draft.words, draft.service));
    if (!found) return null;
    if (step === "where") {
      find("#there b").textContent = found.where;
      find("#there").hidden = !found.where || found.where === draft.location;
      return found;
    }
    if (found.chips) chips(found);
    if (step === "send") {
      find("#sum-where").textContent = found.where || find("#sum-where").textContent;
      const before = find<HTMLInputElement>("[name=joins]:checked")?.value ?? draft.joins;
      if (find("#same").innerHTML.trim() !== found.same.trim()) find("#same").innerHTML = found.same;
      const same = find<HTMLInputElement>(`[name=joins][value="${CSS.escape(before)}"]`);
      if (same) same.checked = true;
      nameButton();
      ask();
    }
    return found;
  }

  /** What the button does: to send a report, or to join one. */
  function nameButton(): void {
    const words = find(".dock button span");
    sendWords ??= words.textContent!;
    words.textContent = find<HTMLInputElement>("[name=joins]:checked")?.value ? say.voice! : sendWords;
  }

  function chips(found: Advice): void {
    find("#chips").innerHTML = found.chips;
    const mine = find<HTMLInputElement>(`[name=service][value="${CSS.escape(draft.service)}"]`);
    if (draft.hand && mine) mine.checked = true;
    else draft.service = found.service;
    if (current === "show") find("#guess").hidden = false;
  }

  /** A warning is read once: it is put in only where another one is due. */
  function warn(html: string): void {
    const place = find("#stopper");
    if (place.innerHTML.trim() !== html.trim()) place.innerHTML = html;
  }

  /** The questions of the service, with the answers given so far. */
  function ask(): void {
    const place = find("#questions");
    if (place.dataset.of === draft.service) return;
    place.dataset.of = draft.service;
    const questions = document.querySelector<HTMLTemplateElement>(`template[data-service="${CSS.escape(draft.service)}"]`);
    place.replaceChildren(...(questions ? [questions.content.cloneNode(true)] : []));
    for (const [code, values] of Object.entries(draft.answers))
      for (const input of place.querySelectorAll<HTMLInputElement>(`[name="${CSS.escape(`answer.${code}`)}"]`))
        if (input.type === "radio" || input.type === "checkbox") input.checked = values.includes(input.value);
        else input.value = values[0] ?? "";
  }

  // What is wrong

  function complain(wrong: Problem[]): void {
    for (const old of boxes[current].querySelectorAll("#trouble")) old.remove();
    for (const each of boxes[current].querySelectorAll("[aria-invalid]")) each.removeAttribute("aria-invalid");
    if (!wrong.length) return;
    const box = document.createElement("div");
    Object.assign(box, { className: "trouble", id: "trouble", tabIndex: -1 });
    box.setAttribute("role", "alert");
    const [heading, list] = [document.createElement("h2"), document.createElement("ul")];
    heading.className = "h3";
    heading.textContent = say.missing!;
    for (const { field: id, text } of wrong) {
      const [line, link] = [document.createElement("li"), document.createElement("a")];
      link.href = `#${id}`;
      link.textContent = text;
      // The hash names the step: a link to a field must not change it.
      link.onclick = (event) => {
        event.preventDefault();
        const target = document.getElementById(id);
        (target?.matches("input, select, textarea") ? target : target?.querySelector<HTMLElement>("input"))?.focus();
      };
      document.getElementById(id)?.setAttribute("aria-invalid", "true");
      line.append(link);
      list.append(line);
    }
    box.append(heading, list);
    find("#stopper").after(box);
    box.focus();
  }

  // Going on and sending

  async function next(button: HTMLButtonElement): Promise<void> {
    collect();
    keep();
    switch (button.value) {
      case "where":
        if (!draft.words && !draft.photos.length && !draft.service) return complain([wrong("words", "empty")]);
        break;
      case "check": {
        if (draft.lat === null && !draft.location && !draft.place) return complain([wrong("location", "no_place")]);
        const found = await busy(button, advise());
        const text = found?.wrong.location;
        if (text) return complain([{ step: "where", field: "location", text }]);
        break;
      }
      case "send":
        return send(button);
    }
    complain([]);
    const target = button.value === "check" ? "send" : (button.value as Step);
    if (target !== current) to(target);
  }

  const wrong = (name: string, code: string): Problem => ({ step: current, field: name, text: say[code]! });

  async function busy<T>(button: HTMLButtonElement, work: Promise<T>): Promise<T> {
    const label = [...button.childNodes];
    button.setAttribute("aria-disabled", "true");
    const slow = setTimeout(() => button.replaceChildren(say.wait!), 300);
    try {
      return await work;
    } finally {
      clearTimeout(slow);
      button.replaceChildren(...label);
      button.removeAttribute("aria-disabled");
    }
  }

  async function send(button: HTMLButtonElement): Promise<void> {
    const unanswered = [...find("#questions").querySelectorAll<HTMLElement>("[data-missing]")].filter(
      (each) => !draft.answers[each.dataset.code!],
    );
    if (unanswered.length) return complain(unanswered.map((each) => ({ step: "send", field: each.id || each.querySelector("[name]")!.id, text: each.dataset.missing! })));
    remember();
    await uploading.catch(() => undefined);
    const title = find<HTMLInputElement>("[name=service]:checked")?.closest("label")?.textContent?.trim();
    const report = { ...draft, home, told: Date.now(), state: "waiting", title: draft.words.slice(0, 80) || title || "", problems: [], reference: "", url: "" } as const;
    await keepReport({ ...report, problems: [] });
    await dropDraft(city);
    await busy(button, queue().then(flush).catch(() => false));
    const sent = await readReport(draft.key);
    if (sent?.state === "sent") return location.assign(sent.url);
    if (sent?.state === "refused") return again(sent.problems);
    waits();
  }

  /** Back to the step that has to be mended, with everything as it was told. */
  async function again(found: Problem[]): Promise<void> {
    await dropReport(draft.key);
    keep();
    const step = STEPS.find((each) => found.some((problem) => problem.step === each)) ?? "send";
    const here = found.filter((problem) => problem.step === step);
    if (step !== current) {
      addEventListener("popstate", () => complain(here), { once: true });
      to(step);
    } else complain(here);
  }

  function waits(): void {
    form.replaceChildren(template("step-waits")!.content);
    form.querySelector("h1")!.tabIndex = -1;
    form.querySelector("h1")!.focus();
    history.replaceState(null, "", location.pathname);
    listen(async () => {
      const report = await readReport(draft.key);
      if (report?.state === "sent" && form.isConnected) location.assign(report.url);
    });
  }

  function remember(): void {
    if (find<HTMLInputElement>("#keep input").checked && draft.contact) localStorage.setItem(CONTACT, draft.contact);
    else localStorage.removeItem(CONTACT);
  }

  /** Photos go while the rest is told. */
  let uploading: Promise<unknown> = Promise.resolve();
  function upload(): void {
    uploading = uploading
      .then(async () => {
        for (const photo of draft.photos) {
          if (photo.sent) continue;
          const problem = await sendPhoto(home, photo);
          if (problem) return refusePhoto(photo.id, problem);
          photo.sent = true;
        }
        keep();
      })
      .catch(() => undefined);
  }

  function refusePhoto(id: string, text: string): void {
    draft.photos.splice(draft.photos.findIndex((photo) => photo.id === id), 1);
    show();
    if (current === "show") complain([{ step: "show", field: "photo", text }]);
  }

  const show = () =>
    photos(boxes.show, draft.photos, say, () => {
      keep();
      upload();
    });

  // What happens on the page

  const later = () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      collect();
      keep();
      void advise();
    }, PAUSE_MS);
  };
  form.addEventListener("input", (event) => {
    const input = event.target as HTMLInputElement;
    if (input.name === "service" || input.name === "other") {
      // What a hand chose stays chosen when the words go on.
      draft.hand = true;
      if (input.name === "service" && current === "send") field("other").value = "";
      collect();
      if (current === "send") ask();
    }
    if (input.name === "joins") nameButton();
    if (input.type !== "file") later();
  });
  form.addEventListener("placed", later);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = event.submitter as HTMLButtonElement | null;
    if (button && !button.getAttribute("aria-disabled")) void next(button);
  });
  addEventListener("popstate", render);
  listen((news) => {
    if (news.kind !== "going" || news.key !== draft.key || current !== "send") return;
    const line = find("#progress");
    line.hidden = false;
    line.textContent = news.photo
      ? say.photo_going!.replace("{n}", String(news.photo)).replace("{all}", String(news.photos))
      : say.going!;
  });

  if (draft.words || draft.photos.length || draft.location) offerAnew();
  fill();
  show();
  find("#keep", "send").hidden = false;
  find<HTMLInputElement>("#keep input", "send").checked = true;
  upload();
  const start = problems[0]?.step as Step | undefined;
  if (start) {
    history.replaceState(null, "", location.pathname);
    if (start === "show") render();
    else to(start);
    complain(problems.filter((problem) => problem.step === start));
  } else if (current !== named()) render();
  if (draft.words && current === "show") void advise();

  /** A line above the form: what had been begun is here, and can be thrown away. */
  function offerAnew(): void {
    const [line, button] = [document.createElement("p"), document.createElement("button")];
    line.className = "told anew";
    line.textContent = say.kept!;
    button.type = "button";
    button.className = "aslink";
    button.textContent = say.anew!;
    button.onclick = () => void dropDraft(city).then(() => location.assign(location.pathname));
    line.append(button);
    find("h1", "show").after(line);
  }
}

/** A report that waited or was refused, as a draft again. */
async function takeUp(key: string): Promise<[Draft, Problem[]] | null> {
  const report = await readReport(key);
  if (!report || report.state === "sent") return null;
  await dropReport(key);
  const draft = { ...report, changed: report.tried && report.state === "waiting" };
  await keepDraft(city, draft);
  return [draft, report.problems];
}
