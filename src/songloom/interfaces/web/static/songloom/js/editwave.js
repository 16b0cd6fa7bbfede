// The wave of the edit page: time above, what goes in shade, fades as lines, handles that are sliders.

import { clock, make, one, say, svg } from "./dom.js";
import { bars, barPath } from "./wave.js";
import { gone, kept, toEdited, toOriginal, total } from "./timeline.js";

const HEIGHT = 164;
const STEPS_S = [5, 10, 15, 30, 60, 120, 300, 600, 1200];

export class EditWave {
  constructor(root, facts, editor) {
    this.root = root;
    this.editor = editor;
    this.length = editor.length;
    this.peaks = facts.peaks;
    this.box = one("[data-edit-wave]", root);
    this.overlay = one("[data-overlay]", root);
    this.box.addEventListener("pointerdown", (event) => this.#seek(event));
    this.box.addEventListener("keydown", (event) => this.#key(event));
    new ResizeObserver(() => this.draw(editor.steps, editor.open)).observe(this.box);
  }

  get width() {
    return this.box.clientWidth || 800;
  }

  x(time) {
    return (time / this.length) * this.width;
  }

  draw(steps, open) {
    const stretches = kept(steps, this.length);
    const width = this.width;
    const heights = bars(this.peaks, Math.floor(width / 5));
    const d = heights.length ? barPath(heights, width, HEIGHT, 5) : `M0 ${HEIGHT / 2}H${width}`;
    const shades = gone(stretches, this.length).map(([from, to]) => svg("rect", { class: "gone", x: this.x(from).toFixed(1), y: 0, width: Math.max(1, this.x(to) - this.x(from)).toFixed(1), height: HEIGHT }));
    this.head = svg("g", { class: "edit-head-line" }, svg("path", { d: `M0 0V${HEIGHT}` }), svg("circle", { r: 4.5, cy: 2 }));
    const picture = svg("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" }, svg("path", { class: "edit-bars", d }), ...shades, ...this.#fades(steps, stretches), this.head);
    this.box.replaceChildren(picture);
    this.move(this.editor.originalTime());
    this.#ruler();
    this.#handles(steps, open);
  }

  #fades(steps, stretches) {
    if (!stretches.length) return [];
    const lines = [];
    const length = total(stretches);
    for (const { edit, values, on } of steps) {
      const seconds = Math.min(Number(values.duration_s) || 0, length);
      if (!on || !seconds) continue;
      if (edit === "fade_in") lines.push([stretches[0][0], HEIGHT, toOriginal(stretches, seconds), 4]);
      if (edit === "fade_out") lines.push([toOriginal(stretches, length - seconds), 4, stretches.at(-1)[1], HEIGHT]);
    }
    return lines.flatMap(([x1, y1, x2, y2]) => [svg("path", { class: "fade", d: `M${this.x(x1)} ${y1}L${this.x(x2)} ${y2}` }), svg("circle", { class: "fade-knob", cx: this.x(y1 < y2 ? x1 : x2), cy: 5, r: 4.5 })]);
  }

  #ruler() {
    const every = STEPS_S.find((step) => (this.length / step) * 70 < this.width) ?? 1800;
    const labels = [];
    for (let at = 0; at <= this.length; at += every) {
      const label = make("span", {}, clock(at));
      label.style.left = `${(100 * at) / this.length}%`;
      labels.push(label);
    }
    one("[data-ruler]", this.root).replaceChildren(...labels);
  }

  /** Handles of the open step: a trim or a cut has two ends that can be dragged or moved by keys. */
  #handles(steps, open) {
    const step = steps[open];
    if (!step || !["trim", "cut"].includes(step.edit)) {
      this.overlay.replaceChildren();
      return;
    }
    const before = kept(steps, this.length, open);
    this.overlay.replaceChildren(...["start_s", "end_s"].map((name) => this.#handle(step, open, name, before)));
  }

  #handle(step, index, name, before) {
    const length = total(before);
    const value = step.values[name] ?? (name === "end_s" ? length : 0);
    const handle = make("span", { class: `handle ${step.edit} ${name}`, role: "slider", tabindex: "0", "data-handle": name, "data-key": `handle-${name}-${index}`, "aria-label": say(name === "start_s" ? "start" : "end"), "aria-valuemin": 0, "aria-valuemax": Math.round(length), "aria-valuenow": value, "aria-valuetext": clock(value, 1) });
    const put = (time) => (handle.style.left = `${(100 * toOriginal(before, time)) / this.length}%`);
    put(value);
    let now = value;
    const set = (time) => this.editor.set(index, name, Math.round(Math.min(length, Math.max(0, time)) * 100) / 100);
    handle.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      handle.setPointerCapture(event.pointerId);
      const move = (moved) => {
        const box = this.box.getBoundingClientRect();
        now = toEdited(before, Math.min(1, Math.max(0, (moved.clientX - box.left) / box.width)) * this.length);
        put(now);
        handle.title = clock(now, 1);
      };
      handle.addEventListener("pointermove", move);
      handle.addEventListener("pointerup", () => { handle.removeEventListener("pointermove", move); set(now); }, { once: true });
    });
    handle.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1, ArrowDown: -1, ArrowUp: 1, PageUp: 10, PageDown: -10 }[event.key];
      if (!by) return;
      event.preventDefault();
      event.stopPropagation();
      set(value + by * (event.shiftKey ? 5 : 0.5));
      one(`[data-key="handle-${name}-${index}"]`, this.overlay)?.focus();
    });
    return handle;
  }

  move(time) {
    this.head?.setAttribute("transform", `translate(${this.x(time ?? 0).toFixed(1)} 0)`);
    this.head?.setAttribute("visibility", time === null ? "hidden" : "visible");
    this.box.setAttribute("aria-valuenow", Math.round(time ?? 0));
    this.box.setAttribute("aria-valuetext", clock(time ?? 0));
  }

  #seek(event) {
    const box = this.box.getBoundingClientRect();
    this.editor.put(((event.clientX - box.left) / box.width) * this.length);
  }

  #key(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    this.editor.put(this.editor.originalTime() + by * (event.shiftKey ? 5 : 1));
  }
}
