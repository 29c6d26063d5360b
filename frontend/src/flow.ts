/** The three steps on one page: shown without asking the server, kept through a reload, sent or kept to be sent.
 *
 * Without this script the server takes the same form step by step. What each step asks is in the page's templates.
 */

import { type Advice, advice, warning } from "./advice";
import { city, home, queue } from "./city";
import { ask, chosen, collect, field, fill, unanswered } from "./fields";
import { flush, sendPhoto } from "./outbox";
import { photos } from "./photos";
import { pick } from "./pick";
import {
  type Draft, type Problem, type Report,
  blank, dropDraft, dropReport, keepDraft, keepReport, listen, readDraft, readReport,
} from "./store";
import { complain } from "./trouble";

const STEPS = ["show", "where", "send"] as const;
type Step = (typeof STEPS)[number];

const PAUSE_MS = 600;
const SLOW_MS = 300;
const CONTACT = "ngoma.contact";

const template = (name: string) => document.getElementById(name) as HTMLTemplateElement | null;
const number = (step: Step) => STEPS.indexOf(step);
const named = (): Step => STEPS.find((step) => location.hash === `#${step}`) ?? "show";

/** Take the form over, if this page brought the steps along and the phone can keep something. */
export async function flow(form: HTMLFormElement): Promise<void> {
  if (!template("where")) return;
  // Where nothing can be kept, as in some private windows, the server takes the form.
  const found = await begun().catch(() => null);
  if (found) new Flow(form, found).begin(found.problems ?? []);
}

/** What had been begun here, or a report that is to be changed; else a new draft. */
async function begun(): Promise<Draft & { problems?: Problem[] }> {
  const taken = new URLSearchParams(location.search).get("take");
  return (taken && (await takeUp(taken))) || (await readDraft(city)) || blank();
}

/** A report that waited or was refused, as a draft again, with what was wrong with it. */
async function takeUp(key: string): Promise<(Draft & { problems: Problem[] }) | null> {
  const report = await readReport(key);
  if (!report || report.state === "sent") return null;
  await dropReport(key);
  const draft = { ...report, changed: report.tried && report.state === "waiting" };
  await keepDraft(city, draft);
  return draft;
}

class Flow {
  private boxes = {} as Record<Step, HTMLElement>;
  private current: Step = "show";
  private title = document.title;
  private sendWords = "";
  private timer = 0;
  /** The report is in the outbox: a draft kept after that would take its key, and be taken for it. */
  private handed = false;
  private map: Promise<void> | undefined;
  private uploading: Promise<unknown> = Promise.resolve();
  private say: Record<string, string>;

  constructor(
    private form: HTMLFormElement,
    private draft: Draft,
  ) {
    this.say = JSON.parse(form.dataset.say!) as Record<string, string>;
    for (const step of STEPS) {
      this.boxes[step] = document.createElement("div");
      this.boxes[step].append(...(step === "show" ? [...form.children] : [template(step)!.content]));
    }
    form.append(this.boxes.show);
    this.sendWords = this.boxes.send.querySelector(".dock button span")!.textContent!;
  }

  /** Show the draft, at the step that the address names or that has to be mended. */
  begin(problems: Problem[]): void {
    const { draft, boxes } = this;
    if (draft.words || draft.photos.length || draft.location) this.offerAnew();
    // Whoever typed before the phone's memory was open keeps what they typed.
    draft.words ||= field(boxes.show, "words").value;
    fill(boxes, draft, localStorage.getItem(CONTACT) ?? "");
    const remember = boxes.send.querySelector<HTMLElement>("#keep")!;
    remember.hidden = false;
    remember.querySelector("input")!.checked = true;
    this.showPhotos();
    this.upload();
    this.hear();
    const start = problems[0]?.step as Step | undefined;
    if (start) {
      history.replaceState(null, "", location.pathname);
      if (start !== "show") this.to(start);
      this.complain(problems.filter((each) => each.step === start));
    } else if (named() !== "show") this.render();
    if (draft.words && this.current === "show") void this.advise();
  }

  private get box(): HTMLElement {
    return this.boxes[this.current];
  }

  private find<T extends HTMLElement>(selector: string): T {
    return this.box.querySelector<T>(selector)!;
  }

  private complain(wrong: Problem[]): void {
    complain(this.box, this.say.missing!, wrong);
  }

  private wrong(name: string, code: string): void {
    this.complain([{ step: this.current, field: name, text: this.say[code]! }]);
  }

  private collect(): void {
    collect[this.current]!(this.box, this.draft);
  }

  private keep(): void {
    if (this.handed) return;
    void keepDraft(city, this.draft).catch(() => undefined);
  }

  /** A line above the form: what had been begun is here, and can be thrown away. */
  private offerAnew(): void {
    const [line, button] = [document.createElement("p"), document.createElement("button")];
    line.className = "told anew";
    line.textContent = this.say.kept!;
    Object.assign(button, { type: "button", className: "aslink", textContent: this.say.anew! });
    button.onclick = () => void dropDraft(city).then(() => location.assign(location.pathname));
    line.append(button);
    this.boxes.show.querySelector("h1")!.after(line);
  }

  // What happens on the page

  private hear(): void {
    const { form } = this;
    form.addEventListener("input", ({ target }) => this.typed(target as HTMLInputElement));
    form.addEventListener("placed", () => this.later());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const button = event.submitter as HTMLButtonElement | null;
      if (button && !button.getAttribute("aria-disabled")) void this.next(button);
    });
    addEventListener("popstate", () => this.render());
    listen((news) => {
      if (news.kind === "going" && news.key === this.draft.key && this.current === "send") this.progress(news);
    });
  }

  private typed(input: HTMLInputElement): void {
    if (input.name === "service" || input.name === "other") {
      // What a hand chose stays chosen when the words go on.
      this.draft.hand = true;
      if (input.name === "service" && this.current === "send") field(this.box, "other").value = "";
      this.collect();
      if (this.current === "send") ask(this.box, this.draft);
    }
    if (input.name === "joins") this.nameButton();
    if (input.type !== "file") this.later();
  }

  /** When nothing is typed for a moment: keep the draft, and ask what the server makes of it. */
  private later(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.collect();
      this.keep();
      void this.advise();
    }, PAUSE_MS);
  }

  private progress({ photo, photos: all }: { photo: number; photos: number }): void {
    const line = this.find("#progress");
    line.hidden = false;
    const words = photo ? this.say.photo_going! : this.say.going!;
    line.textContent = words.replace("{n}", String(photo)).replace("{all}", String(all));
  }

  // From step to step

  private to(step: Step): void {
    const steps = number(step) - number(this.current);
    if (steps < 0) return history.go(steps);
    for (const each of STEPS.slice(number(this.current) + 1, number(step) + 1)) history.pushState(null, "", `#${each}`);
    this.render();
  }

  private render(): void {
    if (this.box.isConnected) this.collect();
    this.current = named();
    this.form.replaceChildren(this.box);
    if (this.current === "where") this.map ??= pick(this.find("#pick"));
    if (this.current === "send") this.summarise();
    const heading = this.find("h1");
    document.title = this.current === "show" ? this.title : `${heading.textContent} – ${this.title.split(" – ").pop()}`;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    scrollTo(0, 0);
  }

  private async next(button: HTMLButtonElement): Promise<void> {
    const { draft } = this;
    this.collect();
    this.keep();
    if (button.value === "send") return this.send(button);
    if (button.value === "where" && this.current === "show" && !draft.words && !draft.photos.length && !draft.service)
      return this.wrong("words", "empty");
    if (button.value === "check") {
      if (draft.lat === null && !draft.location && !draft.place) return this.wrong("location", "no_place");
      const found = await this.busy(button, this.advise());
      const text = found?.wrong.location;
      if (text) return this.complain([{ step: "where", field: "location", text }]);
    }
    this.complain([]);
    this.to(button.value === "check" ? "send" : (button.value as Step));
  }

  /** Wait with a button that says so, and cannot be pressed twice. */
  private async busy<T>(button: HTMLButtonElement, work: Promise<T>): Promise<T> {
    const label = [...button.childNodes];
    button.setAttribute("aria-disabled", "true");
    const slow = setTimeout(() => button.replaceChildren(this.say.wait!), SLOW_MS);
    try {
      return await work;
    } finally {
      clearTimeout(slow);
      button.replaceChildren(...label);
      button.removeAttribute("aria-disabled");
    }
  }

  // What the server makes of it

  private async advise(): Promise<Advice | null> {
    const { draft, current } = this;
    const words = draft.words;
    const said = words || draft.lat !== null || draft.location || draft.place;
    const found = said ? await advice(`${home}report/suggest`, draft) : null;
    // Meanwhile somebody may have typed on, or gone on.
    if (current !== this.current || words !== draft.words) return found;
    this.warn(found ? found.stopper : warning(words, draft.service));
    if (!found) return null;
    if (current === "where") this.understood(found.where);
    else if (found.chips) this.propose(found);
    if (current === "send") this.compare(found);
    return found;
  }

  /** A warning is read once: it is put in only where another one is due. */
  private warn(html: string): void {
    const place = this.find("#stopper");
    if (place.innerHTML.trim() !== html.trim()) place.innerHTML = html;
  }

  private understood(where: string): void {
    this.find("#there b").textContent = where;
    this.find("#there").hidden = !where || where === this.draft.location;
  }

  private propose(found: Advice): void {
    const { draft, box } = this;
    this.find("#chips").innerHTML = found.chips;
    const mine = box.querySelector<HTMLInputElement>(`[name=service][value="${CSS.escape(draft.service)}"]`);
    if (draft.hand && mine) mine.checked = true;
    else draft.service = found.service;
    if (this.current === "show") this.find("#guess").hidden = false;
  }

  /** The last step: where we understand that it is, and a case that it may be the same as. */
  private compare(found: Advice): void {
    const { box } = this;
    this.find("#sum-where").textContent = found.where || this.find("#sum-where").textContent;
    const joins = chosen(box, "joins")?.value ?? this.draft.joins;
    const place = this.find("#same");
    if (place.innerHTML.trim() !== found.same.trim()) place.innerHTML = found.same;
    const same = box.querySelector<HTMLInputElement>(`[name=joins][value="${CSS.escape(joins)}"]`);
    if (same) same.checked = true;
    this.nameButton();
    ask(box, this.draft);
  }

  /** What the button does: to send a report, or to join one. */
  private nameButton(): void {
    const words = this.box.querySelector(".dock button span");
    // It may be saying that it is busy.
    if (words) words.textContent = chosen(this.box, "joins")?.value ? this.say.voice! : this.sendWords;
  }

  private summarise(): void {
    const { draft } = this;
    this.box.querySelector("#sum img")?.remove();
    if (draft.photos[0]) {
      const image = new Image(72, 72);
      image.src = URL.createObjectURL(draft.photos[0].file);
      image.alt = this.say.photo!;
      this.find("#sum").prepend(image);
    }
    const list = field(this.boxes.where, "place") as HTMLSelectElement;
    const place = draft.lat === null && list.value ? list.selectedOptions[0]!.textContent! : "";
    this.find("#sum-words").textContent = draft.words;
    this.find("#sum-where").textContent = [draft.location, place].filter(Boolean).join(", ");
    ask(this.box, draft);
    void this.advise();
  }

  // Photos go while the rest is told

  private showPhotos(): void {
    photos(this.boxes.show, this.draft.photos, this.say, () => {
      this.keep();
      this.upload();
    });
  }

  private upload(): void {
    this.uploading = this.uploading
      .then(async () => {
        for (const photo of this.draft.photos.filter((each) => !each.sent)) {
          const problem = await sendPhoto(home, photo);
          if (problem) return this.refusePhoto(photo.id, problem);
          photo.sent = true;
        }
        this.keep();
      })
      .catch(() => undefined); // without a network they go with the report
  }

  private refusePhoto(id: string, text: string): void {
    const { photos: kept } = this.draft;
    kept.splice(kept.findIndex((photo) => photo.id === id), 1);
    this.showPhotos();
    if (this.current === "show") this.complain([{ step: "show", field: "photo", text }]);
  }

  // Sending

  private async send(button: HTMLButtonElement): Promise<void> {
    const missing = unanswered(this.box, this.draft);
    if (missing.length) return this.complain(missing);
    this.remember();
    await this.busy(button, this.hand());
    const sent = await readReport(this.draft.key);
    if (sent?.state === "sent") return location.assign(sent.url);
    if (sent?.state === "refused") return this.again(sent.problems);
    this.waits();
  }

  /** Put the report into the outbox, where it is safe, and try to send it. */
  private async hand(): Promise<void> {
    await this.uploading;
    const service = chosen(this.box, "service")?.closest("label")?.textContent?.trim() ?? "";
    const report: Report = {
      ...this.draft,
      home,
      told: Date.now(),
      state: "waiting",
      title: this.draft.words.slice(0, 80) || service,
      problems: [],
      reference: "",
      url: "",
    };
    await keepReport(report);
    this.handed = true;
    clearTimeout(this.timer);
    await dropDraft(city);
    await queue();
    await flush().catch(() => false);
  }

  private remember(): void {
    const wanted = this.find<HTMLInputElement>("#keep input").checked && this.draft.contact;
    if (wanted) localStorage.setItem(CONTACT, this.draft.contact);
    else localStorage.removeItem(CONTACT);
  }

  /** Back to the step that has to be mended, with everything as it was told. */
  private async again(found: Problem[]): Promise<void> {
    await dropReport(this.draft.key);
    this.handed = false;
    this.keep();
    const step = STEPS.find((each) => found.some((problem) => problem.step === each)) ?? "send";
    const here = found.filter((problem) => problem.step === step);
    if (step === this.current) return this.complain(here);
    addEventListener("popstate", () => this.complain(here), { once: true });
    this.to(step);
  }

  /** Instead of a receipt: it is kept here, and goes by itself. When it has gone, the receipt. */
  private waits(): void {
    this.form.replaceChildren(template("step-waits")!.content);
    const heading = this.form.querySelector("h1")!;
    heading.tabIndex = -1;
    heading.focus();
    history.replaceState(null, "", location.pathname);
    listen(async () => {
      const report = await readReport(this.draft.key);
      if (report?.state === "sent" && this.form.isConnected) location.assign(report.url);
    });
  }
}
