// The page of one song: its waveform, plots, play button, rating, renditions.

import { all, getJson, one, post, say } from "./dom.js";
import { onPage } from "./nav.js";
import { current, isPlaying, onChange, playAll, playSound, seek, setStar, steps, timeNow } from "./player.js";
import { drawBeats, drawPlots } from "./plots.js";
import { toast } from "./toast.js";
import { Wave } from "./wave.js";

let page = null; // {root, id, wave, facts}

const isHere = () => page && current()?.id === page.id && !current().isPreview;

async function show(root) {
  const wave = new Wave(one("[data-song-wave]", root), {
    seek: (at) => jump(at),
    steps: () => (isHere() ? steps() : { beat: 5, bar: 20 }),
    hasHead: true,
    pitch: 5,
  });
  page = { root, id: root.dataset.pageTrack, wave, facts: {} };
  const facts = await getJson(root.dataset.player);
  page.facts = facts;
  wave.set(facts.peaks, facts.duration_s);
  drawBeats(one("[data-beats]", root), facts.beats_s, facts.duration_s);
  if (isHere()) wave.move(timeNow());
  paint();
  if (one("[data-plots]", root)) {
    const { features } = await getJson(root.dataset.features);
    if (features) drawPlots(root, features);
  }
}

function jump(at) {
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
    if (isHere() && page.root.isConnected) page.wave.move(detail.at);
  });
  document.addEventListener("click", (event) => {
    const made = event.target.closest?.("[data-play-rendition]");
    const star = event.target.closest?.("[data-star]");
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
