// Small behaviours: dialogs opened by name, copying, switches that save themselves, Enter that sends.

import { all, one, say } from "./dom.js";
import { onPage, send } from "./nav.js";
import { toast } from "./toast.js";

function openNamed(name, from) {
  const node = document.getElementById(name);
  if (!node) return;
  if (node.matches("dialog")) {
    node.showModal();
    one("[data-close], button, input", node)?.focus();
    node.addEventListener("close", () => from.isConnected && from.focus(), { once: true });
  } else if (node.matches("[popover]")) {
    node.showPopover();
    const box = from.getBoundingClientRect();
    if (!matchMedia("(max-width: 767px)").matches) {
      node.style.left = `${Math.min(box.left, innerWidth - node.offsetWidth - 8)}px`;
      node.style.top = `${box.bottom + 6}px`;
    }
    one("[role=menuitem]", node)?.focus();
  }
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement("textarea"); // plain http has no clipboard
    area.value = text;
    area.className = "sr";
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  toast(say("copied"));
}

function rangeFill(input) {
  const at = ((input.value - input.min) / (input.max - input.min || 1)) * 100;
  input.style.setProperty("--at", `${at}%`);
}

export function startForms() {
  document.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest?.(selector);
    if (at("[data-open]")) openNamed(at("[data-open]").dataset.open, at("[data-open]"));
    else if (at("[data-open-menu]")) openNamed(at("[data-open-menu]").dataset.openMenu, at("[data-open-menu]"));
    else if (at("[data-close]")) at("dialog")?.close();
    else if (at("[data-copy]")) copy(at("[data-copy]").dataset.copy);
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submits]")) send(event.target.form);
  });
  document.addEventListener("input", (event) => event.target.matches("input[type=range]") && rangeFill(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target.matches("[data-enter-sends]")) {
      event.preventDefault();
      event.target.form.requestSubmit();
    }
  });
  onPage((main) => {
    all("input[type=range]", main).forEach(rangeFill);
    all("dialog form", main).forEach((form) => form.addEventListener("submit", () => form.closest("dialog").close()));
  });
}
