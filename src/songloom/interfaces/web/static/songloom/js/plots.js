// Five small plots from what was measured, one family one dye. What could not be said stays said in words.

import { all, clock, number, say, svg } from "./dom.js";

const WIDTH = 200;
const HEIGHT = 78;
const FLOOR = 58; // where bars stand; below are the labels
const KEYS = ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"];

const text = (x, y, words, extra = {}) => svg("text", { x, y, class: "label", ...extra }, words);

function frame(kind, sentence, ...children) {
  return svg("svg", { class: `plot-picture ${kind}`, viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": sentence }, ...children);
}

function column(x, width, share, extra = "") {
  const height = Math.max(1, share * 52);
  return svg("rect", { class: `column ${extra}`, x: x.toFixed(1), y: (FLOOR - height).toFixed(1), width: width.toFixed(1), height: height.toFixed(1), rx: 2 });
}

/** Bars from the floor of the loudest octave: 0 dB at the top, −48 dB at the bottom. */
function frequency({ octave_energy_db: db }) {
  const heard = Object.values(bands(db)).filter(Number.isFinite);
  if (!heard.length) return null;
  const names = Object.keys(bands(db));
  const top = Math.max(...heard);
  const pitch = WIDTH / names.length;
  const shapes = names.map((name, i) => column(i * pitch, pitch - 4, Math.max(0, 1 + (bands(db)[name] - top) / 48)));
  const labels = names.flatMap((name, i) => (i % 2 ? [] : [text(i * pitch + pitch / 2 - 2, 74, name, { "text-anchor": "middle" })]));
  const loudest = names[heard.indexOf(top)];
  return frame("frequency", say("hz", { n: loudest }), ...shapes, ...labels);
}

/** Octave energies by their middle frequency, whether they came as a list or by name. */
function bands(db) {
  if (!db) return {};
  if (!Array.isArray(db)) return Object.fromEntries(Object.entries(db).map(([hz, value]) => [short(Number(hz)), value ?? NaN]));
  const first = db.length >= 10 ? 31.25 : 62.5;
  return Object.fromEntries(db.map((value, i) => [short(first * 2 ** i), value ?? NaN]));
}

const short = (hz) => (hz >= 1000 ? `${Math.round(hz / 1000)}k` : String(Math.round(hz)));

function tonality({ chroma, key }) {
  if (!chroma?.length) return null;
  const top = Math.max(...chroma, 1e-9);
  const pitch = WIDTH / 12;
  const tonic = KEYS.indexOf(String(key ?? "").replace("#", "♯"));
  const strong = [...chroma.keys()].sort((a, b) => chroma[b] - chroma[a]).slice(0, 3);
  const shapes = chroma.map((value, i) => column(i * pitch, pitch - 4, value / top, i === tonic || strong.includes(i) ? "" : "pale"));
  const labels = KEYS.flatMap((name, i) => (strong.includes(i) || i === tonic ? [text(i * pitch + pitch / 2 - 2, 74, name, { "text-anchor": "middle", class: i === tonic ? "label strong" : "label" })] : []));
  return frame("tonality", strong.map((i) => KEYS[i]).join(", "), ...shapes, ...labels);
}

/** The outline of the peaks in dB, smoothed to forty points. */
function loudness({ peaks, loudness_lufs: lufs, duration_s: length }) {
  if (!peaks?.length) return null;
  const points = [];
  for (let i = 0; i < 40; i += 1) {
    const part = peaks.slice(Math.floor((i * peaks.length) / 40), Math.max(Math.floor((i * peaks.length) / 40) + 1, Math.floor(((i + 1) * peaks.length) / 40)));
    const mean = part.reduce((sum, one) => sum + Math.abs(one) ** 2, 0) / part.length;
    points.push(Math.max(-48, 10 * Math.log10(mean + 1e-9)));
  }
  const y = (db) => FLOOR - ((db + 48) / 48) * 42;
  const path = points.map((db, i) => `${i ? "L" : "M"}${((i * WIDTH) / 39).toFixed(1)} ${y(db).toFixed(1)}`).join("");
  const line = Number.isFinite(lufs) ? [svg("path", { class: "guide", d: `M0 ${y(lufs).toFixed(1)}H${WIDTH}` }), text(WIDTH, 9, `${number(lufs)} LUFS`, { "text-anchor": "end" })] : [];
  return frame("loudness", `${number(lufs)} LUFS`, ...line, svg("path", { class: "line", d: path }), text(0, 74, "0:00"), text(WIDTH, 74, clock(length), { "text-anchor": "end" }));
}

/** Lollipops: for each octave, how far left and right move together, +1 to −1. */
function phase({ octave_phase_correlation: by }) {
  const values = bands(by);
  const names = Object.keys(values);
  if (!names.some((name) => Number.isFinite(values[name]))) return null;
  const pitch = (WIDTH - 26) / names.length;
  const y = (value) => 32 - value * 26;
  const shapes = names.flatMap((name, i) => {
    const value = values[name];
    if (!Number.isFinite(value)) return [];
    const x = i * pitch + 8;
    return [svg("path", { class: "stem", d: `M${x} ${y(0)}V${y(value).toFixed(1)}` }), svg("circle", { class: "dot", cx: x, cy: y(value).toFixed(1), r: 3.5 })];
  });
  const labels = names.flatMap((name, i) => (i % 2 ? [] : [text(i * pitch + 8, 74, name, { "text-anchor": "middle" })]));
  return frame("phase", names.map((name) => `${name}: ${number(values[name], 2)}`).join(", "), svg("path", { class: "guide", d: `M0 ${y(0)}H${WIDTH}` }), ...shapes, ...labels, text(WIDTH, y(1) + 8, "+1", { "text-anchor": "end" }), text(WIDTH, y(-1), "−1", { "text-anchor": "end" }));
}

/** The tempo from beat to beat, smoothed over eight, around its middle. */
function tempo({ beats_s: beats, tempo_bpm: bpm }) {
  if (!beats || beats.length < 12 || !bpm) return null;
  const local = [];
  for (let i = 8; i < beats.length; i += 1) local.push((60 * 8) / (beats[i] - beats[i - 8]));
  const low = Math.min(bpm - 2, ...local);
  const high = Math.max(bpm + 2, ...local);
  const y = (value) => 54 - ((value - low) / (high - low)) * 46;
  const path = local.map((value, i) => `${i ? "L" : "M"}${((i * WIDTH) / Math.max(1, local.length - 1)).toFixed(1)} ${y(value).toFixed(1)}`).join("");
  return frame("tempo", `${number(bpm)} BPM`, svg("path", { class: "guide", d: `M0 ${y(bpm).toFixed(1)}H${WIDTH}` }), svg("path", { class: "line", d: path }), text(0, 10, number(high, 0)), text(0, 74, number(low, 0)), text(WIDTH, 74, `${number(Math.min(...local))} – ${number(Math.max(...local))}`, { "text-anchor": "end" }));
}

const drawers = { frequency, tonality, loudness, phase, tempo };

export function drawPlots(root, features) {
  for (const place of all("[data-plot]", root)) {
    const picture = drawers[place.dataset.plot]?.(features);
    if (picture) place.replaceChildren(picture);
    else place.append(Object.assign(document.createElement("span"), { className: "muted small", textContent: "–" }));
  }
}

/** Ticks for beats under the waveform, taller at each fourth. */
export function drawBeats(root, beats, length) {
  if (!root || !beats?.length || !length) return;
  const width = root.clientWidth || 1000;
  const every = Math.max(1, Math.ceil((beats.length * 4) / width));
  const path = beats
    .filter((_, i) => i % every === 0)
    .map((at, i) => `M${((at / length) * width).toFixed(1)} 0v${i % 4 ? 4 : 7}`)
    .join("");
  root.replaceChildren(svg("svg", { viewBox: `0 0 ${width} 8`, preserveAspectRatio: "none" }, svg("path", { d: path })));
}
