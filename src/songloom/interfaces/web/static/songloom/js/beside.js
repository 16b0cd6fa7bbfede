// Two takes side by side: both rolls with what differs in full colour, and one sound that changes over in place.

import { all, getJson, isTyping, one } from "./dom.js";
import { onPage } from "./nav.js";
import { current, isPlaying, onChange, playSound, timeNow, toggle } from "./player.js";
import { drawRoll, partLabels } from "./roll.js";
import { toast } from "./toast.js";

let sides = []; // [{letter, root, drawn}]

const isOf = (side) => current()?.isPreview && current().id === side.root.dataset.track;

/** Every note by its part, its time and its pitch. */
const notesOf = (roll) => new Set(roll.parts.flatMap((part) => part.notes.map((note) => `${part.id} ${note}`)));

async function show(main) {
  const roots = all("[data-side]", main);
  const rolls = await Promise.all(roots.map((root) => getJson(root.dataset.roll))).catch((error) => { toast(error.message); return []; });
  if (rolls.length !== 2) return;
  const known = rolls.map(notesOf);
  sides = roots.map((root, i) => {
    one("[data-roll-parts]", root).replaceChildren(...partLabels(rolls[i]));
    const side = { letter: root.dataset.side, root };
    side.drawn = drawRoll(one("[data-roll-picture]", root), rolls[i], {
      isOther: (part, note) => !known[1 - i].has(`${part.id} ${note}`),
      onSeek: (at) => hear(side, at),
    });
    return side;
  }).filter((side) => side.drawn);
  tick();
}

function hear(side, at) {
  const { track, title, by, sound, cover, length } = side.root.dataset;
  playSound({ id: track, title: `${side.letter} · ${title}`, by, src: sound, cover, length: Number(length), at: Math.min(at, Number(length) - 0.1), isSaved: true });
}

/** The button of what plays pauses; the other one goes on with its own sound from the same place. */
function press(letter) {
  const side = sides.find((one) => one.letter === letter);
  if (!side) return;
  if (isOf(side)) toggle();
  else hear(side, sides.some(isOf) ? timeNow() : 0);
}

function tick() {
  for (const side of sides) side.drawn.move(sides.some(isOf) ? timeNow() : 0, isOf(side));
}

export function startBeside() {
  onPage((main) => {
    sides = [];
    const root = one("[data-beside]", main);
    if (!root) return;
    for (const button of all("[data-hear]", root)) button.addEventListener("click", () => press(button.dataset.hear));
    show(main);
  });
  document.addEventListener("songloom:time", tick);
  document.addEventListener("keydown", (event) => {
    if (!sides.length || !sides[0].root.isConnected || isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.toLowerCase() !== "b" || document.documentElement.dataset.letters !== "on") return;
    event.preventDefault();
    press(sides.find((side) => !isOf(side)).letter);
  });
  onChange(() => {
    for (const side of sides) one(`[data-hear=${side.letter}]`)?.classList.toggle("playing-now", isOf(side) && isPlaying());
  });
}
