// The fields of a step: a number with its slider, another song, a matrix of shares.

import { clock, getJson, make, place, say } from "./dom.js";
import { readTime, showTime } from "./times.js";

const LOG_STEPS = 1000;
const WIDEST_SLIDER = 1e6; // a seed has no slider
const QUIET_MS = 150;

/** A parameter as a row. `given`: {value, length, key, name of the other song, set, glimpse, choose}. */
export function field(parameter, given) {
  const kinds = { number: numberField, track: trackField, matrix: matrixField };
  return kinds[parameter.kind](parameter, given);
}

/** A value as a step's line says it. */
export function shown(parameter, value, other) {
  if (parameter.kind === "track") return other?.title ?? "–";
  if (value === null || value === undefined || value === "") return say(parameter.name === "end_s" ? "end" : "start");
  if (parameter.kind === "matrix") return spelt(value);
  if (parameter.unit === "s") return clock(value, 1);
  return `${String(value).replace("-", "−")} ${parameter.unit}`.trim();
}

function row(label, ...parts) {
  return make("div", { class: "step-field" }, make("span", {}, label), ...parts);
}

// ------------------------------------------------------------------ numbers

function numberField(parameter, given) {
  const isTime = parameter.unit === "s";
  const high = isTime ? Math.min(parameter.high, parameter.name === "duration_s" || parameter.name === "crossfade_s" ? Math.min(30, given.length) : given.length) : parameter.high;
  const box = isTime ? timeBox(given.value) : make("input", { type: "number", min: parameter.low, max: parameter.high, step: parameter.is_whole ? 1 : "any", value: given.value ?? "" });
  const names = { "aria-label": `${parameter.label} ${parameter.unit}`, "data-key": `box-${given.key}`, "data-parameter": parameter.name };
  for (const [name, said] of Object.entries(names)) box.setAttribute(name, said);
  const why = make("span", { class: "time-why", role: "alert", hidden: true }, say("timeHint"));
  const read = () => (box.value.trim() === "" ? null : isTime ? Math.min(readTime(box.value), high) : Number(box.value));
  box.addEventListener("input", () => Number.isNaN(read()) || given.glimpse(read()));
  box.onchange = () => take(box, why, read(), given.set);
  const hasSlider = parameter.high - parameter.low <= WIDEST_SLIDER;
  const slide = hasSlider ? slider(parameter, given, box, high) : make("span");
  return row(parameter.label, slide, make("span", { class: "value" }, box, make("span", { class: "muted small" }, isTime ? "" : parameter.unit)), why);
}

/** Frequencies by their octaves, everything else in a straight line. */
function slider(parameter, given, box, high) {
  const isTime = parameter.unit === "s";
  const isLog = parameter.unit === "Hz" && parameter.low > 0;
  const octaves = Math.log(parameter.high / parameter.low);
  const toValue = (at) => (isLog ? Math.round(parameter.low * Math.exp((octaves * at) / LOG_STEPS)) : at);
  const toPlace = (value) => (isLog ? (LOG_STEPS * Math.log(value / parameter.low)) / octaves : value);
  const [low, top] = isLog ? [0, LOG_STEPS] : [parameter.low, round(high)];
  const value = given.value ?? high;
  const by = isLog || parameter.is_whole ? 1 : isTime ? 0.1 : 0.5;
  const input = make("input", { type: "range", min: low, max: top, step: by, value: toPlace(value), "aria-label": parameter.label, "aria-valuetext": shown(parameter, given.value), "data-key": `slide-${given.key}` });
  const paint = () => input.style.setProperty("--at", `${(100 * (Number(input.value) - low)) / (top - low || 1)}%`);
  paint();
  input.addEventListener("input", () => {
    const now = toValue(Number(input.value));
    box.value = isTime ? showTime(now) : now;
    paint();
    given.glimpse(now);
  });
  input.onchange = () => given.set(toValue(Number(input.value)));
  return input;
}

function timeBox(value) {
  return make("input", { type: "text", class: "time-box", inputmode: "decimal", autocomplete: "off", spellcheck: "false", title: say("timeHint"), value: value === null ? "" : showTime(value), placeholder: say("end") });
}

/** What was written into a box becomes the step's; what is no time stays there, marked, and changes nothing. */
function take(box, why, value, set) {
  const isWrong = Number.isNaN(value);
  box.setAttribute("aria-invalid", String(isWrong));
  why.hidden = !isWrong;
  if (isWrong) return;
  set(value);
  if (box.isConnected && box.type === "text" && value !== null) box.value = showTime(value);
}

const round = (value) => Math.round(value * 10) / 10;

// ------------------------------------------------------------------ another song

function trackField(parameter, given) {
  const list = make("div", { class: "found-songs", role: "group", "aria-label": parameter.label });
  const box = make("input", { type: "search", autocomplete: "off", placeholder: say("findSong"), value: given.other?.title ?? "", "aria-label": parameter.label, "data-parameter": parameter.name, "data-key": `box-${given.key}` });
  let timer = 0;
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => find(box.value), QUIET_MS);
  });
  async function find(words) {
    if (!words.trim()) return list.replaceChildren();
    const { tracks } = await getJson(`${place("quick")}?q=${encodeURIComponent(words)}`);
    const songs = tracks.filter((track) => track.seconds);
    list.replaceChildren(...songs.map((song) => make("button", { class: "found-song", onclick: () => given.choose(song) }, make("b", {}, song.title), make("span", { class: "second" }, song.by), make("span", { class: "muted small" }, clock(song.seconds)))));
  }
  return make("div", { class: "step-field wide" }, make("span", {}, parameter.label), box, list);
}

// ------------------------------------------------------------------ a matrix

/** Rows of shares as people write them: `0.5 0.5` is one row, `0 1; 1 0` are two. */
export const spelt = (rows) => rows.map((each) => each.join(" ")).join("; ").replaceAll("-", "−");

/** The rows of a text; null for what is no matrix. */
export function readRows(text) {
  const rows = text.replaceAll("−", "-").replaceAll("；", ";").split(";").map((each) => each.trim().split(/[\s,，]+/).filter(Boolean).map(Number));
  const isMatrix = rows.every((each) => each.length && each.length === rows[0].length && each.every((share) => Number.isFinite(share) && Math.abs(share) <= 10));
  return isMatrix ? rows : null;
}

function matrixField(parameter, given) {
  const box = make("input", { type: "text", autocomplete: "off", spellcheck: "false", value: spelt(given.value), "aria-label": parameter.label, "data-parameter": parameter.name, "data-key": `box-${given.key}` });
  const why = make("span", { class: "time-why", role: "alert", hidden: true }, say("matrixHint"));
  box.onchange = () => {
    const rows = readRows(box.value);
    box.setAttribute("aria-invalid", String(rows === null));
    why.hidden = rows !== null;
    if (rows) given.set(rows);
  };
  return make("div", { class: "step-field wide" }, make("span", {}, parameter.label), box, why);
}
