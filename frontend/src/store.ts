/** What is kept on this phone: the report being written, and reports that wait or were sent. Shared by the pages and
 * the service worker. */

import { type DBSchema, type IDBPDatabase, openDB } from "idb";

/** A photo as it goes out: made small already. `sent`: the server has it whole. */
export interface Photo {
  id: string;
  file: Blob;
  sent: boolean;
}

/** What somebody told so far. `hand`: the service was chosen by them, not by us. */
export interface Draft {
  key: string;
  words: string;
  photos: Photo[];
  service: string;
  hand: boolean;
  lat: number | null;
  lon: number | null;
  accuracy: number;
  frame: string;
  location: string;
  place: string;
  joins: string;
  answers: Record<string, string[]>;
  contact: string;
  /** It was on its way when it was changed: it may have arrived as it was before. */
  changed?: boolean;
}

export interface Problem {
  step: string;
  field: string;
  text: string;
}

/** A report on its way. `home` is the city's front page in the language it was told in. */
export interface Report extends Draft {
  home: string;
  told: number;
  state: "waiting" | "refused" | "sent";
  /** It was on its way once: the answer may have been lost. */
  tried?: boolean;
  title: string;
  problems: Problem[];
  reference: string;
  url: string;
}

interface Schema extends DBSchema {
  drafts: { key: string; value: Draft };
  reports: { key: string; value: Report };
}

let opened: Promise<IDBPDatabase<Schema>> | undefined;

const database = () =>
  (opened ??= openDB<Schema>("ngoma", 1, {
    upgrade(db) {
      db.createObjectStore("drafts");
      db.createObjectStore("reports", { keyPath: "key" });
    },
    terminated() {
      opened = undefined;
    },
  }));

/** A random UUID; `crypto.randomUUID` is not known to phones of before 2021. */
export const uuid = (): string =>
  "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
    (Number(digit) ^ (crypto.getRandomValues(new Uint8Array(1))[0]! & (15 >> (Number(digit) / 4)))).toString(16),
  );

/** A new draft; its key makes sending it twice the same as once. */
export const blank = (): Draft => ({
  key: uuid(),
  words: "", photos: [], service: "", hand: false, lat: null, lon: null, accuracy: 0, frame: "",
  location: "", place: "", joins: "", answers: {}, contact: "",
});

/** The draft of a city, by the start of its pages. */
export const readDraft = async (city: string) => (await database()).get("drafts", city);
export const keepDraft = async (city: string, draft: Draft) => (await database()).put("drafts", draft, city);
export const dropDraft = async (city: string) => (await database()).delete("drafts", city);

/** All reports, in the order in which they were told. */
export const reports = async () => (await (await database()).getAll("reports")).sort((one, two) => one.told - two.told);
export const readReport = async (key: string) => (await database()).get("reports", key);
export const dropReport = async (key: string) => (await database()).delete("reports", key);

/** Keep a report; all pages that show some hear of it. */
export async function keepReport(report: Report): Promise<void> {
  await (await database()).put("reports", report);
  tell({ kind: "changed" });
}

export type News = { kind: "changed" } | { kind: "going"; key: string; photo: number; photos: number };

const channel = "BroadcastChannel" in self ? new BroadcastChannel("ngoma") : null;
const listeners: ((news: News) => void)[] = [];
if (channel) channel.onmessage = (event) => listeners.forEach((each) => each(event.data as News));

/** Tell this page, the others and the worker. */
export function tell(news: News): void {
  channel?.postMessage(news);
  listeners.forEach((each) => each(news));
}

export const listen = (heard: (news: News) => void) => void listeners.push(heard);
