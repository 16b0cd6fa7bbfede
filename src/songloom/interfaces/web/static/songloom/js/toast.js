// One toast at a time: what happened, and how to take it back. It waits under pointer and focus.

import { icon, make, one, say } from "./dom.js";

const LASTS_MS = 8000;
const line = [];
let undoLast = null;
let timer = 0;

/** Say what happened. `action` is {label, act}; Ctrl or ⌘ Z does it too. */
export function toast(text, action = null) {
  line.push({ text, action });
  if (line.length === 1) showNext();
  else dismiss();
}

export function undo() {
  if (!undoLast) return false;
  const act = undoLast;
  dismiss();
  act();
  return true;
}

function showNext() {
  const region = one("#toasts");
  const next = line[0];
  if (!region || !next) return;
  undoLast = next.action?.act ?? null;
  const box = make("div", { class: "toast" }, make("p", {}, next.text));
  if (next.action) {
    box.append(make("button", { onclick: () => { dismiss(); next.action.act(); } }, next.action.label));
  }
  box.append(make("button", { "aria-label": say("close"), onclick: dismiss }, icon("x")));
  const hold = () => clearTimeout(timer);
  const letGo = () => { clearTimeout(timer); timer = setTimeout(dismiss, LASTS_MS); };
  box.addEventListener("pointerenter", hold);
  box.addEventListener("focusin", hold);
  box.addEventListener("pointerleave", letGo);
  box.addEventListener("focusout", letGo);
  region.replaceChildren(box);
  letGo();
}

function dismiss() {
  clearTimeout(timer);
  undoLast = null;
  line.shift();
  one("#toasts")?.replaceChildren();
  if (line.length) showNext();
}
