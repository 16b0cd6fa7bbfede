// Presets of the editor: steps and a format under a name. Applied with one press, undone like any other change.

import { getJson, icon, make, one, post, say } from "./dom.js";
import { toast } from "./toast.js";

export function bindPresets(editor) {
  const box = one("#presets", editor.root);
  const address = editor.root.dataset.presets;
  const wrong = one("[data-preset-wrong]", box);
  let known = { presets: [], others: {} };
  let begun = 0;
  let drawn = 0; // the newest question that was answered: a late answer to an older one is stale

  box.addEventListener("toggle", (event) => {
    if (event.newState !== "open") return;
    place(box, one("[data-presets-button]", editor.root));
    refresh(() => getJson(address));
  });
  one("[data-preset-new]", box).addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    const form = event.target;
    const name = form.elements.name.value;
    const recipe = editor.recipe();
    refresh(() => post(`${address}save/`, { name, recipe: JSON.stringify(recipe), ...editor.target() }), () => {
      form.reset();
      editor.rest({ label: name.trim(), recipe });
    });
  });

  async function refresh(ask, then = () => {}) {
    const mine = (begun += 1);
    try {
      const answer = await ask();
      wrong.hidden = true;
      if (mine > drawn) {
        drawn = mine;
        known = answer;
        draw();
      }
      then();
      if (answer.message) toast(answer.message);
    } catch (error) {
      wrong.hidden = false;
      wrong.textContent = error.detail && !error.message.includes(error.detail) ? `${error.message} ${error.detail}` : error.message;
    }
  }

  function draw() {
    one("[data-preset-list]", box).replaceChildren(...known.presets.map(row));
    one("[data-no-own]", box).hidden = known.presets.some((preset) => preset.is_own);
  }

  function row(preset) {
    const format = `${preset.format.toUpperCase()}${preset.bit_rate_kbps ? ` ${preset.bit_rate_kbps} kbit/s` : ""}`;
    const apply = make("button", { class: "preset-apply", "data-preset": preset.name, onclick: () => { box.hidePopover(); editor.load({ ...preset, others: known.others }); } }, make("b", {}, preset.label), make("span", { class: "small second" }, `${format} · ${preset.said}`));
    const line = make("li", { class: "preset" }, apply);
    if (preset.is_own) line.append(...tools(preset, line));
    return line;
  }

  function tools(preset, line) {
    const button = (name, picture, act) => make("button", { class: "round", "aria-label": `${say(name)}: ${preset.name}`, title: say(name), onclick: act }, icon(picture));
    return [button("rename", "pencil", () => rename(preset, line)), button("delete", "bin", () => drop(preset))];
  }

  function rename(preset, line) {
    const form = make("form", { class: "preset-rename" }, make("input", { type: "text", name: "to", value: preset.name, maxlength: 60, required: true, "aria-label": say("rename") }), make("button", { class: "button" }, say("rename")));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      event.stopPropagation();
      refresh(() => post(`${address}rename/`, { name: preset.name, to: form.elements.to.value }));
    });
    line.replaceChildren(form);
    form.elements.to.select();
  }

  /** It goes at once and can be brought back: the toast keeps what it was. */
  function drop(preset) {
    refresh(async () => {
      const answer = await post(`${address}delete/`, { name: preset.name });
      const again = { name: preset.name, recipe: JSON.stringify(preset.recipe), format: preset.format, bit_rate_kbps: preset.bit_rate_kbps ?? "" };
      toast(answer.message, { label: say("undo"), act: () => refresh(() => post(`${address}save/`, again)) });
      return { ...answer, message: "" };
    });
  }
}

/** Below its button where there is room above the player; on a phone a sheet at the bottom. */
export function place(box, button) {
  if (matchMedia("(max-width: 767px)").matches) {
    Object.assign(box.style, { left: "", top: "", maxHeight: "" });
    return;
  }
  const anchor = button.getBoundingClientRect();
  const floor = (one("#player")?.getBoundingClientRect().top ?? innerHeight) - 8;
  const below = floor - anchor.bottom - 6;
  const above = anchor.top - 14;
  const isBelow = below >= box.scrollHeight || below >= above;
  const room = isBelow ? below : above;
  box.style.maxHeight = `${Math.max(120, room)}px`;
  box.style.left = `${Math.max(8, Math.min(anchor.left, innerWidth - box.offsetWidth - 8))}px`;
  box.style.top = `${isBelow ? anchor.bottom + 6 : Math.max(8, anchor.top - 6 - box.offsetHeight)}px`;
}

let asked = 0;

/** What changed since the steps were saved under a name, or were taken from a rendition. */
export async function tellSince(editor) {
  const { base, root } = editor;
  const section = one("[data-since]", root);
  section.hidden = !base;
  if (!base) return;
  const mine = (asked += 1);
  const [before, after] = [base.recipe, editor.recipe()].map((recipe) => JSON.stringify(recipe));
  const { changes } = await post(`${root.dataset.presets}compare/`, { before, after }).catch(() => ({ changes: null }));
  if (mine !== asked || !changes) return; // half a value is no recipe; the next one may be
  one("[data-since-title]", root).textContent = say("since", { name: base.label });
  one("[data-since-list]", root).replaceChildren(...(changes.length ? changes : [say("nothingSince")]).map((line) => make("li", {}, line)));
}
