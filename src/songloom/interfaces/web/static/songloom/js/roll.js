// A piano roll: sections and chords above, time to the right, pitch upwards, one dye a part; a line where it plays.

import { make, say, svg } from "./dom.js";

export const DYES = ["accent", "indigo", "mugwort", "walnut", "lotus", "gardenia"];
const TOP = 50; // pixels above the notes: sections and chords
const HEIGHT = 400;
const HEAD_ROOM = 8;
const BARS_SHOWN = { phone: 8, wide: 24 };
const LEAST_DRAG = 6;

/** Draw it into a place; what comes back moves the line, marks bars and tells which bar a time lies in. */
export function drawRoll(place, roll, { isOther = () => true, onSeek = () => {}, onRange = null, onChord = null } = {}) {
  const voices = roll.parts.filter((part) => !part.is_drums);
  const pitches = voices.flatMap((part) => part.notes.map((note) => note[2]));
  if (!pitches.length) return null;
  const [low, high] = [Math.min(...pitches) - 2, Math.max(...pitches) + 2];
  const nBars = Math.max(1, roll.n_bars);
  const isPhone = matchMedia("(max-width: 767px)").matches;
  const shown = BARS_SHOWN[isPhone ? "phone" : "wide"];
  const width = Math.max(place.clientWidth, 280) * Math.max(1, nBars / shown);
  const x = (time) => (time / roll.seconds) * width;
  const barX = (bar) => (bar / nBars) * width;
  const y = (pitch) => TOP + HEAD_ROOM + ((high - pitch) / (high - low)) * (HEIGHT - TOP - 2 * HEAD_ROOM);
  const tall = Math.max(3, Math.min(9, (HEIGHT - TOP) / (high - low) - 1));
  const notes = roll.parts.flatMap((part, i) => (part.is_drums ? [] : part.notes.map((note) => svg("rect", { class: `note-bar ${DYES[i % DYES.length]}${isOther(part, note) ? "" : " same"}`, x: x(note[0]).toFixed(1), y: y(note[2]).toFixed(1), width: Math.max(2, x(note[1]) - x(note[0]) - 1).toFixed(1), height: tall.toFixed(1), rx: 2, "data-from": note[0], "data-part": part.id }))));
  const lines = Array.from({ length: nBars - 1 }, (_, i) => svg("path", { class: "bar-line", d: `M${barX(i + 1).toFixed(1)} ${TOP}V${HEIGHT}` }));
  const octaves = [];
  for (let pitch = Math.ceil(low / 12) * 12; pitch <= high; pitch += 12) octaves.push(svg("path", { class: "octave-line", d: `M0 ${y(pitch).toFixed(1)}H${width}` }), svg("text", { class: "octave", x: 3, y: (y(pitch) - 3).toFixed(1) }, `C${pitch / 12 - 1}`));
  const sections = roll.sections.flatMap(([first, n, name], i) => [svg("rect", { class: `section-band band-${i % 3}`, x: barX(first).toFixed(1), y: 0, width: Math.max(2, barX(n) - 2).toFixed(1), height: 18, rx: 3 }), svg("text", { class: "section-name", x: (barX(first) + 6).toFixed(1), y: 13 }, name)]);
  const every = Math.max(1, Math.ceil((roll.chords.length * 34) / width));
  const chords = roll.chords.map((name, bar) => {
    const middle = barX(bar + 0.5).toFixed(1);
    const shape = svg("g", { class: `chord${bar % every ? " spare" : ""}`, "data-bar": bar + 1 }, svg("rect", { x: middle - 20, y: 22, width: 40, height: 22, rx: 6 }), svg("text", { x: middle, y: 37, "text-anchor": "middle" }, name));
    if (onChord) shape.addEventListener("click", (event) => { event.stopPropagation(); onChord(bar + 1, name); });
    return shape;
  });
  const chosen = svg("rect", { class: "chosen-bars", x: 0, y: TOP + 1, width: 0, height: HEIGHT - TOP - 2, rx: 3 });
  chosen.setAttribute("hidden", "");
  const head = svg("path", { class: "roll-head", d: `M0 ${TOP - 4}V${HEIGHT}` });
  const picture = svg("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, preserveAspectRatio: "none", height: HEIGHT }, ...octaves, ...sections, ...lines, ...notes, chosen, ...chords, head);
  picture.style.width = `${width}px`;
  place.replaceChildren(picture);
  const barAt = (time) => Math.min(nBars, 1 + Math.floor((Math.max(0, time) / roll.seconds) * nBars));
  const drawn = {
    nBars,
    barAt,
    startOf: (bar) => ((bar - 1) / nBars) * roll.seconds,
    move(at, isOn) {
      head.setAttribute("transform", `translate(${x(Math.min(at, roll.seconds)).toFixed(1)} 0)`);
      if (isOn && place.scrollWidth > place.clientWidth) place.scrollLeft = x(at) - place.clientWidth / 3;
      for (const note of notes) note.classList.toggle("yet", isOn && Number(note.dataset.from) > at);
      const bar = barAt(at);
      for (const chord of chords) chord.classList.toggle("now", Number(chord.dataset.bar) === bar);
      return bar;
    },
    choose(first, last) {
      chosen.toggleAttribute("hidden", !first);
      if (!first) return;
      chosen.setAttribute("x", barX(first - 1).toFixed(1));
      chosen.setAttribute("width", (barX(last) - barX(first - 1)).toFixed(1));
    },
    dim(isStill) {
      for (const note of notes) note.classList.toggle("locked", isStill(note.dataset.part));
    },
  };
  listen(place, picture, drawn, roll, { onSeek, onRange });
  return drawn;
}

/** A click plays from there; a drag with the mouse chooses whole bars. */
function listen(place, picture, drawn, roll, { onSeek, onRange }) {
  const timeOf = (event) => {
    const box = picture.getBoundingClientRect();
    return ((event.clientX - box.left) / box.width) * roll.seconds;
  };
  let from = null;
  place.onpointerdown = (event) => { from = event.pointerType === "touch" || event.button ? null : event; };
  place.onpointermove = (event) => {
    if (!from || !onRange || Math.abs(event.clientX - from.clientX) < LEAST_DRAG) return;
    place.setPointerCapture(event.pointerId);
    const ends = [drawn.barAt(timeOf(from)), drawn.barAt(timeOf(event))].sort((a, b) => a - b);
    onRange(...ends);
    place.dataset.dragged = "yes";
  };
  place.onpointerup = () => { from = null; };
  place.onclick = (event) => {
    if (place.dataset.dragged) delete place.dataset.dragged;
    else onSeek(timeOf(event));
  };
}

/** The names of the parts with their dyes, drums without one. */
export function partLabels(roll) {
  return roll.parts.map((part, i) => make("span", { class: `part-label ${part.is_drums ? "" : DYES[i % DYES.length]}` }, make("b", {}, part.name), make("span", { class: "small second" }, part.instrument)));
}

/** "Bar 7 of 42 · Gm", for eyes and for a screen reader. */
export const barSaid = (roll, bar) => say("barOf", { n: bar, all: Math.max(1, roll.n_bars) }) + (roll.chords[bar - 1] ? ` · ${roll.chords[bar - 1]}` : "");
