// The search box: results as one types, without flicker; Esc returns to where one was.

import { all, isTyping, one, say, speak } from "./dom.js";
import { onPage } from "./nav.js";
import { bindList } from "./rows.js";

const PAUSE_MS = 160;
let timer = 0;
let running = null;

function addressOf(form, query) {
  const target = new URL(form.action);
  if (query.trim()) target.searchParams.set("q", query);
  return target;
}

async function look(form, root, { push = false } = {}) {
  const query = one("input", form).value;
  const target = addressOf(form, query);
  running?.abort();
  running = new AbortController();
  const asked = new URL(target);
  asked.searchParams.set("piece", "results");
  try {
    const response = await fetch(asked, { signal: running.signal, headers: { Accept: "text/html" } });
    if (!response.ok) return;
    root.innerHTML = await response.text(); // our own template, escaped there
  } catch {
    return; // typed on, or the connection dropped: what stands, stands
  }
  history[push ? "pushState" : "replaceState"]({ top: 0 }, "", target);
  told(form, root);
  ready(root);
}

function told(form, root) {
  const total = one("[data-total]", root);
  const place = one("[data-found]", form);
  if (!total) { place.textContent = ""; return; }
  const n = Number(total.dataset.total);
  const words = n === 1 ? say("foundOne") : say("found", { n: n.toLocaleString("en") });
  place.textContent = `${words} · ${total.dataset.took} ms`;
  speak(words);
}

function ready(root) {
  all("[data-songs]", root).forEach(bindList);
  for (const bar of all("[data-height]", root)) one("span", bar).style.height = Number(bar.dataset.height) ? `${Math.max(6, Number(bar.dataset.height))}%` : "0";
}

function bind(form, root) {
  const input = one("input", form);
  input.focus({ preventScroll: true });
  input.setSelectionRange(input.value.length, input.value.length);
  ready(root);
  input.addEventListener("input", (event) => {
    if (event.isComposing) return;
    clearTimeout(timer);
    timer = setTimeout(() => look(form, root), PAUSE_MS);
  });
  input.addEventListener("compositionend", () => look(form, root));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    clearTimeout(timer);
    look(form, root, { push: true });
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") { event.preventDefault(); history.back(); }
    if (event.key === "ArrowDown") {
      const row = one(".body .row", root);
      if (row) { event.preventDefault(); row.tabIndex = 0; row.focus(); }
    }
    if (event.key === "ArrowLeft" && input.selectionStart === 0) all("[data-chips] a", root).at(-1)?.focus();
  });
  root.addEventListener("click", (event) => {
    const link = event.target.closest("[data-chips] a, .facets a");
    const part = event.target.closest("[data-add-part]");
    if (link) {
      event.preventDefault();
      input.value = new URL(link.href).searchParams.get("q") ?? "";
      look(form, root, { push: true }).then(() => input.focus());
    } else if (part) {
      one("#conditions").hidePopover?.();
      input.value = `${input.value.trim()} ${part.dataset.addPart}`.trim();
      const colon = input.value.lastIndexOf(":") + 1;
      look(form, root, { push: true }).then(() => { input.focus(); input.setSelectionRange(colon, input.value.length); });
    }
  });
  root.addEventListener("keydown", (event) => {
    const chip = event.target.closest("[data-chips] a");
    if (!chip) return;
    const chips = all("[data-chips] a", root);
    const at = chips.indexOf(chip);
    if (event.key === "ArrowRight") (chips[at + 1] ?? input).focus();
    else if (event.key === "ArrowLeft") chips[at - 1]?.focus();
    else if (event.key === "Delete" || event.key === "Backspace") chip.click();
    else return;
    event.preventDefault();
  });
}

export function startSearch() {
  onPage((main) => {
    const form = one("[data-search]", main);
    if (form) bind(form, one("[data-results]", main));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && one("[data-search]") && !isTyping(event.target) && !one(":popover-open, dialog[open]")) history.back();
  });
}
