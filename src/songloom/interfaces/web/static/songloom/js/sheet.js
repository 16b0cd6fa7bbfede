// The spectrogram of a song's page: drawn by the server when somebody looks at it; a click goes there.

import { all, clock, make, one, say } from "./dom.js";

const MARKS_S = [5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600];

/** `go(seconds)` seeks. Returns what moves the line. */
export function bindSheet(root, length, go) {
  const sheet = one("[data-sheet]", root);
  if (!sheet || !length) return () => {};
  for (const mark of all("[data-from-top]", root)) mark.style.top = `${mark.dataset.fromTop / 10}%`;
  seconds(one("[data-scale-s]", root), length);
  const watcher = new IntersectionObserver((seen) => seen.filter((each) => each.isIntersecting).forEach((each) => fetchPicture(each.target)));
  const fetchPicture = (image) => {
    watcher.unobserve(image);
    const said = one("[data-sheet-said]", root);
    image.addEventListener("load", () => (said.hidden = true), { once: true });
    image.addEventListener("error", () => { image.hidden = true; said.hidden = false; said.textContent = say("noPicture"); }, { once: true });
    image.src = image.dataset.src;
  };
  all("img", sheet).forEach((image) => watcher.observe(image)); // the one of the other theme is not shown, hence not fetched
  sheet.addEventListener("click", (event) => {
    const box = sheet.getBoundingClientRect();
    go(Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * length);
  });
  const head = one("[data-sheet-head]", root);
  return (at) => (head.style.left = `${(100 * at) / length}%`);
}

function seconds(scale, length) {
  const every = MARKS_S.find((step) => (length / step) * 56 < (scale.clientWidth || 800)) ?? 7200;
  const labels = [];
  for (let at = 0; at <= length; at += every) {
    const label = make("span", {}, clock(at));
    label.style.left = `${(100 * at) / length}%`;
    labels.push(label);
  }
  scale.replaceChildren(...labels);
}
