// What lies where in a song, in lanes that share the view of its waveform: sections, keys, chords, silences, the highlight.
// A lane is one list: the arrows walk along it, Enter or a click goes there. Narrow stretches have the strip's height to press on.

import { all, clock, make, one, say, svg } from "./dom.js";

const DYES = ["indigo", "gardenia", "mugwort", "lotus", "walnut"];
const MOST_SHOWN = 400; // more than that in one view is dust: one has to come nearer
const LETTER = 7.2; // pixels, about

/** The same words have the same dye, whenever they come back. */
export function dyed(stretches) {
  const known = new Map();
  return stretches.map(([from, to, words]) => {
    if (!known.has(words)) known.set(words, DYES[known.size % DYES.length]);
    return [from, to, known.get(words)];
  });
}

/** About how many pixels words take; a Chinese character is as wide as two letters. */
const widthOf = (words) => 8 + LETTER * [...words].reduce((sum, sign) => sum + (sign > "\u2e80" ? 2 : 1), 0);

export class Lanes {
  /** `go(seconds)` seeks, `show(seconds)` brings a moment into view. */
  constructor(root, given, { go, show }) {
    this.root = root;
    this.given = given;
    this.go = go;
    this.show = show;
    this.lanes = { sections: given.sections, keys: given.keys, chords: given.chords, marks: [...given.silences, ...given.clips, ...given.highlight].sort((a, b) => a[0] - b[0]) };
    this.chosen = {}; // which stretch of a lane the keys are at
    this.dyes = { sections: dyed(given.sections).map(([, , dye]) => dye), keys: dyed(given.keys).map(([, , dye]) => dye) };
    for (const [name, stretches] of Object.entries(this.lanes)) {
      const lane = one(`[data-lane=${name}]`, root);
      lane.hidden = !stretches.length;
      lane.addEventListener("keydown", (event) => this.#walk(event, name));
      lane.addEventListener("focus", () => this.#choose(name, this.chosen[name] ?? this.#firstInView(name)));
      lane.addEventListener("click", (event) => this.#press(event, name));
    }
    const twin = one(".lane-twin", root);
    twin?.addEventListener("toggle", () => twin.open && this.#table());
  }

  draw([from, to]) {
    this.view = [from, to];
    for (const name of Object.keys(this.lanes)) this.#lane(name);
    this.#beats();
  }

  #lane(name) {
    const lane = one(`[data-lane=${name}]`, this.root);
    const [from, to] = this.view;
    const width = lane.clientWidth || 800;
    const inView = this.lanes[name].map((stretch, i) => [i, ...stretch]).filter(([, start, end]) => end > from && start < to);
    if (inView.length > MOST_SHOWN) {
      lane.replaceChildren(make("span", { class: "muted small" }, say("nearer", { n: inView.length })));
      return;
    }
    const x = (at) => (100 * (Math.min(to, Math.max(from, at)) - from)) / (to - from);
    lane.replaceChildren(
      ...inView.map(([i, start, end, words]) => {
        const wide = ((x(end) - x(start)) * width) / 100;
        const isChosen = document.activeElement === lane && this.chosen[name] === i;
        const item = make("span", { class: `stretch ${this.#look(name, i)}`, role: "option", id: `${name}-${i}`, "aria-selected": String(isChosen), "data-at": i, title: `${words} · ${clock(start)}`, "aria-label": say("stretch", { words, from: clock(start, 1), to: clock(end, 1) }) });
        const isBest = item.classList.contains("best"); // there is room beside it
        if (isBest || wide > widthOf(words)) item.textContent = words;
        item.classList.toggle("late", isBest && x(start) > 60);
        item.style.left = `${x(start)}%`;
        item.style.width = `${Math.max(0, x(end) - x(start))}%`;
        return item;
      }),
    );
  }

  #firstInView(name) {
    return Math.max(0, this.lanes[name].findIndex(([, end]) => end > this.view[0]));
  }

  #choose(name, i) {
    const stretch = this.lanes[name][i];
    if (!stretch) return;
    this.chosen[name] = i;
    this.show(stretch[0]);
    const lane = one(`[data-lane=${name}]`, this.root);
    for (const item of all(".stretch", lane)) item.setAttribute("aria-selected", String(Number(item.dataset.at) === i));
    lane.setAttribute("aria-activedescendant", `${name}-${i}`);
  }

  #look(name, i) {
    const stretch = this.lanes[name][i];
    if (name === "marks") return this.given.highlight.includes(stretch) ? "best" : this.given.clips.includes(stretch) ? "clip" : "silent";
    return this.dyes[name]?.[i] ?? "";
  }

  #press(event, name) {
    const item = event.target.closest(".stretch");
    if (!item) return;
    this.chosen[name] = Number(item.dataset.at);
    this.go(this.lanes[name][this.chosen[name]][0]);
  }

  #walk(event, name) {
    const at = this.chosen[name] ?? this.#firstInView(name);
    const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: this.lanes[name].length - 1, Enter: at, " ": at }[event.key];
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    if (to === at && this.lanes[name][at]) this.go(this.lanes[name][at][0]);
    else this.#choose(name, to);
  }

  /** Ticks for beats, taller where a bar begins; of too many the bars alone, then every other bar. */
  #beats() {
    const root = one("[data-beats]", this.root);
    const [from, to] = this.view;
    const width = root.clientWidth || 800;
    const bars = new Set(this.given.bars);
    const room = width / 4;
    let times = this.given.beats.filter((at) => at >= from && at <= to);
    if (times.length > room && bars.size) times = times.filter((at) => bars.has(at));
    const every = Math.max(1, Math.ceil(times.length / room));
    const d = times
      .filter((_, i) => i % every === 0)
      .map((at) => `M${(((at - from) / (to - from)) * width).toFixed(1)} 0v${bars.has(at) ? 8 : 4}`)
      .join("");
    root.replaceChildren(svg("svg", { viewBox: `0 0 ${width} 8`, preserveAspectRatio: "none" }, svg("path", { d })));
  }

  /** All of it in words, for whoever reads rather than looks. */
  #table() {
    const place = one("[data-lane-table]", this.root);
    if (place.childElementCount) return;
    const rows = Object.values(this.lanes).flat().sort((a, b) => a[0] - b[0]);
    const cell = (at) => make("td", {}, make("button", { class: "link", onclick: () => this.go(at) }, clock(at, 1)));
    place.append(
      make(
        "table",
        { class: "plain-table" },
        make("thead", {}, make("tr", {}, ...["start", "end", "what"].map((name) => make("th", { scope: "col" }, say(name))))),
        make("tbody", {}, ...rows.map(([start, end, words]) => make("tr", {}, cell(start), cell(end), make("td", {}, words)))),
      ),
    );
  }
}
