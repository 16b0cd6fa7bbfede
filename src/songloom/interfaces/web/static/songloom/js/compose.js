// Compose: the sentence is read as one types; a piece is awaited, then played with its notes before one's eyes.

import { all, getJson, make, one, say, svg } from "./dom.js";
import { watch } from "./activity.js";
import { go, onPage } from "./nav.js";
import { current, isPlaying, onChange, playAll, seek, timeNow } from "./player.js";
import { toast } from "./toast.js";

const PAUSE_MS = 350;
const DYES = ["accent", "indigo", "mugwort", "walnut", "lotus", "gardenia"];
let take = null; // {root, id, roll, head}

/** Read the sentence anew, unless a slot was edited by hand: then the edits stand. */
function reading(form) {
  const slots = one("[data-slots]", form);
  const prompt = one("textarea", form);
  let timer = 0;
  let running = null;
  const read = async () => {
    const target = new URL(form.dataset.compose, location.href);
    target.searchParams.set("prompt", prompt.value);
    const like = one("[name=like]", form);
    if (like) target.searchParams.set("like", like.value);
    running?.abort();
    running = new AbortController();
    try {
      const response = await fetch(target, { signal: running.signal, headers: { Accept: "text/html" } });
      if (response.ok) slots.innerHTML = await response.text(); // our own template, escaped there
    } catch {
      return; // typed on
    }
    edits(slots);
  };
  prompt.addEventListener("input", (event) => {
    if (event.isComposing) return;
    clearTimeout(timer);
    timer = setTimeout(read, PAUSE_MS);
  });
  prompt.addEventListener("compositionend", read);
  form.addEventListener("keydown", (event) => {
    const slot = event.target.closest("[data-slot]");
    if (event.key === "Escape" && slot) {
      event.preventDefault();
      revert(slot);
    }
  });
  edits(slots);
}

function edits(root) {
  for (const slot of all("[data-slot]", root)) {
    slot.addEventListener("change", () => {
      slot.classList.add("edited");
      const shown = one("[data-shown]", slot);
      if (shown) shown.textContent = all("input:checked", slot).map((box) => box.dataset.label).join(", ") || "–";
    });
  }
}

function revert(slot) {
  for (const field of all("input, select", slot)) {
    if (field.type === "checkbox") field.checked = field.defaultChecked;
    else if (field.matches("select")) field.value = [...field.options].find((option) => option.defaultSelected)?.value ?? "";
    else field.value = field.defaultValue;
  }
  slot.classList.remove("edited");
  if (slot.matches("details")) slot.open = false;
}

/** While it is composed: progress in words; then the page of the finished piece, playing. */
function waiting(root) {
  const bar = one("progress", root);
  const stage = one("[data-stage]", root);
  const ready = () => root.isConnected && go(location.pathname, { push: false }).then(() => play());
  const failed = (job) => {
    one("[data-weaving]", root)?.replaceChildren(make("div", { class: "wrong", role: "alert" }, make("b", {}, job.error || say("failed")), make("span", { class: "small second" }, job.detail), make("div", { class: "foot" }, make("code", {}, job.code))));
  };
  if (root.dataset.job) {
    watch(root.dataset.job, (job) => {
      if (!root.isConnected) return;
      bar.value = job.progress;
      stage.textContent = job.stage || say("composing");
      if (job.state === "done") ready();
      else if (job.is_final) failed(job);
    });
    return;
  }
  const ask = async () => {
    if (!root.isConnected) return;
    const { is_made: isMade } = await getJson(`${location.pathname}?state=1`).catch(() => ({}));
    if (isMade) ready();
    else setTimeout(ask, 1500);
  };
  ask();
}

function play() {
  const root = one("[data-take]");
  if (root?.dataset.track) playAll([{ id: root.dataset.track, title: root.dataset.title, by: root.dataset.by }]);
}

const isHere = () => take?.root.isConnected && current()?.id === take.root.dataset.track && !current().isPreview;

/** The notes as bars: time to the right, pitch upwards, one dye a part; the lead takes the accent. */
function drawRoll(root, roll) {
  const place = one("[data-roll-picture]", root);
  const labels = one("[data-roll-parts]", root);
  const voices = roll.parts.filter((part) => !part.is_drums);
  const pitches = voices.flatMap((part) => part.notes.map((note) => note[2]));
  if (!pitches.length) return;
  const low = Math.min(...pitches) - 2;
  const high = Math.max(...pitches) + 2;
  const bars = Math.max(1, roll.n_bars);
  const isPhone = matchMedia("(max-width: 767px)").matches;
  const width = isPhone ? Math.max(place.clientWidth, (place.clientWidth * bars) / 8) : Math.max(place.clientWidth, 600);
  const height = 380;
  const x = (time) => (time / roll.seconds) * width;
  const y = (pitch) => 24 + ((high - pitch) / (high - low)) * (height - 40);
  const tall = Math.max(3, Math.min(9, (height - 40) / (high - low) - 1));
  const shapes = voices.flatMap((part, i) => part.notes.map(([from, to, pitch]) => svg("rect", { class: `note-bar ${DYES[i % DYES.length]}`, x: x(from).toFixed(1), y: y(pitch).toFixed(1), width: Math.max(2, x(to) - x(from) - 1).toFixed(1), height: tall.toFixed(1), rx: 2, "data-from": from })));
  const lines = [];
  for (let bar = 1; bar < roll.n_bars; bar += 1) lines.push(svg("path", { class: "bar-line", d: `M${((bar * width) / roll.n_bars).toFixed(1)} 20V${height}` }));
  const every = Math.max(1, Math.ceil((roll.chords.length * 34) / width));
  const chords = roll.chords.flatMap((name, i) => (i % every ? [] : [svg("text", { class: "label", x: (((i + 0.5) * width) / roll.chords.length).toFixed(1), y: 13, "text-anchor": "middle" }, name)]));
  const head = svg("path", { class: "roll-head", d: `M0 18V${height}` });
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none" }, ...chords, ...lines, ...shapes, head);
  if (isPhone) picture.style.width = `${width}px`;
  place.replaceChildren(picture);
  labels.replaceChildren(...voices.map((part, i) => make("span", { class: `part-label ${DYES[i % DYES.length]}` }, make("b", {}, part.name), make("span", { class: "small second" }, part.instrument))), ...roll.parts.filter((part) => part.is_drums).map((part) => make("span", { class: "part-label" }, make("b", {}, part.name))));
  place.onclick = (event) => {
    const box = picture.getBoundingClientRect();
    const at = ((event.clientX - box.left) / box.width) * roll.seconds;
    if (isHere()) seek(at);
    else { play(); document.addEventListener("songloom:time", () => seek(at), { once: true }); }
  };
  take = { root, roll, head, x, notes: shapes, place };
  tick();
}

function tick() {
  if (!take?.root.isConnected) return;
  const at = isHere() ? timeNow() : 0;
  take.head.setAttribute("transform", `translate(${take.x(Math.min(at, take.roll.seconds)).toFixed(1)} 0)`);
  const { place } = take;
  if (isHere() && place.scrollWidth > place.clientWidth) place.scrollLeft = take.x(at) - place.clientWidth / 3;
  for (const note of take.notes) note.classList.toggle("yet", isHere() && Number(note.dataset.from) > at);
}

export function startCompose() {
  onPage(async (main) => {
    take = null;
    const form = one("[data-compose]", main);
    if (form) reading(form);
    const root = one("[data-take]", main);
    if (!root) return;
    if (root.dataset.made === "no") waiting(root);
    else drawRoll(root, await getJson(root.dataset.roll).catch((error) => { toast(error.message); return { parts: [] }; }));
  });
  document.addEventListener("songloom:time", tick);
  onChange(() => {
    if (!take?.root.isConnected) return;
    const on = isHere() && isPlaying();
    take.root.classList.toggle("playing-now", on);
    const word = one("[data-play-word]", take.root);
    if (word) word.textContent = say(on ? "playing" : "play");
  });
}
