/** Sends what waits: each report once, however often the line breaks, from a page or from the service worker. */

import { prove } from "./proof";
import { type Photo, type Problem, type Report, keepReport, readReport, reports, tell } from "./store";

/** Bytes of a part: what a broken line costs at most. */
const PART = 96 * 1024;
const PATIENCE_MS = 60_000;

/** The line is broken, or the server cannot take it now: try again later. */
class Later extends Error {}

/** Send all that waits. Answers whether nothing does any more. Never runs twice at once on a phone. */
export function flush(): Promise<boolean> {
  if (!navigator.locks) return sendAll();
  return navigator.locks.request("ngoma-outbox", sendAll) as Promise<unknown> as Promise<boolean>;
}

async function sendAll(): Promise<boolean> {
  for (const { key } of await reports()) {
    // It may have been dropped or taken up again meanwhile.
    const report = await readReport(key);
    if (report?.state !== "waiting") continue;
    try {
      await send(report);
    } catch (error) {
      if (error instanceof Later) return false;
      throw error;
    }
  }
  return true;
}

async function send(report: Report): Promise<void> {
  for (let tries = 0; tries < 3; tries++) {
    await sendPhotos(report);
    if (report.state !== "waiting" || (await handIn(report))) return;
  }
  throw new Later();
}

async function sendPhotos(report: Report): Promise<void> {
  for (const [index, photo] of report.photos.entries()) {
    if (photo.sent) continue;
    tell({ kind: "going", key: report.key, photo: index + 1, photos: report.photos.length });
    const problem = await sendPhoto(report.home, photo);
    if (problem) return refuse(report, [{ step: "show", field: "photo", text: problem }]);
    photo.sent = true;
    await keepReport(report);
  }
}

/** Send a photo in parts, from where the last try ended. Answers what is wrong with it, if anything is. */
export async function sendPhoto(home: string, { id, file }: Photo): Promise<string> {
  const address = `${home}report/photos/${id}`;
  let answer = await ask(address, { method: "HEAD" });
  let proof = "";
  while (answer.headers.get("Upload-Complete") !== "?1") {
    const start = Number(answer.headers.get("Upload-Offset"));
    const headers: Record<string, string> = { "Upload-Offset": String(start), "Upload-Length": String(file.size) };
    if (proof) headers["Upload-Proof"] = proof;
    answer = await ask(address, { method: "PATCH", headers, body: file.slice(start, start + PART) });
    proof = answer.status === 429 ? await prove(await answer.json()) : "";
    if (proof) continue;
    if (answer.status === 422) return ((await answer.json()) as { problem: string }).problem;
    if (answer.status !== 204 && answer.status !== 409) throw new Later();
  }
  return "";
}

/** Hand the report in. False: it has to be tried again, with a photo that is not there any more, or a proof. */
async function handIn(report: Report, proof = ""): Promise<boolean> {
  tell({ kind: "going", key: report.key, photo: 0, photos: report.photos.length });
  report.tried = true;
  await keepReport(report);
  const { key, words, service, lat, lon, accuracy, location, place, joins, contact, answers } = report;
  const photos = report.photos.map((photo) => photo.id);
  const told = { key, words, service, lat, lon, accuracy, location, place, joins, contact, answers, photos, proof };
  const answer = await ask(`${report.home}report/hand-in`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(told),
  });
  const said = (await answer.json().catch(() => ({}))) as Record<string, unknown>;
  if (answer.ok) {
    const { shown: reference, url: receipt } = said as { shown: string; url: string };
    const before = answer.status === 200 && report.changed;
    const url = before ? receipt.replace(/\/receipt$/, "?told=before#told") : receipt;
    // What is in it is with the city now: only the way back stays on the phone.
    await keepReport({ ...report, state: "sent", reference, url, photos: [], words: "", contact: "", answers: {} });
    return true;
  }
  if (answer.status === 429 && !proof) return handIn(report, await prove(said));
  if (answer.status === 409) {
    const missing = said.missing as string[];
    for (const photo of report.photos) if (missing.includes(photo.id)) photo.sent = false;
    return false;
  }
  if (answer.status !== 422) throw new Later();
  await refuse(report, said.problems as Problem[]);
  return true;
}

async function refuse(report: Report, problems: Problem[]): Promise<void> {
  report.state = "refused";
  report.problems = problems;
  await keepReport(report);
}

/** An answer of the server; a line that breaks or hangs is `Later`. */
async function ask(address: string, options: RequestInit): Promise<Response> {
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), PATIENCE_MS);
  try {
    return await fetch(address, { ...options, signal: control.signal, cache: "no-store" });
  } catch {
    throw new Later();
  } finally {
    clearTimeout(timer);
  }
}
