// A step in the list of the editor: its line, its fields, and the ways to put it elsewhere.

import { all, icon, make, say } from "./dom.js";
import { field } from "./fields.js";

/** The row of a step. `editor` is told what is done to it. */
export function stepRow(editor, step, index) {
  const kind = editor.registry.get(step.edit);
  const isOpen = index === editor.open;
  const row = make("li", { class: `step${isOpen ? " open" : ""}${step.on ? "" : " off"}`, "data-step": index }, make("div", { class: "step-line" }, grip(editor, index), head(editor, step, index), tools(editor, step, index)));
  if (isOpen && kind.parameters.length) row.append(make("div", { class: "step-fields" }, ...kind.parameters.map((parameter) => fieldOf(editor, parameter, step, index))));
  return row;
}

function head(editor, step, index) {
  const isOpen = index === editor.open;
  const button = make("button", { class: "step-head", "aria-expanded": String(isOpen), "data-key": `head-${index}`, onclick: () => { editor.open = isOpen ? -1 : index; editor.draw(); } }, make("span", { class: "number" }, String(index + 1)), make("b", {}, editor.label(step.edit)), make("span", { class: "second" }, editor.summary(step)));
  button.addEventListener("keydown", (event) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by || !event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    editor.move(index, index + by);
  });
  return button;
}

function tools(editor, step, index) {
  const label = editor.label(step.edit);
  const toggle = make("input", { type: "checkbox", class: "toggle", "aria-label": label, "data-key": `on-${index}` });
  toggle.checked = step.on;
  toggle.onchange = () => editor.change(`${label}: ${step.on ? "–" : "+"}`, () => (step.on = !step.on));
  const button = (name, picture, act) => make("button", { class: "round", "aria-label": `${say(name)}: ${label}`, title: say(name), onclick: act }, icon(picture));
  const box = make("span", { class: "step-tools" });
  if (index > 0) box.append(button("moveUp", "up", () => editor.move(index, index - 1)));
  if (index < editor.steps.length - 1) box.append(button("moveDown", "down", () => editor.move(index, index + 1)));
  box.append(toggle, button("remove", "x", () => editor.remove(index)));
  return box;
}

function fieldOf(editor, parameter, step, index) {
  return field(parameter, {
    value: step.values[parameter.name],
    other: step.other,
    length: editor.lengthAt(index),
    key: `${parameter.name}-${index}`,
    set: (value) => editor.set(index, parameter.name, value),
    glimpse: (value) => editor.glimpse(index, parameter.name, value),
    choose: (song) => editor.change(`${editor.label(step.edit)}: ${song.title}`, () => Object.assign(editor.steps[index], { values: { ...step.values, [parameter.name]: song.id }, other: song })),
  });
}

/** What a pointer takes a step by; keys have the arrows beside it. The rows make room while it moves. */
function grip(editor, index) {
  const handle = make("span", { class: "step-grip", "aria-hidden": "true" }, icon("grip"));
  handle.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    const row = handle.closest(".step");
    const list = row.parentElement;
    row.classList.add("lifted");
    const drag = (moved) => {
      const others = all(".step", list).filter((other) => other !== row);
      const below = others.find((other) => moved.clientY < middle(other));
      if (below ? below.previousElementSibling !== row : list.lastElementChild !== row) list.insertBefore(row, below ?? null);
    };
    const end = (ended) => {
      for (const [name, act] of listening) document.removeEventListener(name, act);
      row.classList.remove("lifted");
      if (ended.type === "pointerup") editor.move(index, all(".step", list).indexOf(row));
      else editor.draw();
    };
    // On the document: a row that is put elsewhere loses the pointer that it had captured.
    const listening = [["pointermove", drag], ["pointerup", end], ["pointercancel", end]];
    for (const [name, act] of listening) document.addEventListener(name, act);
  });
  return handle;
}

function middle(row) {
  const box = row.getBoundingClientRect();
  return box.top + box.height / 2;
}
