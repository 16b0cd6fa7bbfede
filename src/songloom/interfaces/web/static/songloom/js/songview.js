// The waveform of a song's page and what lies along it: all at once, or a window of it from near.

import { all, clock, getJson, one, say } from "./dom.js";
import { dyed, Lanes } from "./lanes.js";
import { Wave } from "./wave.js";

const WINDOWS_S = [1200, 600, 300, 120, 60, 30, 15, 8, 4]; // from far to near
const STEP = 0.8; // of a window, when what plays leaves it

export class SongView {
  /** `go(seconds)` seeks, `steps()` gives {beat, bar} in seconds. */
  constructor(root, { go, steps }) {
    this.root = one("[data-song-view]", root);
    this.go = go;
    this.peaksAt = root.dataset.peaks;
    this.length = 0;
    this.view = null;
    this.at = 0;
    const given = JSON.parse(one("#song-lanes", this.root)?.textContent ?? "null");
    this.wave = new Wave(one("[data-song-wave]", root), { seek: go, steps, hasHead: true, pitch: 5 });
    this.strip = new Wave(one("[data-strip]", root), { seek: (at) => this.#lookAt(at), steps: () => this.#stride() });
    this.lanes = given && new Lanes(this.root, given, { go, show: (at) => this.#bring(at) });
    if (given?.keys.length > 1) this.wave.tints = dyed(given.keys);
    this.highlight = given?.highlight[0];
    all("[data-zoom]", this.root).forEach((button) => (button.onclick = () => this.zoom(button.dataset.zoom === "in")));
    this.root.addEventListener("keydown", (event) => this.#key(event));
    new ResizeObserver(() => this.#draw()).observe(this.root);
  }

  set(peaks, length) {
    this.length = length || 0;
    this.strip.set(peaks, length);
    this.wave.set(peaks, length);
    this.#draw();
  }

  move(at) {
    const wasSeen = this.#isSeen(this.at);
    this.at = at;
    if (this.view && wasSeen && !this.#isSeen(at)) this.#lookFrom(at - (1 - STEP) * 0.5 * this.#width());
    this.wave.move(at);
  }

  /** One step nearer to where one listens, or farther away. */
  zoom(isIn) {
    const now = this.#width();
    const sizes = WINDOWS_S.filter((size) => size < this.length);
    const next = isIn ? sizes.find((size) => size < now * 0.99) : sizes.findLast((size) => size > now * 1.01);
    if (isIn && !next) return;
    const middle = this.#isSeen(this.at) && this.view ? this.at : this.view ? (this.view[0] + this.view[1]) / 2 : this.at;
    this.view = next ? this.#within(middle - next / 2, next) : null;
    if (this.view) this.#fetchNear();
    this.#draw();
  }

  #width = () => (this.view ? this.view[1] - this.view[0] : this.length);
  #isSeen = (at) => !this.view || (at >= this.view[0] && at <= this.view[1]);
  #stride = () => ({ beat: this.#width() / 4, bar: this.#width() });

  #within(from, size) {
    const start = Math.min(Math.max(0, from), Math.max(0, this.length - size));
    return [start, start + size];
  }

  #lookFrom(from) {
    this.view = this.#within(from, this.#width());
    this.#draw();
  }

  #lookAt = (middle) => this.#lookFrom(middle - this.#width() / 2);

  #bring(at) {
    if (!this.#isSeen(at)) this.#lookFrom(at - this.#width() * 0.1);
  }

  /** The finer peaks come when somebody first looks from near. */
  async #fetchNear() {
    if (this.wave.near || this.isFetching) return;
    this.isFetching = true;
    const { roots } = await getJson(this.peaksAt).catch(() => ({ roots: [] }));
    this.isFetching = false;
    if (!roots.length) return;
    this.wave.near = { peaks: roots.map((root) => (root / 255) ** 2), length: this.length };
    this.#draw();
  }

  #draw() {
    if (!this.length) return;
    const span = this.view ?? [0, this.length];
    const strip = this.strip.root;
    strip.hidden = !this.view;
    if (this.view) {
      const window = one("[data-window]", strip);
      window.style.left = `${(100 * span[0]) / this.length}%`;
      window.style.width = `${(100 * (span[1] - span[0])) / this.length}%`;
      this.strip.move((span[0] + span[1]) / 2);
    }
    this.wave.look(this.view);
    this.lanes?.draw(span);
    one("[data-zoom=out]", this.root).disabled = !this.view;
    one("[data-zoom=in]", this.root).disabled = !WINDOWS_S.some((size) => size < this.#width() * 0.99);
    one("[data-view-said]", this.root).textContent = this.view ? `${clock(span[0])} – ${clock(span[1])}` : say("wholeSong");
  }

  #key(event) {
    const isIn = { "+": true, "=": true, "-": false }[event.key];
    if (isIn === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.zoom(isIn);
  }
}
