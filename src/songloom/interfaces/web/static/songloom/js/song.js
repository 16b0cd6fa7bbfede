// The page of one song: its waveform, plots, play button, rating, renditions.

import { all, getJson, one, post, say } from "./dom.js";
import { onPage } from "./nav.js";
import { current, isPlaying, onChange, pause, playAll, playSound, seek, setStar, steps, timeNow, toggle } from "./player.js";
import { bindSheet } from "./sheet.js";
import { SongView } from "./songview.js";
import { toast } from "./toast.js";

let page = null; // {root, id, view, sheet, facts}

const isHere = () => page && current()?.id === page.id && !current().isPreview;

async function show(root) {
  const view = new SongView(root, { go: (at) => jump(at), steps: () => (isHere() ? steps() : { beat: 5, bar: 20 }) });
  page = { root, id: root.dataset.pageTrack, view, moveSheet: () => {}, facts: {} };
  const facts = await getJson(root.dataset.player);
  page.facts = facts;
  view.set(facts.peaks, facts.duration_s);
  page.moveSheet = bindSheet(root, facts.duration_s, jump);
  if (isHere()) move(timeNow());
  paint();
}

function move(at) {
  page.view.move(at);
  page.moveSheet(at);
  if (page.until && at >= page.until) {
    page.until = null;
    pause();
  }
}

/** The half minute that stands for the song, and no more of it. */
function playHighlight() {
  const [from, to] = page.view.highlight;
  jump(from);
  if (isHere() && !isPlaying()) toggle();
  page.until = to;
}

function jump(at) {
  page.until = null;
  if (isHere()) seek(at);
  else {
    playAll([{ id: page.id, title: page.root.dataset.title, by: page.root.dataset.by }]);
    document.addEventListener("songloom:time", () => seek(at), { once: true });
  }
}

function paint() {
  if (!page?.root.isConnected) return;
  const on = isHere() && isPlaying();
  page.root.classList.toggle("playing-now", on);
  const word = one("[data-play-word]", page.root);
  if (word) word.textContent = say(on ? "playing" : "play");
}

function rating(form) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    const stars = event.submitter?.value ?? "0";
    try {
      await post(form.getAttribute("action"), { stars });
      all("[aria-pressed]", form).forEach((button) => button.setAttribute("aria-pressed", String(Number(button.value) <= Number(stars))));
    } catch (error) {
      toast(error.message);
    }
  });
}

export function startSong() {
  onPage((main) => {
    page = null;
    const root = one("[data-page-track]", main);
    if (root) show(root).catch(() => {});
    all("[data-rating]", main).forEach(rating);
  });
  onChange(paint);
  document.addEventListener("songloom:time", ({ detail }) => {
    if (isHere() && page.root.isConnected) move(detail.at);
  });
  document.addEventListener("click", (event) => {
    const made = event.target.closest?.("[data-play-rendition]");
    const star = event.target.closest?.("[data-star]");
    if (page && event.target.closest?.("[data-highlight]")) playHighlight();
    if (made && page) {
      const { title, by } = page.root.dataset;
      playSound({ id: page.id, title, by, src: made.dataset.playRendition, peaks: [], length: Number(made.dataset.length), cover: page.facts.cover, isSaved: true });
    } else if (star) {
      const on = star.getAttribute("aria-pressed") !== "true";
      const root = star.closest("[data-track]");
      if (root) setStar(root.dataset.track, on);
      else post(star.dataset.star, { on: on ? "1" : "0" }).then(() => star.setAttribute("aria-pressed", String(on)), (error) => toast(error.message));
    }
  });
}
