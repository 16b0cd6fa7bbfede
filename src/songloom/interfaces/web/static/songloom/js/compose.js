// Compose: the sentence is read as one types; a piece is awaited, then played with its notes before one's eyes.

import { all, getJson, make, one, say } from "./dom.js";
import { watch } from "./activity.js";
import { go, onPage } from "./nav.js";
import { current, isPlaying, onChange, playAll, seek, timeNow } from "./player.js";
import { barSaid, drawRoll } from "./roll.js";
import { toast } from "./toast.js";

const PAUSE_MS = 350;
let take = null; // {root, roll, drawn, place, fields}

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

/** The roll of a take with its parts, its range of bars, and the line that follows the sound. */
function showRoll(root, roll) {
  const place = one("[data-roll-picture]", root);
  const form = one("#change", root);
  const fields = form && { first: one("[name=first]", form), last: one("[name=last]", form), section: one("[data-section]", form) };
  const drawn = drawRoll(place, roll, {
    onSeek: (at) => playFrom(at),
    onRange: fields?.first && ((first, last) => choose(first, last)),
    onChord: (bar, name) => chordWanted(root, bar, name),
  });
  if (!drawn) return;
  take = { root, roll, drawn, place, fields };
  if (fields?.first) {
    for (const field of [fields.first, fields.last]) field.addEventListener("input", () => { if (fields.section) fields.section.value = ""; shown(); });
    fields.section?.addEventListener("change", () => {
      const { first, bars } = fields.section.selectedOptions[0].dataset;
      fields.first.value = first ?? "";
      fields.last.value = first ? Math.min(drawn.nBars, Number(first) + Number(bars) - 1) : "";
      shown();
    });
    form.addEventListener("change", locks);
    locks();
  }
  place.addEventListener("keydown", onRollKey);
  for (const voice of all("[data-voice]", root)) voice.addEventListener("keydown", (event) => letter(event, "x") && one("[name=locked]", voice)?.click());
  tick();
}

const letter = (event, name) => !event.ctrlKey && !event.metaKey && !event.altKey && document.documentElement.dataset.letters === "on" && event.key.toLowerCase() === name;

function playFrom(at) {
  if (isHere()) seek(at);
  else { play(); document.addEventListener("songloom:time", () => seek(at), { once: true }); }
}

/** These bars are meant: in the fields, and dashed on the roll. */
function choose(first, last) {
  const { fields } = take;
  fields.first.value = first || "";
  fields.last.value = last || "";
  if (fields.section) fields.section.value = "";
  shown();
}

function shown() {
  const first = Number(take.fields.first.value || take.fields.last.value);
  const last = Number(take.fields.last.value || take.fields.first.value);
  take.drawn.choose(first && Math.min(first, last), Math.max(first, last));
}

/** Locked parts are told by their closed lock and by paler notes; with all locked nothing can be written. */
function locks() {
  const boxes = all("[name=locked]", take.root);
  const locked = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
  take.drawn.dim((part) => locked.has(part));
  for (const button of all("[data-again]", take.root)) button.disabled = locked.has(button.value.slice("again:".length));
  one("[data-again-all]", take.root).disabled = boxes.length > 0 && locked.size === boxes.length;
}

/** A chord that was pressed stands in the fields, ready to be written over. */
function chordWanted(root, bar, name) {
  const field = one("[data-chord-name]", root);
  if (!field) return;
  field.closest("details").open = true;
  one("[data-chord-bar]", root).value = bar;
  field.value = name;
  field.focus();
  field.select();
}

function onRollKey(event) {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const bar = take.drawn.barAt(isHere() ? timeNow() : 0);
  if (step && event.shiftKey && take.fields?.first) {
    const first = Number(take.fields.first.value) || bar;
    const last = Math.min(take.drawn.nBars, Math.max(1, (Number(take.fields.last.value) || bar - (step > 0)) + step));
    choose(Math.min(first, last), Math.max(first, last));
  } else if (step) playFrom(take.drawn.startOf(Math.min(take.drawn.nBars, Math.max(1, bar + step))));
  else if (event.key === "Escape" && take.fields?.first) choose(0, 0);
  else if (letter(event, "r")) one("[data-again-all]", take.root)?.click();
  else return;
  event.preventDefault();
}

function tick() {
  if (!take?.root.isConnected) return;
  const bar = take.drawn.move(isHere() ? timeNow() : 0, isHere());
  const said = barSaid(take.roll, bar);
  const place = one("[data-bar-said]", take.root);
  if (place) place.textContent = said;
  take.place.setAttribute("aria-valuenow", bar);
  take.place.setAttribute("aria-valuetext", said);
}

export function startCompose() {
  onPage(async (main) => {
    take = null;
    const form = one("[data-compose]", main);
    if (form) reading(form);
    const root = one("[data-take]", main);
    if (!root) return;
    if (root.dataset.made === "no") waiting(root);
    else showRoll(root, await getJson(root.dataset.roll).catch((error) => { toast(error.message); return { parts: [] }; }));
  });
  document.addEventListener("songloom:time", tick);
  onChange(() => {
    if (!take?.root.isConnected) return;
    const on = isHere() && isPlaying();
    take.root.classList.toggle("playing-now", on);
    const word = one("[data-play-word]", take.root);
    if (word) word.textContent = say(on ? "playing" : "play");
    for (const card of all(".take-card[data-track]", take.root)) card.classList.toggle("playing-now", isPlaying() && current()?.id === card.dataset.track);
  });
}
