// Lists of songs: keys, selection, the actions of a row, more rows as one scrolls.

import { all, isTyping, make, one, place, post, say, speak } from "./dom.js";
import { counts } from "./activity.js";
import { menuFor, playlistMenu } from "./menu.js";
import { go, gone as tellGone, onPage, send } from "./nav.js";
import { current, enqueue, isPlaying, onChange, playAll, playNext, setStar, toggle } from "./player.js";
import { toast } from "./toast.js";

const song = (node) => ({ id: node.dataset.track, title: node.dataset.title, by: node.dataset.by });
const rowsOf = (list) => all(".body .row[data-track]", list);
export const listOn = () => one("[data-songs]");

/** Every song of the list on this page, and where one stands in it. */
export function songsOf(list, id = null) {
  const songs = rowsOf(list).filter((row) => !row.classList.contains("away")).map(song);
  return { songs, at: Math.max(0, songs.findIndex((each) => each.id === id)) };
}

function playFrom(row) {
  if (current()?.id === row.dataset.track && !current().isPreview) {
    toggle();
    return;
  }
  const { songs, at } = songsOf(row.closest("[data-songs]"), row.dataset.track);
  playAll(songs, at);
}

function focusRow(list, row) {
  if (!row) return;
  all(".row[tabindex='0']", list).forEach((other) => (other.tabIndex = -1));
  row.tabIndex = 0;
  row.focus();
  row.scrollIntoView({ block: "nearest" });
}

function select(row, on) {
  row.setAttribute("aria-selected", String(on));
  tellSelection(row.closest("[data-songs]"));
}

const selected = (list) => rowsOf(list).filter((row) => row.getAttribute("aria-selected") === "true");

function tellSelection(list) {
  const bar = list.parentElement.querySelector("[data-selection]");
  const n = selected(list).length;
  if (!bar) return;
  bar.hidden = n === 0;
  one("[data-selected]", bar).textContent = say("selected", { n });
  if (n) speak(say("selected", { n }));
}

const chosen = (list, row) => (selected(list).length && row.getAttribute("aria-selected") === "true" ? selected(list) : [row]);

/** How many there are: beside the menu at once, in the page's head as the server says it. */
async function recount(n) {
  counts(n);
  const address = location.href;
  const head = one("#main .page-head .said");
  if (!head) return;
  const response = await fetch(address, { headers: { "X-Part": "main", Accept: "text/html" } });
  const fresh = response.ok && one(".page-head .said", new DOMParser().parseFromString(await response.text(), "text/html"));
  if (fresh && head.isConnected && location.href === address) head.replaceWith(document.adoptNode(fresh));
}

/** Put songs into the bin: at once, with an undo. */
export async function bin(songs, rows = []) {
  try {
    const answer = await post(place("bin"), { track: songs.map((each) => each.id) });
    tellGone(answer.ids);
    const gone = rows.filter((row) => answer.ids.includes(row.dataset.track));
    const places = gone.map((row) => [row, row.nextSibling, row.parentNode]);
    gone.forEach((row) => row.remove());
    recount(answer.counts).catch(() => {}); // a number that is late is no harm
    toast(answer.message, {
      label: say("undo"),
      act: async () => {
        const back = await post(answer.restore, { track: answer.ids });
        recount(back.counts).catch(() => {});
        places.reverse().forEach(([row, before, parent]) => parent.insertBefore(row, before?.parentNode === parent ? before : null));
      },
    });
  } catch (error) {
    toast(error.message);
  }
}

/** One action on one song or several. `root` is the row or page it was asked from. */
export function act(name, songs, root, rows = []) {
  const first = songs[0];
  if (!first) return;
  const star = one("[data-act=star][aria-pressed], [data-star]", root);
  const doing = {
    queue: () => enqueue(songs),
    next: () => playNext(songs),
    star: () => songs.forEach((each) => setStar(each.id, star?.getAttribute("aria-pressed") !== "true")),
    edit: () => go(place("edit", first.id)),
    batch: () => send(make("form", { method: "post", action: place("batch") }, ...songs.map(({ id }) => make("input", { type: "hidden", name: "track", value: id })))),
    list: () => playlistMenu(root, songs),
    menu: () => menuFor(root, first, (action) => act(action, songs, root, rows)),
    bin: () => bin(songs, rows),
    play: () => playAll(songs),
  };
  doing[name]?.();
}

const KEYS = { s: "star", q: "queue", a: "list", e: "edit", m: "menu", Delete: "bin", Backspace: "bin" };

function key(event, list) {
  const row = event.target.closest(".row[data-track]");
  if (!row || event.target !== row || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const rows = rowsOf(list);
  const at = rows.indexOf(row);
  const letters = document.documentElement.dataset.letters === "on";
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const to = rows[at + (event.key === "ArrowDown" ? 1 : -1)];
    if (event.shiftKey) { select(row, true); if (to) select(to, true); }
    focusRow(list, to);
  } else if (event.key === "Home") focusRow(list, rows[0]);
  else if (event.key === "End") focusRow(list, rows.at(-1));
  else if (event.key === "Enter") playFrom(row);
  else if (event.key === " ") select(row, row.getAttribute("aria-selected") !== "true");
  else if (KEYS[event.key] && (letters || event.key.length > 1)) {
    const mine = chosen(list, row);
    const after = rows[at + 1] ?? rows[at - 1];
    act(KEYS[event.key], mine.map(song), row, mine);
    if (KEYS[event.key] === "bin") focusRow(list, after);
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

function click(event, list) {
  const row = event.target.closest(".row[data-track]");
  if (!row) return;
  const button = event.target.closest("[data-act]");
  if (button) act(button.dataset.act, chosen(list, row).map(song), row, chosen(list, row));
  else if (event.target.closest(".pic")) playFrom(row);
  else if (event.target.closest("a")) return;
  else if (event.ctrlKey || event.metaKey) select(row, row.getAttribute("aria-selected") !== "true");
  else if (matchMedia("(max-width: 767px)").matches) playFrom(row);
  else focusRow(list, row);
}

/** Fetch the next piece when its place comes near. */
function growing(list, body) {
  const watcher = new IntersectionObserver((seen) => seen.forEach((each) => each.isIntersecting && grow(each.target)), { rootMargin: "1200px" });
  const grow = async (more) => {
    watcher.unobserve(more);
    const target = new URL(one("a", more).href);
    target.searchParams.set("piece", "rows");
    const response = await fetch(target);
    if (!response.ok) return;
    more.insertAdjacentHTML("beforebegin", await response.text());
    more.remove();
    paint(list);
    watch();
  };
  const watch = () => all("[data-more]", body).forEach((more) => watcher.observe(more));
  watch();
}

/** Show which row plays. */
function paint(list) {
  const id = current()?.isPreview ? null : current()?.id;
  for (const row of rowsOf(list)) {
    const on = row.dataset.track === id;
    row.classList.toggle("playing", on);
    row.classList.toggle("moving", on && isPlaying());
    if (on) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
}

export const paintAll = () => all("[data-songs]").forEach(paint);

export function bindList(list) {
  if (list.dataset.bound) return;
  list.dataset.bound = "yes";
  const rows = rowsOf(list);
  if (rows[0]) rows[0].tabIndex = 0;
  list.addEventListener("keydown", (event) => key(event, list));
  list.addEventListener("click", (event) => click(event, list));
  list.addEventListener("dblclick", (event) => {
    const row = event.target.closest(".row[data-track]");
    if (row && !event.target.closest("a, button")) playFrom(row);
  });
  growing(list, one(".body", list));
  paint(list);
}

function many(name) {
  const list = listOn();
  const rows = selected(list);
  if (name !== "none") act(name, rows.map(song), rows[0], rows);
  rows.forEach((row) => select(row, false));
  tellSelection(list);
}

export function startRows() {
  onPage((main) => all("[data-songs]", main).forEach(bindList));
  onChange(paintAll);
  document.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest?.(selector);
    const whole = at("[data-play-list], [data-shuffle-list]");
    if (at("[data-many]")) many(at("[data-many]").dataset.many);
    else if (whole && listOn()) {
      const { songs } = songsOf(listOn());
      const start = whole.matches("[data-shuffle-list]") ? Math.floor(Math.random() * songs.length) : 0;
      if (songs.length) playAll(songs, start);
    } else if (at("[data-play-one]")) {
      const root = at("[data-track]");
      if (current()?.id === root.dataset.track && !current().isPreview) toggle();
      else playAll([song(root)]);
    } else if (at("[data-act]") && !at("[data-songs]") && !at(".menu")) {
      const root = at("[data-track]");
      if (root) act(at("[data-act]").dataset.act, [song(root)], root);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" || isTyping(event.target) || event.target.closest?.("[role=grid], [role=slider], [role=listbox], dialog, .menu")) return;
    const list = listOn();
    const first = list && (one(".row[tabindex='0']", list) ?? rowsOf(list)[0]);
    if (first) { event.preventDefault(); focusRow(list, first); }
  });
}
