// The library as cloth, and the loom that waits for thread. Threads are songs; colour is the key, light the brightness.

import { all, getJson, one, svg } from "./dom.js";
import { onPage } from "./nav.js";
import { playAll } from "./player.js";

const FIFTHS = ["C", "G", "D", "A", "E", "B", "F#", "C#", "G#", "D#", "A#", "F"];
const DYES = [
  [166, 61, 36], // madder
  [176, 98, 40],
  [201, 149, 42], // gardenia
  [136, 140, 60],
  [78, 124, 86], // mugwort
  [84, 138, 126],
  [70, 104, 150],
  [51, 80, 138], // indigo
  [88, 66, 130],
  [120, 62, 108], // lotus
  [128, 76, 66],
  [110, 82, 56], // walnut
];
const LINEN = [196, 166, 124];

/** The colour of a thread: hue by the circle of fifths (minor a third away), light by brightness. */
export function colour({ key, mode, light }) {
  const at = FIFTHS.indexOf(key);
  const base = at < 0 ? LINEN : DYES[(at + (mode === "minor" ? 9 : 0)) % 12];
  const lift = light === null || light === undefined ? 0 : (light - 0.45) * 0.9;
  return base.map((part) => Math.round(lift >= 0 ? part + (235 - part) * lift * 0.7 : part * (1 + lift * 0.8)));
}

const css = ([r, g, b]) => `rgb(${r} ${g} ${b})`;

function weave(canvas, threads) {
  const box = canvas.getBoundingClientRect();
  const cell = 4;
  const columns = Math.max(1, Math.floor(box.width / cell));
  const rows = Math.max(1, Math.floor(box.height / cell));
  const scale = Math.min(2, devicePixelRatio || 1);
  canvas.width = columns * cell * scale;
  canvas.height = rows * cell * scale;
  const paint = canvas.getContext("2d");
  paint.scale(scale, scale);
  const dark = getComputedStyle(document.documentElement).getPropertyValue("color-scheme");
  const ground = dark === "dark" || (dark.includes("dark") && matchMedia("(prefers-color-scheme: dark)").matches) ? 0.34 : 0.62;
  for (let x = 0; x < columns; x += 1) {
    const thread = threads[Math.floor((x * threads.length) / columns)];
    const bright = colour(thread);
    const under = bright.map((part) => Math.round(part * ground));
    for (let y = 0; y < rows; y += 1) {
      const isOver = (x + y) % 4 < 2; // a 2/2 twill
      paint.fillStyle = css(isOver ? bright : under);
      paint.fillRect(x * cell, y * cell, cell, cell);
      if (isOver && (x + y) % 4 === 0) {
        paint.fillStyle = "rgb(255 255 255 / 7%)";
        paint.fillRect(x * cell, y * cell, cell, 1);
      }
    }
  }
}

class Cloth {
  constructor(figure, threads) {
    this.threads = threads;
    this.figure = figure;
    this.picture = one(".cloth-picture", figure);
    this.canvas = document.createElement("canvas");
    this.needle = document.createElement("span");
    this.needle.className = "needle";
    this.picture.replaceChildren(this.canvas, this.needle);
    this.at = threads.length - 1;
    one("[data-first]", figure).textContent = threads[0].when;
    one("[data-last]", figure).textContent = threads.at(-1).when === threads[0].when ? "" : threads.at(-1).when;
    weave(this.canvas, threads);
    new ResizeObserver(() => weave(this.canvas, threads)).observe(this.picture);
    this.picture.addEventListener("pointermove", (event) => this.show(this.under(event)));
    this.picture.addEventListener("pointerleave", () => this.hide());
    this.picture.addEventListener("click", (event) => this.play(this.under(event)));
    this.picture.addEventListener("keydown", (event) => this.key(event));
    this.picture.addEventListener("focus", () => this.show(this.at));
    this.picture.addEventListener("blur", () => this.hide());
  }

  under(event) {
    const box = this.picture.getBoundingClientRect();
    return Math.min(this.threads.length - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * this.threads.length)));
  }

  show(at) {
    this.at = at;
    const thread = this.threads[at];
    const share = (at + 0.5) / this.threads.length;
    this.needle.style.left = `${share * 100}%`;
    this.figure.classList.add("pointed");
    const said = [thread.when, thread.n > 1 ? `${thread.n} × ` : "", thread.title].filter(Boolean);
    const key = thread.key ? ` · ${thread.key.replace("#", "♯")}${thread.mode === "minor" ? "m" : ""}` : "";
    const bpm = thread.bpm ? ` · ${thread.bpm} BPM` : "";
    one("[data-here]", this.figure).textContent = `${said[0]} · ${thread.n > 1 ? `${thread.title} +${thread.n - 1}` : thread.title}${key}${bpm}`;
  }

  hide() {
    this.figure.classList.remove("pointed");
    one("[data-here]", this.figure).textContent = "";
  }

  play(at) {
    const songs = this.threads.slice(at).map(({ id, title }) => ({ id, title, by: "" }));
    playAll(songs.slice(0, 200));
  }

  key(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (by) this.show(Math.min(this.threads.length - 1, Math.max(0, this.at + by)));
    else if (event.key === "Home") this.show(0);
    else if (event.key === "End") this.show(this.threads.length - 1);
    else if (event.key === "Enter") this.play(this.at);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

/** The empty loom: warp hangs, a few finished rows below, the shuttle rests. */
export function drawLoom(root) {
  const width = 1200;
  const height = root.clientHeight || 260;
  const cloth = Math.min(110, height * 0.42);
  const top = height - cloth;
  const warp = [];
  for (let x = 4; x < width; x += 9) warp.push(svg("rect", { x, y: 0, width: 5, height: top + 6, class: "loom-warp" }));
  const rows = ["mugwort", "mugwort", "linen", "indigo", "indigo", "indigo", "indigo", "madder", "gardenia", "gardenia", "madder", "madder", "madder"];
  const tall = cloth / rows.length;
  const weft = rows.flatMap((dye, j) => {
    const made = [svg("rect", { x: 0, y: (top + j * tall).toFixed(1), width, height: tall.toFixed(1), class: `loom-${dye}` })];
    for (let i = j % 4; i < width / 9; i += 4) made.push(svg("rect", { x: 2 + i * 9, y: (top + j * tall).toFixed(1), width: 8, height: tall.toFixed(1), rx: 2, class: "loom-linen" }));
    made.push(svg("rect", { x: 0, y: (top + (j + 1) * tall - 1).toFixed(1), width, height: 1, class: "loom-shade" }));
    return made;
  });
  const shuttle = svg("g", { class: "shuttle", transform: `translate(760 ${top + tall / 2})` }, svg("path", { d: "M0 0C20 -12 90 -12 112 0C90 12 20 12 0 0Z", class: "loom-walnut" }), svg("rect", { x: 30, y: -4, width: 46, height: 8, rx: 4, class: "loom-mugwort" }));
  root.replaceChildren(svg("svg", { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "xMidYMax slice" }, ...warp, ...weft, shuttle));
}

export function startCloth() {
  onPage(async (main) => {
    all("[data-loom]", main).forEach(drawLoom);
    const figure = one("[data-cloth]", main);
    if (!figure) return;
    const { threads } = await getJson(figure.dataset.cloth).catch(() => ({ threads: [] }));
    if (threads.length && figure.isConnected) new Cloth(figure, threads);
  });
}
