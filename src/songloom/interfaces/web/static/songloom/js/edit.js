// The edit page: steps in order, one open; the wave shows what goes and what stays; heard before saved.

import { all, getJson, icon, isTyping, make, one, post, say } from "./dom.js";
import { finished } from "./activity.js";
import { drawFacts } from "./editfacts.js";
import { stepRow } from "./editrow.js";
import { EditWave } from "./editwave.js";
import { closeMenu } from "./menu.js";
import { go, onPage } from "./nav.js";
import { current, isPlaying, onChange, pause, playSound, seek, timeNow, toggle } from "./player.js";
import { shown } from "./fields.js";
import { bindPresets, place, tellSince } from "./presets.js";
import { bindSplit } from "./split.js";
import { kept, toEdited, toOriginal, total } from "./timeline.js";
import { toast } from "./toast.js";

const MOST_CHANGES = 8;
let page = null;

class Editor {
  constructor(root, facts) {
    this.root = root;
    this.facts = facts;
    this.length = Number(root.dataset.length);
    this.registry = new Map(JSON.parse(one("#edit-registry").textContent).map((each) => [each.name, each]));
    this.lossy = JSON.parse(one("#edit-lossy").textContent);
    this.steps = [];
    this.open = -1;
    this.past = [];
    this.future = [];
    this.which = "edited";
    this.cursor = 0; // where the line stands, in seconds of the original: from here one hears
    this.heard = null; // {key, at, src, duration}: ten seconds of the edited sound, from `at`
    this.wave = new EditWave(root, facts, this);
    this.base = null; // {label, recipe}: what the steps are compared with
    this.#bind();
    bindPresets(this);
    bindSplit(this);
    this.draw();
    const begun = JSON.parse(one("#edit-begun").textContent);
    if (begun) this.load(begun);
  }

  #bind() {
    const { root } = this;
    one("[data-undo]", root).onclick = () => this.undo();
    one("[data-redo]", root).onclick = () => this.redo();
    one("[data-hear]", root).onclick = () => this.hear();
    one("[data-format]", root).onchange = () => this.draw();
    one("[data-bit-rate]", root).onchange = () => this.draw();
    all("[data-which]", root).forEach((button) => (button.onclick = () => this.swap(button.dataset.which)));
    all("[data-save-as]", root).forEach((button) => (button.onclick = () => this.save(button.dataset.saveAs, button)));
    all("[data-edit-name]", root).forEach((button) => (button.onclick = () => { one("#edits").hidePopover(); this.add(button.dataset.editName); }));
    const menu = one("#edits", root);
    menu.addEventListener("toggle", (event) => {
      if (event.newState !== "open") return;
      place(menu, one("[data-add-step]", root));
      one("[role=menuitem]", menu).focus({ preventScroll: true });
    });
  }

  /** The waveform and the sound of the original have come. */
  know(facts) {
    this.facts = facts;
    this.wave.peaks = facts.peaks;
    this.wave.draw(this.steps, this.open);
  }

  label(name) {
    return this.registry.get(name).label;
  }

  /** Change the steps and remember how they stood. `said` goes into the list of changes. */
  change(said, fn) {
    this.past.push({ steps: structuredClone(this.steps), open: this.open, said });
    this.future = [];
    fn();
    this.draw();
  }

  undo() {
    const last = this.past.pop();
    if (!last) return;
    this.future.push({ steps: this.steps, open: this.open, said: last.said });
    Object.assign(this, { steps: last.steps, open: last.open });
    this.draw();
  }

  redo() {
    const next = this.future.pop();
    if (!next) return;
    this.past.push({ steps: this.steps, open: this.open, said: next.said });
    Object.assign(this, { steps: next.steps, open: next.open });
    this.draw();
  }

  add(name) {
    const values = {};
    const length = this.lengthAt(this.steps.length);
    for (const parameter of this.registry.get(name).parameters) {
      values[parameter.name] = parameter.default;
      if (parameter.name === "end_s") values.end_s = round(name === "cut" ? Math.min(length, length * 0.5 + 5) : length);
      if (parameter.name === "at_s") values.at_s = round(Math.min(this.cursor, length));
      if (parameter.name === "start_s" && name === "cut") values.start_s = round(length * 0.5);
    }
    this.change(this.label(name), () => {
      this.steps.push({ edit: name, values, on: true });
      this.open = this.steps.length - 1;
    });
    setTimeout(() => one(`[data-step="${this.open}"] input`, this.root)?.focus());
  }

  lengthAt(index) {
    return total(kept(this.steps, this.length, index));
  }

  set(index, name, value) {
    const step = this.steps[index];
    if (step.values[name] === value) return;
    const parameter = this.registry.get(step.edit).parameters.find((each) => each.name === name);
    this.change(`${this.label(step.edit)}: ${parameter.label} ${shown(parameter, step.values[name])} → ${shown(parameter, value)}`, () => (step.values[name] = value));
  }

  recipe(steps = this.steps) {
    const edits = steps.filter((step) => step.on && this.#isWhole(step)).map(({ edit, values }) => ({ edit, ...Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== "")) }));
    return { version: 1, edits };
  }

  /** A step that still waits for its song does nothing. */
  #isWhole({ edit, values }) {
    return this.registry.get(edit).parameters.every((each) => each.kind !== "track" || values[each.name]);
  }

  target() {
    const format = one("[data-format]", this.root).value;
    const rate = this.lossy.includes(format) ? one("[data-bit-rate]", this.root).value : "";
    return { format, bit_rate_kbps: rate };
  }

  draw() {
    const list = one("[data-steps]", this.root);
    const focused = document.activeElement?.dataset?.key;
    list.replaceChildren(...this.steps.map((step, index) => stepRow(this, step, index)));
    if (focused) one(`[data-key="${focused}"]`, list)?.focus();
    one("[data-no-steps]", this.root).hidden = this.steps.length > 0;
    one("[data-undo]", this.root).disabled = !this.past.length;
    one("[data-redo]", this.root).disabled = !this.future.length;
    this.#facts();
    this.#changes();
    this.wave.draw(this.steps, this.open);
    tellSince(this);
  }

  /** While one types or slides: what it would last and weigh, and how it would sound, before it counts. */
  glimpse(index, name, value) {
    const steps = this.steps.map((step, i) => (i === index ? { ...step, values: { ...step.values, [name]: value } } : step));
    this.#facts(steps);
    this.#listen(steps);
  }

  /** What is playing becomes what the slider says, from the moment that one hears: one request at a time. */
  async #listen(steps) {
    this.wished = steps;
    if (this.isAsking || !this.isHeard() || this.which !== "edited" || !isPlaying()) return;
    this.isAsking = true;
    try {
      while (this.wished) {
        const wish = this.wished;
        this.wished = null;
        await this.#fetch(wish, this.#from(wish, this.originalTime()));
        if (this.isHeard() && isPlaying()) this.play("edited");
      }
    } catch {
      this.wished = null; // half a value is no error to speak of; the next one may be whole
    } finally {
      this.isAsking = false;
    }
  }

  summary({ edit, values, other }) {
    const { parameters } = this.registry.get(edit);
    const isSpan = parameters[1]?.name === "end_s";
    const parts = parameters.map((each) => shown(each, values[each.name], other));
    return isSpan ? [parts.slice(0, 2).join(" – "), ...parts.slice(2)].join(", ") : parts.join(", ");
  }

  /** Put a step elsewhere; what is open and focused goes with it. */
  move(from, to) {
    if (to < 0 || to >= this.steps.length || from === to) return this.draw();
    this.change(say("moved", { name: this.label(this.steps[from].edit), n: to + 1 }), () => {
      const isOpen = this.open === from;
      this.steps.splice(to, 0, ...this.steps.splice(from, 1));
      this.open = isOpen ? to : -1;
    });
    one(`[data-key="head-${to}"]`, this.root)?.focus();
    return undefined;
  }

  /** Steps and format as they were kept under a name or in a rendition, in the place of what stands here. */
  load({ label, recipe, format, bit_rate_kbps: kbps, others = {} }) {
    this.change(label, () => {
      this.steps = recipe.edits.map(({ edit, ...values }) => {
        const all = Object.fromEntries(this.registry.get(edit).parameters.map((each) => [each.name, values[each.name] ?? each.default]));
        return { edit, values: all, on: true, other: others[values.track] };
      });
      this.open = -1;
      one("[data-format]", this.root).value = format;
      if (kbps) one("[data-bit-rate]", this.root).value = kbps;
    });
    this.rest({ label, recipe });
  }

  /** From here on changes are told against these steps. */
  rest(base) {
    this.base = base;
    tellSince(this);
  }

  /** Hear from a moment of the original. */
  hearFrom(time) {
    this.put(time);
    this.hear().catch(() => {});
  }

  remove(index) {
    const { edit } = this.steps[index];
    this.change(say("removed", { name: this.label(edit) }), () => {
      this.steps.splice(index, 1);
      this.open = -1;
    });
  }

  #facts(steps = this.steps) {
    drawFacts(this.root, steps, this.length, this.target());
  }

  #changes() {
    const said = this.past.slice(-MOST_CHANGES).reverse();
    const list = one("[data-changes]", this.root);
    this.calm ??= list.firstElementChild;
    list.replaceChildren(...(said.length ? said.map((each, i) => make("li", { class: i ? "" : "latest" }, each.said)) : [this.calm]));
  }

  key() {
    return JSON.stringify(this.recipe());
  }

  /** Play what the steps make, from the line on: ten seconds, made at once. Nothing is saved. */
  async hear() {
    if (this.isHeard() && (this.which === "original" || this.#isFresh())) {
      toggle();
      return;
    }
    if (this.which === "original" || !this.recipe().edits.length) {
      this.play("original", this.cursor);
      return;
    }
    await this.render();
    this.play("edited");
  }

  /** Where the line stands in the edited sound. */
  #from(steps = this.steps, time = this.cursor) {
    const stretches = kept(steps, this.length);
    return round(Math.max(0, Math.min(toEdited(stretches, time), total(stretches) - 1)));
  }

  #isFresh() {
    return this.heard?.key === this.key() && this.heard.at === this.#from();
  }

  async render() {
    if (this.#isFresh()) return;
    const told = one("[data-hear-said]", this.root);
    this.told ??= [...told.childNodes];
    told.textContent = say("preparing");
    try {
      await this.#fetch(this.steps, this.#from());
    } catch (error) {
      toast(error.detail && !error.message.includes(error.detail) ? `${error.message} ${error.detail}` : error.message);
      throw error;
    } finally {
      told.replaceChildren(...this.told);
    }
  }

  async #fetch(steps, at) {
    const recipe = JSON.stringify(this.recipe(steps));
    this.heard = { key: recipe, at, steps, ...(await post(this.root.dataset.preview, { recipe, at_s: at })) };
  }

  play(which, at = 0) {
    this.which = which;
    all("[data-which]", this.root).forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.which === which)));
    const { title, by } = this.root.dataset;
    const isEdited = which === "edited" && this.heard;
    playSound({
      id: this.root.dataset.track,
      title: isEdited ? title : `${title} (${say("original")})`,
      by,
      src: isEdited ? this.heard.src : this.facts.stream,
      peaks: isEdited ? [] : this.facts.peaks,
      length: isEdited ? this.heard.duration : this.length,
      cover: this.facts.cover,
      at,
    });
  }

  /** Set the line: what is heard goes on from there, or begins there the next time. */
  put(time) {
    this.cursor = Math.min(Math.max(0, time), this.length);
    this.wave.move(this.cursor);
    if (!this.isHeard()) return;
    if (this.which === "original") seek(this.cursor);
    else if (isPlaying()) this.hear().catch(() => {});
    else this.heard = null;
  }

  isHeard() {
    return current()?.isPreview && current().id === this.root.dataset.track;
  }

  /** B: the other of the two, from the same moment. */
  async swap(which = this.which === "edited" ? "original" : "edited") {
    if (which === "edited" && !this.recipe().edits.length) return;
    const wasPlaying = this.isHeard() && isPlaying();
    this.cursor = this.originalTime();
    if (which === "edited") await this.render();
    this.play(which, which === "original" ? this.cursor : 0);
    if (!wasPlaying) setTimeout(pause, 0);
  }

  /** The moment that the player is at, in seconds of the original; else where the line stands. */
  originalTime() {
    if (!this.isHeard() || (this.which === "edited" && !this.heard)) return this.cursor;
    return this.which === "edited" ? toOriginal(kept(this.heard.steps, this.length), this.heard.at + timeNow()) : timeNow();
  }

  async save(as, button) {
    button.disabled = true;
    toast(say("preparing"));
    try {
      const answer = await post(this.root.dataset.save, { recipe: JSON.stringify(this.recipe()), as, ...this.target() });
      const job = await finished(answer.job);
      toast(answer.message);
      go(job.track ? `/tracks/${job.track}/` : this.root.dataset.page);
    } catch (error) {
      toast(error.detail && !error.message.includes(error.detail) ? `${error.message} ${error.detail}` : error.message);
    } finally {
      button.disabled = false;
    }
  }
}

const round = (value) => Math.round(value * 10) / 10;

function key(event) {
  if (!page?.root.isConnected || event.defaultPrevented || event.isComposing) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !isTyping(event.target)) {
    if (event.shiftKey) page.redo();
    else page.undo();
  } else if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  else if (event.key === " " && !event.target.closest("button, input, summary, a")) page.hear().catch(() => {});
  else if (event.key === "b" && document.documentElement.dataset.letters === "on") page.swap().catch(() => {});
  else if (event.key === "a" && document.documentElement.dataset.letters === "on") one("#edits").showPopover();
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

export function startEdit() {
  document.addEventListener("keydown", key);
  onPage(async (main) => {
    page = null;
    closeMenu();
    const root = one("[data-edit]", main);
    if (!root) return;
    page = new Editor(root, { peaks: [], stream: "" });
    page.know(await getJson(root.dataset.player));
  });
  document.addEventListener("songloom:time", () => page?.root.isConnected && page.wave.move(page.originalTime()));
  onChange(() => {
    if (!page?.root.isConnected) return;
    const on = page.isHeard() && isPlaying();
    one("[data-hear]", page.root).replaceChildren(icon(on ? "pause" : "play"), say(on ? "pause" : "play"));
  });
}

