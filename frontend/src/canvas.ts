/** A map on a canvas: outlines of places, points and clusters. Degrees outside, Web Mercator inside. */

export interface View {
  lat: number;
  lon: number;
  /** Degrees of longitude from edge to edge. */
  across: number;
}

export interface Outline {
  name: string;
  middle: [number, number];
  rings: [number, number][][];
}

/** Latitude and longitude in 100,000ths of a degree, colour token, and the report it stands for. */
export interface Dot {
  lat: number;
  lon: number;
  tone: string;
  count: number;
  what?: string;
}

export type Box = [south: number, west: number, north: number, east: number];

const CLOSEST = 0.0012;
const UNIT = 1e5;
const HALF = Math.PI / 180;

export const up = (lat: number) => Math.log(Math.tan(Math.PI / 4 + (lat * HALF) / 2)) / HALF;
export const down = (value: number) => Math.atan(Math.sinh(value * HALF)) / HALF;

export class CanvasMap {
  private canvas = document.createElement("canvas");
  private width = 1;
  private height = 1;
  private waiting = 0;
  private settling = 0;
  private fingers = new Map<number, PointerEvent>();
  private moved = false;
  private lastTap = 0;
  private most = 1;
  dots: Dot[] = [];
  /** The report whose point is set off from the others. */
  marked?: string;

  constructor(
    host: HTMLElement,
    private outlines: Outline[],
    public view: View,
    private settled: () => void,
    private tapped: (dot?: Dot) => void = () => undefined,
  ) {
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "application");
    this.canvas.setAttribute("aria-label", host.dataset.label ?? "");
    host.hidden = false;
    host.append(this.canvas, this.buttons(host));
    new ResizeObserver(() => this.resize()).observe(host);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
    this.listen();
    this.resize();
  }

  get box(): Box {
    const [north, west] = this.point(0, 0);
    const [south, east] = this.point(this.width, this.height);
    return [south, west, north, east];
  }

  /** Show all of a box, and no more than its shape asks for. */
  fit([south, west, north, east]: Box): void {
    const top = up(north);
    const bottom = up(south);
    this.show({
      lat: down((top + bottom) / 2),
      lon: (west + east) / 2,
      across: Math.max(east - west, ((top - bottom) * this.width) / this.height),
    });
  }

  /** Pixels across one degree of longitude. */
  get scale(): number {
    return this.width / this.view.across;
  }

  show(view: View): void {
    this.view = { ...view, across: Math.min(Math.max(view.across, CLOSEST), 180) };
    this.draw();
    clearTimeout(this.settling);
    this.settling = window.setTimeout(this.settled, 250);
  }

  zoom(factor: number, x = this.width / 2, y = this.height / 2): void {
    const [lat, lon] = this.point(x, y);
    const across = Math.min(Math.max(this.view.across / factor, CLOSEST), 180);
    const scale = this.width / across;
    this.show({
      lat: down(up(lat) + (y - this.height / 2) / scale),
      lon: lon - (x - this.width / 2) / scale,
      across,
    });
  }

  draw(): void {
    if (!this.waiting) this.waiting = requestAnimationFrame(() => this.paint());
  }

  private place(lat: number, lon: number): [number, number] {
    const scale = this.width / this.view.across;
    return [
      (lon - this.view.lon) * scale + this.width / 2,
      (up(this.view.lat) - up(lat)) * scale + this.height / 2,
    ];
  }

  private point(x: number, y: number): [number, number] {
    const scale = this.width / this.view.across;
    return [down(up(this.view.lat) - (y - this.height / 2) / scale), (x - this.width / 2) / scale + this.view.lon];
  }

  private resize(): void {
    const ratio = window.devicePixelRatio || 1;
    this.width = this.canvas.clientWidth || 320;
    this.height = this.canvas.clientHeight || 240;
    this.canvas.width = this.width * ratio;
    this.canvas.height = this.height * ratio;
    this.show(this.view);
  }

  private paint(): void {
    this.waiting = 0;
    const pen = this.canvas.getContext("2d");
    if (!pen) return;
    const style = getComputedStyle(document.documentElement);
    const ink = (token: string) => style.getPropertyValue(`--${token}`).trim();
    const ratio = window.devicePixelRatio || 1;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.fillStyle = ink("paper");
    pen.fillRect(0, 0, this.width, this.height);
    pen.lineJoin = "round";
    this.land(pen, ink("m-land"), ink("edge"));
    const large = [...this.dots].sort((a, b) => b.count - a.count);
    this.most = large[0]?.count ?? 1;
    for (const dot of large) this.dot(pen, dot, ink);
    const marked = this.marked && this.dots.find((dot) => dot.what === this.marked);
    if (marked) this.mark(pen, marked, ink);
    this.names(pen, ink("quiet"), ink("m-land"));
  }

  private land(pen: CanvasRenderingContext2D, fill: string, line: string): void {
    pen.beginPath();
    for (const { rings } of this.outlines)
      for (const ring of rings) {
        ring.forEach(([lat, lon], i) => {
          const [x, y] = this.place(lat / UNIT, lon / UNIT);
          if (i) pen.lineTo(x, y);
          else pen.moveTo(x, y);
        });
        pen.closePath();
      }
    pen.fillStyle = fill;
    pen.fill();
    pen.strokeStyle = line;
    pen.stroke();
  }

  private names(pen: CanvasRenderingContext2D, ink: string, halo: string): void {
    pen.font = "500 12px system-ui, sans-serif";
    pen.textAlign = "center";
    pen.lineWidth = 3;
    // A name gives way to the number of a cluster.
    const taken = this.dots
      .filter((dot) => dot.count > 1)
      .map((dot): [number, number, number] => [...this.place(dot.lat / UNIT, dot.lon / UNIT), this.radius(dot)]);
    for (const { name, middle } of this.outlines) {
      const [x, y] = this.place(middle[0] / UNIT, middle[1] / UNIT);
      const half = pen.measureText(name).width / 2;
      if (taken.some(([a, b, c]) => Math.abs(b - y) < 14 && Math.abs(a - x) < c + half)) continue;
      taken.push([x, y, half]);
      pen.strokeStyle = halo;
      pen.strokeText(name, x, y);
      pen.fillStyle = ink;
      pen.fillText(name, x, y);
    }
    pen.lineWidth = 1;
  }

  private dot(pen: CanvasRenderingContext2D, dot: Dot, ink: (token: string) => string): void {
    const [x, y] = this.place(dot.lat / UNIT, dot.lon / UNIT);
    pen.beginPath();
    pen.arc(x, y, this.radius(dot), 0, 7);
    pen.fillStyle = ink(dot.tone);
    pen.fill();
    pen.strokeStyle = ink("card");
    pen.lineWidth = 1.5;
    pen.stroke();
    pen.lineWidth = 1;
    if (dot.count < 2) return;
    pen.font = "600 12px system-ui, sans-serif";
    pen.textAlign = "center";
    pen.fillStyle = ink("paper");
    pen.fillText(short(dot.count), x, y + 4);
  }

  /** A cluster's area says its count, beside the largest that is seen. */
  private radius(dot: Dot): number {
    return dot.count > 1 ? 14 + 14 * Math.sqrt(dot.count / this.most) : 7;
  }

  private mark(pen: CanvasRenderingContext2D, dot: Dot, ink: (token: string) => string): void {
    const [x, y] = this.place(dot.lat / UNIT, dot.lon / UNIT);
    pen.beginPath();
    pen.arc(x, y, 15, 0, 7);
    pen.fillStyle = ink("card");
    pen.fill();
    pen.strokeStyle = ink("ink");
    pen.lineWidth = 3;
    pen.stroke();
    this.dot(pen, dot, ink);
  }

  private buttons(host: HTMLElement): HTMLElement {
    const box = document.createElement("div");
    box.className = "zoom";
    for (const [sign, name, factor] of [["+", host.dataset.in, 2], ["−", host.dataset.out, 0.5]] as const) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = sign;
      button.setAttribute("aria-label", name ?? sign);
      button.onclick = () => this.zoom(factor);
      box.append(button);
    }
    return box;
  }

  private listen(): void {
    const { canvas } = this;
    canvas.onpointerdown = (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.fingers.set(event.pointerId, event);
      this.moved = false;
    };
    canvas.onpointermove = (event) => this.drag(event);
    canvas.onpointerup = canvas.onpointercancel = (event) => {
      this.fingers.delete(event.pointerId);
      if (!this.moved && event.type === "pointerup") this.tap(event.offsetX, event.offsetY);
    };
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoom(event.deltaY < 0 ? 1.25 : 0.8, event.offsetX, event.offsetY);
    }, { passive: false });
    canvas.ondblclick = (event) => this.zoom(2, event.offsetX, event.offsetY);
    canvas.onkeydown = (event) => this.key(event);
  }

  private drag(event: PointerEvent): void {
    const before = this.fingers.get(event.pointerId);
    if (!before) return;
    const dx = event.offsetX - before.offsetX;
    const dy = event.offsetY - before.offsetY;
    if (!this.moved && this.fingers.size === 1 && Math.hypot(dx, dy) < 4) return;
    this.moved = true;
    const other = [...this.fingers.values()].find((each) => each.pointerId !== event.pointerId);
    this.fingers.set(event.pointerId, event);
    if (other) {
      const far = (one: PointerEvent) => Math.hypot(one.offsetX - other.offsetX, one.offsetY - other.offsetY);
      const middle = [(event.offsetX + other.offsetX) / 2, (event.offsetY + other.offsetY) / 2] as const;
      this.zoom(far(event) / Math.max(far(before), 1), ...middle);
    }
    const share = other ? 0.5 : 1;
    const [lat, lon] = this.point(this.width / 2 - dx * share, this.height / 2 - dy * share);
    this.show({ ...this.view, lat, lon });
  }

  private key(event: KeyboardEvent): void {
    const step = 40;
    const moves: Record<string, [number, number]> = {
      ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step],
    };
    const move = moves[event.key];
    if (move) {
      const [lat, lon] = this.point(this.width / 2 + move[0], this.height / 2 + move[1]);
      this.show({ ...this.view, lat, lon });
    } else if (event.key === "+" || event.key === "=") this.zoom(2);
    else if (event.key === "-") this.zoom(0.5);
    else return;
    event.preventDefault();
  }

  private tap(x: number, y: number): void {
    const now = Date.now();
    const again = now - this.lastTap < 300;
    this.lastTap = now;
    if (again) return; // the second of two comes closer
    let nearest: Dot | undefined;
    let least = Infinity;
    for (const dot of this.dots) {
      const [a, b] = this.place(dot.lat / UNIT, dot.lon / UNIT);
      const far = Math.hypot(a - x, b - y) - this.radius(dot);
      if (far < least) [nearest, least] = [dot, far];
    }
    this.tapped(least < 16 ? nearest : undefined);
  }
}

const short = (count: number): string =>
  count < 1000 ? `${count}` : count < 10_000 ? `${Math.round(count / 100) / 10}k` : `${Math.round(count / 1000)}k`;

export const readView = (text: string): View => {
  const [lat = 0, lon = 0, across = 1] = text.split(",").map(Number);
  return { lat, lon, across };
};

export const fetchOutline = async (url: string): Promise<Outline[]> => {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()) as Outline[];
};
