// What goes on, asked each second while something runs and seldom while nothing does.

import { all, getJson, icon, make, number, one, place, roughly, say, token } from "./dom.js";
import { go, onPage } from "./nav.js";
import { forget } from "./player.js";

const BUSY_MS = 1000;
const CALM_MS = 15000;
const watched = new Map(); // job id → called with every news of it
let timer = 0;
let seen = new Set();

/** Follow one job until it ends: `fn(job)` each second. */
export function watch(id, fn) {
  watched.set(id, fn);
  soon(200);
}

/** Wait for a job; a failure is thrown in words. */
export function finished(id, tell = () => {}) {
  return new Promise((resolve, reject) => {
    watch(id, (job) => {
      tell(job);
      if (job.state === "done") resolve(job);
      else if (job.is_final) reject(Object.assign(new Error(job.error || say("failed")), { detail: job.detail }));
    });
  });
}

function soon(ms) {
  clearTimeout(timer);
  timer = setTimeout(ask, ms);
}

async function ask() {
  if (document.hidden && !watched.size) return soon(CALM_MS);
  let state;
  try {
    const ids = [...watched.keys()].join(",");
    state = await getJson(`${place("state")}${ids ? `?jobs=${ids}` : ""}`);
  } catch (error) {
    if (error.status === 401 || error.status === 403) return undefined;
    return soon(CALM_MS);
  }
  if (!state) return undefined; // signed out elsewhere: the answer was a page
  counts(state.counts);
  analysis(state.analysis);
  jobs(state);
  for (const job of state.jobs) {
    watched.get(job.id)?.(job);
    if (job.is_final) watched.delete(job.id);
  }
  arrived(state);
  const busy = state.running.length || watched.size || (state.analysis.n_left && (state.analysis.n_left < 40 || one("[data-listening]")));
  return soon(busy ? BUSY_MS : CALM_MS);
}

export function counts(n) {
  for (const [name, value] of Object.entries(n)) {
    for (const node of all(`[data-count="${name}"]`)) node.textContent = name === "activity" && !value ? "" : value.toLocaleString("en");
  }
}

function analysis(state) {
  const { n_left: left, share, time_left_s: time } = state;
  const box = one("#listening");
  if (box) {
    box.hidden = !left;
    one("progress", box).value = share;
    one("[data-percent]", box).textContent = `${number(Math.floor(share * 100), 0)} %`;
    if (left) one("[data-left]", box).textContent = left === 1 ? say("leftOne") : say("left", { n: left.toLocaleString("en"), time: time ? roughly(time) : "…" });
  }
  const card = one("[data-listening]");
  if (card) heardThrough(card, state);
}

/** On the page of what goes on: which songs are listened through now, how many of how many, how long still. */
function heardThrough(card, { n_left: left, n_all: total, heard, share, time_left_s: time, now = [], waits = "" }) {
  card.hidden = !left;
  if (!left) return;
  one(".bar", card).value = share;
  one("[data-of]", card).textContent = say("leftOf", { n: heard.toLocaleString("en"), all: total.toLocaleString("en"), time: time ? roughly(time) : "…" });
  one("[data-waits]", card).textContent = waits;
  one("[data-waits]", card).hidden = !waits;
  const list = one("[data-now]", card);
  for (const row of all("[data-heard]", list)) if (!now.some((song) => song.id === row.dataset.heard)) row.remove();
  for (const song of now) {
    let row = one(`[data-heard="${song.id}"]`, list);
    if (!row) {
      row = make("li", { class: "job", "data-heard": song.id }, icon("pulse"), make("a", { class: "what clip", href: place("track", song.id) }, song.title), make("span", { class: "state" }), make("progress", { max: 1, value: 0, "aria-label": song.title }));
      list.append(row);
    }
    one(".state", row).textContent = `${Math.round(song.progress * 100)} %`;
    one("progress", row).value = song.progress;
  }
}

function jobs(state) {
  const running = state.jobs.filter((job) => state.running.includes(job.id));
  for (const list of all("[data-jobs]")) {
    for (const row of all("[data-job]", list)) if (!running.some((job) => job.id === row.dataset.job)) row.remove();
    for (const job of running) draw(list, job);
    const calm = list.parentElement.querySelector("[data-no-jobs]");
    if (calm) calm.hidden = running.length > 0;
  }
}

function draw(list, job) {
  let row = one(`[data-job="${job.id}"]`, list);
  if (!row) {
    row = make(
      "li",
      { class: "job", "data-job": job.id },
      icon(job.icon),
      make("span", { class: "what" }, job.about ? `${job.label} · ${job.about}` : job.label),
      cancelForm(job),
      make("span", { class: "state", "data-said": true }),
      make("progress", { max: 1, value: 0, "aria-label": job.label }),
    );
    list.append(row);
  }
  one("[data-said]", row).textContent = job.stage ? `${job.said} · ${job.stage}` : job.said;
  const bar = one("progress", row);
  if (bar) bar.value = job.progress;
}

function cancelForm(job) {
  const label = say("cancel");
  return make(
    "form",
    { method: "post", action: `${place("state").replace("state.json", "")}${job.id}/cancel/` },
    make("input", { type: "hidden", name: "csrfmiddlewaretoken", value: token() }),
    make("button", { class: "round", "aria-label": label, title: label }, icon("x")),
  );
}

/** Work that ended while a page was open: show what it brought. */
function arrived(state) {
  const now = new Set(state.running);
  const ended = [...seen].filter((id) => !now.has(id));
  seen = now;
  const section = one("#main")?.dataset.section;
  const isListing = one("[data-reload-when-done]") || ["activity", "home"].includes(section);
  if (ended.length && isListing && !document.activeElement?.matches("input, textarea")) go(location.href, { push: false, focus: false, top: one("#sheet").scrollTop });
}

/** A song's page that waits to be listened to asks until it is. */
function waiting(main) {
  const page = one("[data-page-track]", main);
  if (!one("[data-wait-features]", main) || !page) return;
  const again = async () => {
    if (!page.isConnected) return;
    const { features } = await getJson(page.dataset.features).catch(() => ({}));
    if (features && page.isConnected) {
      forget(page.dataset.pageTrack);
      go(location.href, { push: false, focus: false, top: one("#sheet").scrollTop });
    } else setTimeout(again, 1500);
  };
  setTimeout(again, 1500);
}

export function startActivity() {
  onPage(waiting);
  onPage(() => soon(100));
  document.addEventListener("visibilitychange", () => !document.hidden && soon(50));
  document.addEventListener("songloom:added", () => soon(50));
}
