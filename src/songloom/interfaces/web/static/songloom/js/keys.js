// Keys that work everywhere. Single letters can be turned off and rest while one types or composes.

import { isTyping, one, place } from "./dom.js";
import { go } from "./nav.js";
import { next, previous, seekBy, toggle } from "./player.js";
import { undo } from "./toast.js";
import { volumeBy } from "./volume.js";

const LETTERS = {
  k: toggle,
  j: () => seekBy(-10),
  l: () => seekBy(10),
  n: () => next(true),
  p: previous,
  "[": () => volumeBy(-5),
  "]": () => volumeBy(5),
  c: () => go(place("compose")),
  u: () => go(place("add")),
  "/": () => search(),
  "?": () => one("#shortcuts").showModal(),
};

function search() {
  const box = one("[data-search] input");
  if (box) { box.focus(); box.select(); }
  else go(place("search"));
}

export function startKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
    const isUndo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z";
    if (isUndo && !isTyping(event.target)) {
      if (undo()) event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (one("dialog[open]:not(#full)") || document.querySelector(":popover-open")) return;
    if (event.key === "Escape") escape(event);
    else if (document.documentElement.dataset.letters === "on" && LETTERS[event.key]) {
      event.preventDefault();
      LETTERS[event.key]();
    }
  });
}

function escape(event) {
  for (const id of ["queue", "lyrics"]) {
    const panel = document.getElementById(id);
    if (panel && !panel.hidden) {
      panel.hidden = true;
      one(`[data-do=${id}]`)?.focus();
      event.preventDefault();
      return;
    }
  }
}
