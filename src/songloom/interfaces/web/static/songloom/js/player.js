// The player: one <audio> that outlives every page. Queue, media keys, previews, errors that say why.

import { all, clock, getJson, icon, make, one, place, post, say, speak } from "./dom.js";
import { listenToMediaKeys, tellMedia } from "./mediakeys.js";
import { Queue } from "./queue.js";
import { toast } from "./toast.js";
import { startVolume } from "./volume.js";
import { Wave } from "./wave.js";

const KEPT = "songloom.queue";
const COUNTS_AFTER = 0.5; // share of a song that makes it heard, or four minutes
export const queue = new Queue();
const known = new Map(); // id → what the player needs to know of a song
const listeners = new Set();
let audio;
let playing = null; // the song in the player: a track, or a preview {isPreview, …}
let resumeAt = 0;
let isCounted = false;
const waves = [];

export const current = () => playing;
export const isPlaying = () => Boolean(audio && !audio.paused && !audio.ended);

/** Call `fn(song, isPlaying)` whenever that changes. */
export function onChange(fn) {
  listeners.add(fn);
  fn(playing, isPlaying());
}

const tell = () => listeners.forEach((fn) => fn(playing, isPlaying()));

async function facts(id) {
  if (!known.has(id)) known.set(id, await getJson(place("player", id)));
  return known.get(id);
}

export function forget(id) {
  known.delete(id);
}

/** Songs that were thrown away leave the queue; if one of them plays, it falls silent and the next begins. */
function drop(ids) {
  const isMine = playing && ids.has(playing.id);
  const isMore = !playing?.isPreview && queue.upcoming.some((song) => !ids.has(song.id));
  const wasOn = isPlaying();
  queue.drop(ids);
  ids.forEach(forget);
  if (isMine && isMore) startCurrent({ isPaused: !wasOn });
  else if (isMine) stop();
  else changed();
}

/** Silence: nothing is in the player. */
function stop() {
  audio.removeAttribute("src");
  audio.load();
  playing = null;
  for (const id of ["now-title", "now-by", "full-title", "full-by", "full-from", "full-said"]) document.getElementById(id).textContent = "";
  for (const node of all("#now-cover, #full-art, #now-star, #full-star")) node.hidden = true;
  one("#player").classList.add("idle");
  one("#now-idle").hidden = false;
  for (const wave of waves) wave.set([], 0);
  tellMedia(null);
  changed();
  tick();
  state();
}

/** Play these songs ({id, title, by}), beginning with one of them. */
export function playAll(songs, at = 0) {
  queue.set(songs, at);
  startCurrent();
}

export function enqueue(songs) {
  const wasEmpty = !queue.songs.length;
  queue.add(songs);
  changed();
  if (wasEmpty) startCurrent();
  toast(songs.length === 1 ? say("queued", { title: songs[0].title }) : say("queuedMany", { n: songs.length }));
}

export function playNext(songs) {
  const wasEmpty = !queue.songs.length;
  queue.playNext(songs);
  changed();
  if (wasEmpty) startCurrent();
  else toast(songs.length === 1 ? say("queued", { title: songs[0].title }) : say("queuedMany", { n: songs.length }));
}

/** Play a sound that is no song of the queue: a preview says so. */
export function playSound({ id, title, by, src, peaks, length, cover, at = 0, isSaved = false }) {
  load({ id, title, by, stream: src, peaks, duration_s: length, cover, isPreview: true, isSaved, page: null }, at);
  return audio.play().catch(() => {});
}

async function startCurrent({ isPaused = false, at = 0 } = {}) {
  const song = queue.current;
  if (!song) return;
  changed();
  try {
    const full = await facts(song.id);
    if (queue.current !== song) return;
    load(full, at);
    if (!isPaused) await audio.play();
  } catch (error) {
    if (isPaused || error.name === "AbortError" || error.name === "NotAllowedError") return;
    failed();
  }
}

function load(song, at = 0) {
  playing = song;
  resumeAt = at;
  isCounted = false;
  audio.src = song.stream;
  show(song);
  tellMedia(song);
  tell();
  awaitPeaks(song);
}

/** A song that is being listened through has no waveform yet: look again a few times. */
function awaitPeaks(song, tries = 8) {
  if (song.isPreview || song.peaks?.length || !tries) return;
  setTimeout(async () => {
    if (playing !== song) return;
    const again = await getJson(place("player", song.id)).catch(() => song);
    Object.assign(song, { peaks: again.peaks, beats_s: again.beats_s, said: again.said });
    if (song.peaks?.length) for (const wave of waves) wave.set(song.peaks, song.duration_s);
    else awaitPeaks(song, tries - 1);
  }, 4000);
}

function failed() {
  const title = playing?.title ?? queue.current?.title ?? "";
  const isMore = queue.at + 1 < queue.songs.length && !playing?.isPreview;
  toast(say(isMore ? "cannotPlay" : "cannotPlayLast", { title }));
  if (isMore && queue.next(true)) startCurrent();
  else tell();
}

export function toggle() {
  if (!playing && queue.current) startCurrent();
  else if (audio.paused) audio.play().catch(() => {});
  else audio.pause();
}

export function next(isAsked = true) {
  if (queue.next(isAsked)) startCurrent();
  else if (isAsked) audio.currentTime = 0;
}

export function previous() {
  if (audio.currentTime > 3) audio.currentTime = 0;
  else if (queue.previous()) startCurrent();
}

export function seek(at) {
  if (!playing) return;
  const length = lengthNow();
  audio.currentTime = Math.min(Math.max(0, at), Math.max(0, length - 0.05));
  tick();
}

export const seekBy = (by) => seek(audio.currentTime + by);
export const timeNow = () => audio?.currentTime ?? 0;
export const pause = () => audio?.pause();

const lengthNow = () => (Number.isFinite(audio.duration) && audio.duration) || playing?.duration_s || 0;

/** A beat and a bar of the song in the player, for keys on a waveform. */
export function steps() {
  const beats = playing?.beats_s ?? [];
  if (beats.length < 4) return { beat: 5, bar: 20 };
  const beat = (beats.at(-1) - beats[0]) / (beats.length - 1);
  return { beat, bar: beat * 4 };
}

function show(song) {
  const title = song.isPreview && !song.isSaved ? say("preview", { title: song.title }) : song.title;
  one("#player").classList.remove("idle");
  one("#now-idle").hidden = true;
  for (const [id, text] of [["now-title", title], ["now-by", song.by ?? ""], ["full-title", title], ["full-by", song.by ?? ""]]) {
    document.getElementById(id).textContent = text;
  }
  one("#full-from").textContent = song.album || song.by || "";
  one("#full-said").textContent = song.said ?? "";
  const link = one("#now-title");
  if (song.page) link.setAttribute("href", song.page);
  else link.removeAttribute("href");
  one("#full-page").href = song.page ?? "#";
  for (const [id, size] of [["now-cover", 96], ["full-art", 800]]) {
    const image = document.getElementById(id);
    image.hidden = !song.cover;
    if (song.cover) image.src = `${song.cover}?size=${size}`;
  }
  for (const star of all("#now-star, #full-star")) {
    star.hidden = Boolean(song.isPreview);
    star.setAttribute("aria-pressed", String(Boolean(song.is_starred)));
  }
  one("#lyrics-text").textContent = song.lyrics ? song.lyrics.replace(/\[\d+:\d+(?:[.:]\d+)?\]/g, "").trim() : say("noLyrics");
  for (const wave of waves) wave.set(song.peaks, song.duration_s);
  document.getElementById("now-length").textContent = clock(song.duration_s);
  document.getElementById("full-length").textContent = clock(song.duration_s);
  document.title = document.title.replace(/^▶ /, "");
}

function mediaKeys() {
  listenToMediaKeys({
    play: toggle,
    pause: () => audio.pause(),
    previoustrack: previous,
    nexttrack: () => next(true),
    seekbackward: ({ seekOffset }) => seekBy(-(seekOffset || 10)),
    seekforward: ({ seekOffset }) => seekBy(seekOffset || 10),
    seekto: ({ seekTime }) => seek(seekTime),
  });
}

function tick() {
  const at = audio.currentTime;
  const length = lengthNow();
  for (const wave of waves) {
    wave.length = length;
    wave.move(at);
  }
  for (const id of ["now-at", "full-at"]) document.getElementById(id).textContent = clock(at);
  for (const id of ["now-length", "full-length"]) document.getElementById(id).textContent = clock(length);
  one("#player .thread span").style.width = `${length ? (100 * at) / length : 0}%`;
  document.dispatchEvent(new CustomEvent("songloom:time", { detail: { at, length, song: playing } }));
  if (playing && !playing.isPreview && !isCounted && at > Math.min(240, length * COUNTS_AFTER) && length > 0) {
    isCounted = true;
    post(place("played", playing.id)).catch(() => {});
  }
}

function state() {
  const on = isPlaying();
  for (const root of all("#player, #full")) root.classList.toggle("playing-now", on);
  for (const button of all("[data-do=toggle]")) button.setAttribute("aria-label", say(on ? "pause" : "play"));
  if ("mediaSession" in navigator) navigator.mediaSession.playbackState = on ? "playing" : "paused";
  tell();
}

/** The queue changed: keep it for the next visit, draw it where it stands. */
function changed() {
  const kept = { songs: queue.songs, at: queue.at, repeat: queue.repeat, isShuffled: queue.isShuffled };
  try {
    localStorage.setItem(KEPT, JSON.stringify(kept));
  } catch {
    // a full or forbidden store only means that the queue is not there next time
  }
  drawQueue();
  for (const button of all("[data-do=shuffle]")) button.setAttribute("aria-pressed", String(queue.isShuffled));
  for (const button of all("[data-do=repeat]")) {
    button.setAttribute("aria-pressed", String(queue.repeat !== "off"));
    button.replaceChildren(icon(queue.repeat === "one" ? "repeat-one" : "repeat"));
  }
}

function drawQueue() {
  const upcoming = queue.upcoming.length;
  one("#queue-title").textContent = say("upNext", { n: upcoming });
  one("#queue-empty").hidden = queue.songs.length > 0;
  const first = Math.max(0, queue.at - 20);
  const shown = queue.songs.slice(first, queue.at + 200);
  one("#queue-list").replaceChildren(...shown.map((song, i) => queueRow(song, first + i)));
  one("#full-queue").replaceChildren(...queue.upcoming.slice(0, 50).map((song, i) => queueRow(song, queue.at + 1 + i)));
}

function queueRow(song, at) {
  const move = (to) => () => { queue.move(at, to); changed(); };
  const button = (name, label, act) => make("button", { class: "round", "aria-label": `${label}: ${song.title}`, title: label, onclick: act }, icon(name));
  return make(
    "li",
    { class: at === queue.at ? "current" : "" },
    make("img", { class: "cover", src: `${place("track", song.id)}cover?size=96`, alt: "", width: 40, height: 40, loading: "lazy" }),
    make("button", { class: "who", onclick: () => { queue.jump(at); startCurrent(); } }, make("span", { class: "title" }, song.title), make("span", { class: "by" }, song.by ?? "")),
    make("span", { class: "moves" }, button("up", say("moveUp"), move(at - 1)), button("down", say("moveDown"), move(at + 1))),
    button("x", say("remove"), () => { queue.remove(at); changed(); }),
  );
}

async function star() {
  if (!playing || playing.isPreview) return;
  playing.is_starred = !playing.is_starred;
  await setStar(playing.id, playing.is_starred);
}

/** Star a song and show it wherever the song stands on the page. */
export async function setStar(id, on) {
  paintStar(id, on);
  try {
    await post(place("star", id), { on: on ? "1" : "0" });
  } catch (error) {
    paintStar(id, !on);
    toast(error.message);
  }
}

function paintStar(id, on) {
  if (known.has(id)) known.get(id).is_starred = on;
  if (playing?.id === id) all("#now-star, #full-star").forEach((node) => node.setAttribute("aria-pressed", String(on)));
  for (const root of all(`[data-track="${id}"]`)) {
    for (const node of all("[data-act=star][aria-pressed], [data-star]", root)) node.setAttribute("aria-pressed", String(on));
  }
}

function panel(id) {
  const node = document.getElementById(id);
  node.hidden = !node.hidden;
  for (const button of all(`[data-do=${id}][aria-expanded]`)) button.setAttribute("aria-expanded", String(!node.hidden));
  if (!node.hidden) {
    for (const other of ["queue", "lyrics"]) if (other !== id) document.getElementById(other).hidden = true;
    node.focus();
  }
}

const doing = {
  toggle,
  next: () => next(true),
  previous,
  shuffle: () => { speak(say(queue.turnShuffle() ? "shuffleOn" : "shuffleOff")); changed(); },
  repeat: () => { speak(say({ off: "repeatOff", all: "repeatAll", one: "repeatOne" }[queue.turnRepeat()])); changed(); },
  queue: () => panel("queue"),
  lyrics: () => panel("lyrics"),
  clear: () => { queue.clearUpcoming(); changed(); },
  mute: () => {
    audio.muted = !audio.muted;
    const button = one("[data-do=mute]");
    button.setAttribute("aria-pressed", String(audio.muted));
    button.replaceChildren(icon(audio.muted ? "mute" : "volume"));
  },
};

/** Which element shows the position of the song in the player. */
export function bindWave(root, options = {}) {
  const wave = new Wave(root, { seek, steps, ...options });
  waves.push(wave);
  return () => waves.splice(waves.indexOf(wave), 1);
}

function listen() {
  for (const name of ["play", "pause", "playing", "ended", "emptied"]) audio.addEventListener(name, state);
  audio.addEventListener("timeupdate", tick);
  audio.addEventListener("seeked", tick);
  audio.addEventListener("loadedmetadata", () => {
    if (resumeAt) audio.currentTime = resumeAt;
    resumeAt = 0;
    tick();
  });
  audio.addEventListener("ended", () => {
    document.dispatchEvent(new CustomEvent("songloom:ended", { detail: { song: playing } }));
    if (!playing?.isPreview) next(false);
  });
  audio.addEventListener("error", () => audio.getAttribute("src") && failed());
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-do]");
    if (button && doing[button.dataset.do]) doing[button.dataset.do]();
    else if (event.target.closest?.("#now-star, #full-star")) star();
  });
  startVolume(audio);
}

/** Whoever signs out takes the queue along. */
function forgetOnLeaving() {
  document.addEventListener("submit", (event) => {
    if (event.target.action.endsWith("/sign-out/")) localStorage.removeItem(KEPT);
  });
}

/** The queue of the last visit, paused where it was. */
function restore() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? "null");
    if (!kept?.songs?.length) return;
    Object.assign(queue, { songs: kept.songs, straight: [...kept.songs], at: kept.at, repeat: kept.repeat, isShuffled: kept.isShuffled });
    startCurrent({ isPaused: true });
  } catch {
    localStorage.removeItem(KEPT);
  }
}

export function startPlayer() {
  audio = one("#audio");
  if (!audio) return;
  bindWave(one("#now-wave"));
  bindWave(one("#full-wave"));
  listen();
  mediaKeys();
  forgetOnLeaving();
  restore();
  changed();
  document.addEventListener("songloom:gone", (event) => drop(new Set(event.detail.ids)));
  document.addEventListener("songloom:renewed", () => { if (playing) show(playing); changed(); state(); });
}
