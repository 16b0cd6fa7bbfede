// A waveform that seeks: bars from peaks, the part that was heard in the accent, a thread where peaks are missing.

import { clock, say, svg } from "./dom.js";

const PITCH = 4; // pixels from bar to bar
let unique = 0;

/** Heights in 0…1 for `n` bars: the loudest peak under each bar; `most` is as high as a bar can be. */
export function bars(peaks, n, most = highest(peaks)) {
  if (!peaks?.length || n < 1) return [];
  const heights = [];
  for (let i = 0; i < n; i += 1) {
    const from = Math.floor((i * peaks.length) / n);
    const to = Math.max(from + 1, Math.floor(((i + 1) * peaks.length) / n));
    let top = 0;
    for (let j = from; j < to; j += 1) top = Math.max(top, peaks[j]);
    heights.push(top / most);
  }
  return heights;
}

/** The highest of the peaks; of many thousands, too. */
export const highest = (peaks) => (peaks ?? []).reduce((most, one) => Math.max(most, one), 1e-6);

/** The path of all bars, centred on `height / 2`. */
export function barPath(heights, width, height) {
  return pathOf(heights.map((top, i) => [i, top]), heights.length, width, height);
}

/** The path of some of `n` bars, each [its number, its height]. */
function pathOf(numbered, n, width, height) {
  const middle = height / 2;
  return numbered
    .map(([i, top]) => {
      const x = (i + 0.5) * (width / n);
      const half = Math.max(0.8, (top * (height - 4)) / 2);
      return `M${x.toFixed(1)} ${(middle - half).toFixed(1)}V${(middle + half).toFixed(1)}`;
    })
    .join("");
}

/** Bind a `.wave` element. `options.seek(s)` is called; `options.steps()` gives {beat, bar} in seconds. */
export class Wave {
  constructor(root, { seek, steps = () => ({ beat: 5, bar: 20 }), pitch = PITCH, hasHead = false }) {
    this.root = root;
    this.seek = seek;
    this.steps = steps;
    this.pitch = pitch;
    this.hasHead = hasHead;
    this.peaks = [];
    this.length = 0;
    this.at = 0;
    this.view = null; // [from, to] in seconds; null shows all
    this.tints = []; // [from, to, name of a dye] in seconds
    this.near = null; // {peaks, length}: finer peaks, for a view
    this.isDragged = false;
    this.#draw();
    new ResizeObserver(() => this.#draw()).observe(root);
    root.addEventListener("pointerdown", (event) => this.#grab(event));
    root.addEventListener("keydown", (event) => this.#key(event));
  }

  set(peaks, length) {
    this.peaks = peaks ?? [];
    this.length = length || 0;
    this.root.setAttribute("aria-valuemax", Math.round(this.length));
    this.#draw();
  }

  /** Show a stretch alone, or (null) all. */
  look(view) {
    this.view = view;
    this.#draw();
  }

  get span() {
    return this.view ?? [0, this.length];
  }

  move(at) {
    this.at = at;
    if (this.isDragged) return;
    this.#place(at);
    this.root.setAttribute("aria-valuenow", Math.round(at));
    this.root.setAttribute("aria-valuetext", say("position", { at: clock(at), length: clock(this.length) }));
  }

  #draw() {
    const width = this.root.clientWidth;
    const height = this.root.clientHeight;
    if (!width || !height) return;
    this.width = width;
    const heights = this.#heights(Math.floor(width / this.pitch));
    const id = `heard-${(unique += 1)}`;
    this.clip = svg("rect", { x: 0, y: 0, width: 0, height });
    const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", "aria-hidden": "true" }, svg("clipPath", { id }, this.clip));
    if (!heights.length) picture.append(svg("path", { d: `M0 ${height / 2}H${width}`, class: "flat" }), svg("path", { d: `M0 ${height / 2}H${width}`, class: "past", "clip-path": `url(#${id})` }));
    for (const [dye, numbered] of this.#byDye(heights)) {
      const d = pathOf(numbered, heights.length, width, height);
      picture.append(svg("path", { d, class: `rest ${dye}` }), svg("path", { d, class: `past ${dye}`, "clip-path": `url(#${id})` }));
    }
    if (this.hasHead) {
      this.head = svg("g", {}, svg("path", { class: "head", d: `M0 0V${height}` }), svg("circle", { class: "knob", r: 4.5, cy: 2 }));
      picture.append(this.head);
    }
    this.root.querySelector(":scope > svg")?.remove();
    this.root.prepend(picture);
    this.#place(this.at);
  }

  /** Heights of the bars in view, as high as those of the whole: zooming makes nothing louder. */
  #heights(n) {
    const [from, to] = this.span;
    const { peaks, length } = this.view && this.near ? this.near : { peaks: this.peaks, length: this.length };
    if (!this.view || !length) return bars(this.peaks, n);
    const each = length / peaks.length;
    return bars(peaks.slice(Math.max(0, Math.floor(from / each)), Math.ceil(to / each)), n, highest(peaks));
  }

  /** The bars of each dye; a bar that no tint covers has none. */
  #byDye(heights) {
    const [from, to] = this.span;
    const found = new Map();
    heights.forEach((top, i) => {
      const at = from + ((i + 0.5) * (to - from)) / heights.length;
      const dye = this.tints.find(([start, end]) => at >= start && at < end)?.[2] ?? "";
      if (!found.has(dye)) found.set(dye, []);
      found.get(dye).push([i, top]);
    });
    return found;
  }

  #place(at) {
    const [from, to] = this.span;
    const share = to > from ? (at - from) / (to - from) : 0;
    const x = Math.min(1, Math.max(0, share)) * (this.width ?? 0);
    this.clip?.setAttribute("width", x.toFixed(1));
    this.head?.setAttribute("transform", `translate(${x.toFixed(1)} 0)`);
    this.head?.setAttribute("visibility", share < 0 || share > 1 ? "hidden" : "visible");
  }

  #time(event) {
    const box = this.root.getBoundingClientRect();
    const [from, to] = this.span;
    return from + Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * (to - from);
  }

  #grab(event) {
    if (!this.length || event.button) return;
    if (event.target.closest("[data-handle]")) return;
    this.isDragged = true;
    this.root.setPointerCapture(event.pointerId);
    this.#place(this.#time(event));
    const move = (moved) => this.#place(this.#time(moved));
    const end = (ended) => {
      this.isDragged = false;
      this.root.removeEventListener("pointermove", move);
      if (ended.type === "pointerup") this.seek(this.#time(ended));
    };
    this.root.addEventListener("pointermove", move);
    this.root.addEventListener("pointerup", end, { once: true });
    this.root.addEventListener("pointercancel", end, { once: true });
  }

  #key(event) {
    if (event.target !== this.root) return;
    const { beat, bar } = this.steps();
    const step = event.shiftKey ? bar : beat;
    const target = {
      ArrowRight: this.at + step,
      ArrowUp: this.at + step,
      ArrowLeft: this.at - step,
      ArrowDown: this.at - step,
      Home: 0,
      End: this.length,
    }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.seek(Math.min(this.length, Math.max(0, target)));
  }
}
