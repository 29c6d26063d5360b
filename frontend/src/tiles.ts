/** The tiles of the map: those in view are fetched, those that are fetched are kept. */

import { type Box, type Dot, down, up } from "./canvas";

interface Answer {
  points?: [reference: string, x: number, y: number, tone: number][];
  clusters?: [x: number, y: number, count: number][];
}

const TONES = ["quiet", "sky", "sun", "leaf"];
const UNITS = 4096;
const KEPT = 300;
const RETRY_MS = 1500;
const DEEPEST = 20;
/** A tile is shown at least so many pixels wide, and less than twice as many. */
const LEAST_PX = 360;

export class Tiles {
  private known = new Map<string, Dot[]>();
  private asked = new Map<string, AbortController>();

  /** `changed` is told whether tiles are still under way, and whether some could not be had. */
  constructor(
    private base: string,
    private query: string,
    private changed: (waiting: boolean, failed: boolean) => void,
  ) {}

  /** Fetch what a box shows at `scale` pixels a degree, and nothing else any more. */
  look(box: Box, scale: number): void {
    const wanted = keys(box, scale);
    for (const [key, request] of this.asked)
      if (!wanted.includes(key)) {
        request.abort();
        this.asked.delete(key);
      }
    const missing = wanted.filter((key) => !this.known.has(key) && !this.asked.has(key));
    for (const key of missing) void this.fetch(key);
    this.changed(this.asked.size > 0, false);
  }

  /** What is known of a box: a tile that is still under way is stood in for by one above it. */
  dots(box: Box, scale: number): Dot[] {
    return keys(box, scale).flatMap((key) => {
      const [zoom, x, y] = key.split("/").map(Number) as [number, number, number];
      for (let up = 0; up <= Math.min(4, zoom); up++) {
        const found = this.known.get([zoom - up, x >> up, y >> up].join("/"));
        if (found) return up ? found.filter((dot) => isIn(dot, zoom, x, y)) : found;
      }
      return [];
    });
  }

  private async fetch(key: string): Promise<void> {
    const request = new AbortController();
    this.asked.set(key, request);
    const ask = () => fetch(`${this.base}${key}.json?${this.query}`, { signal: request.signal });
    const answer = await ask()
      .catch(() => pause(RETRY_MS).then(() => (request.signal.aborted ? null : ask())))
      .then((got) => (got?.ok ? (got.json() as Promise<Answer>) : null))
      .catch(() => null);
    if (request.signal.aborted) return;
    this.asked.delete(key);
    if (answer) {
      if (this.known.size >= KEPT) this.known.delete(this.known.keys().next().value!);
      this.known.set(key, read(key, answer));
    }
    this.changed(this.asked.size > 0, !answer);
  }
}

const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

/** The addresses of the tiles that a box shows. */
function keys([south, west, north, east]: Box, scale: number): string[] {
  const zoom = Math.min(Math.max(Math.floor(Math.log2((scale * 360) / LEAST_PX)), 0), DEEPEST);
  const [left, top] = tile(north, west, zoom);
  const [right, bottom] = tile(south, east, zoom);
  const found: string[] = [];
  for (let x = left; x <= right; x++) for (let y = top; y <= bottom; y++) found.push([zoom, x, y].join("/"));
  return found;
}

function tile(lat: number, lon: number, zoom: number): [number, number] {
  const side = 2 ** zoom;
  const edge = (part: number) => Math.min(Math.max(Math.floor(part * side), 0), side - 1);
  return [edge((lon + 180) / 360), edge((180 - up(lat)) / 360)];
}

const isIn = (dot: Dot, zoom: number, x: number, y: number): boolean => {
  const [left, top] = tile(dot.lat / 1e5, dot.lon / 1e5, zoom);
  return left === x && top === y;
};

function read(key: string, { points = [], clusters = [] }: Answer): Dot[] {
  const [zoom, x, y] = key.split("/").map(Number) as [number, number, number];
  const across = 360 / 2 ** zoom / UNITS;
  const place = (a: number, b: number) => ({
    lat: down(180 - (y * UNITS + b) * across) * 1e5,
    lon: ((x * UNITS + a) * across - 180) * 1e5,
  });
  return [
    ...clusters.map(([a, b, count]) => ({ ...place(a, b), tone: "sky", count })),
    ...points.map(([what, a, b, tone]) => ({ ...place(a, b), tone: TONES[tone] ?? "quiet", count: 1, what })),
  ];
}
