/** What waits on this phone, and what was sent from it: a line on every page, and the list on that of one's reports. */

import { city, home, waits } from "./city";
import { flush } from "./outbox";
import { type Report, dropReport, listen, reports, tell } from "./store";

/** English as the world writes it, days before months; all else as it is. */
const LANGUAGE = document.documentElement.lang.replace(/^en$/, "en-GB");
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 300_000;
const SURE_MS = 6_000;

/** Reports of whose dropping one was asked, and until when: the list may be drawn anew before the answer. */
const asked = new Map<string, number>();

/** Send what waits, now and whenever there may be a network again; show what is left. */
export async function waiting(): Promise<void> {
  let pause = FIRST_PAUSE_MS;
  let timer = 0;
  const send = async () => {
    clearTimeout(timer);
    if (!(await mine()).some((each) => each.state === "waiting")) return;
    const done = await flush().catch(() => false);
    if (done) return;
    timer = window.setTimeout(() => void send(), pause);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  };
  addEventListener("online", () => {
    pause = FIRST_PAUSE_MS;
    void send();
  });
  listen(() => void show());
  await show();
  await send();
}

const mine = async () => (await reports()).filter((each) => each.home.startsWith(city));

async function show(): Promise<void> {
  const all = await mine();
  line(all.filter((each) => each.state !== "sent").length);
  const box = document.getElementById("outbox");
  if (box) list(box, all.reverse());
}

/** Under the head of the page: how many wait, and the way to them. */
function line(count: number): void {
  document.getElementById("waits")?.remove();
  if (!count || document.getElementById("outbox")) return;
  const [aside, text, link] = [document.createElement("aside"), document.createElement("p"), document.createElement("a")];
  Object.assign(aside, { id: "waits", className: "notice" });
  link.href = `${home}mine`;
  text.className = "wrap";
  link.textContent = waits.replace("{n}", count.toLocaleString(LANGUAGE));
  text.append(link);
  aside.append(text);
  document.querySelector("header.top")?.after(aside);
}

function list(box: HTMLElement, all: Report[]): void {
  const place = box.querySelector("ul")!;
  place.replaceChildren(...all.map((report) => item(box, report)));
  box.hidden = !all.length;
}

/** A report by the template of its state, filled. */
function item(box: HTMLElement, report: Report): Node {
  const line = box.querySelector<HTMLTemplateElement>(`template[data-state=${report.state}]`)!.content.cloneNode(true) as DocumentFragment;
  const part = <T extends HTMLElement>(name: string) => line.querySelector<T>(`[data-part=${name}]`);
  const put = (name: string, text: string) => {
    const found = part(name);
    if (found) found.textContent = text;
  };
  const when = new Date(report.told);
  put("title", report.title);
  put("when", when.toLocaleString(LANGUAGE, { dateStyle: "short", timeStyle: "short" }));
  put("reference", report.reference);
  put("problem", report.problems.map((problem) => problem.text).join(" "));
  const image = part<HTMLImageElement>("photo");
  if (image && report.photos[0]) image.src = URL.createObjectURL(report.photos[0].file);
  else image?.remove();
  const link = part<HTMLAnchorElement>("open");
  if (link) link.href = report.state === "sent" ? report.url.replace(/\/receipt$/, "") : `${home}report?take=${report.key}`;
  const drop = part<HTMLButtonElement>("drop");
  if (drop) {
    if (isAsked(report)) ask(drop, report);
    drop.onclick = () => leave(drop, report);
  }
  const now = part<HTMLButtonElement>("now");
  if (now) now.onclick = () => void flush();
  return line;
}

/** The first press asks, the second drops; a moment later it asks again. */
function leave(button: HTMLButtonElement, report: Report): void {
  if (isAsked(report)) return void dropReport(report.key).then(() => tell({ kind: "changed" }));
  asked.set(report.key, Date.now() + SURE_MS);
  ask(button, report);
}

const isAsked = (report: Report) => (asked.get(report.key) ?? 0) > Date.now();

function ask(button: HTMLButtonElement, report: Report): void {
  const words = button.querySelector("span")!;
  const label = words.textContent;
  words.textContent = button.dataset.sure!;
  setTimeout(() => (words.textContent = label), asked.get(report.key)! - Date.now());
}
