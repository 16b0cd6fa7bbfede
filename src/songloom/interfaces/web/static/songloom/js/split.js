// Several songs of one: the parts are shown, named and ticked before any of them is made.

import { all, clock, make, one, post, say } from "./dom.js";
import { finished } from "./activity.js";
import { go } from "./nav.js";
import { readTime } from "./times.js";
import { toast } from "./toast.js";

export function bindSplit(editor) {
  const { root } = editor;
  const box = one("[data-split-box]", root);
  const form = one("[data-split-form]", box);
  const said = one("[data-split-said]", box);
  const list = one("[data-part-list]", box);
  const calm = said.textContent;
  let way = "silences";
  let parts = [];

  all("[data-way]", form).forEach((button) => (button.onclick = () => choose(button.dataset.way)));
  all("input[type=file]", form).forEach((input) => {
    input.onchange = async () => { if (input.files[0]) one("textarea", input.parentElement).value = await text(input.files[0]); };
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); event.stopPropagation(); show(); });
  one("[data-make-parts]", box).onclick = (event) => start(event.currentTarget);

  function choose(name) {
    way = name;
    all("[data-way]", form).forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.way === way)));
    all("[data-for]", form).forEach((field) => (field.hidden = field.dataset.for !== way));
    forget();
  }

  function forget() {
    parts = [];
    list.replaceChildren();
    one("[data-part-go]", box).hidden = true;
    said.textContent = calm;
    said.classList.remove("wrong");
  }

  /** What the way chosen needs. Times are read as they are written elsewhere: 1:23.5 or 83.5. */
  function given() {
    const { elements } = form;
    if (way === "silences") return { threshold_db: elements.threshold_db.value, least_s: elements.least_s.value };
    if (way !== "times") return { text: elements[way].value };
    const times = elements.times.value.split(/[,，;；\s]+/).filter(Boolean).map(readTime);
    if (!times.length || times.some(Number.isNaN)) throw new Error(say("timeHint"));
    return { text: times.join(",") };
  }

  async function show() {
    forget();
    said.textContent = say("looking");
    try {
      const answer = await post(root.dataset.parts, { way, ...given() });
      ({ parts } = answer);
      draw();
      said.textContent = say(parts.length === 1 ? "partOne" : "parts", { n: parts.length });
    } catch (error) {
      said.classList.add("wrong");
      said.textContent = error.detail && !error.message.includes(error.detail) ? `${error.message} ${error.detail}` : error.message;
    }
  }

  function draw() {
    list.replaceChildren(...parts.map((part, index) => {
      const tick = make("input", { type: "checkbox", checked: true, "aria-label": say("makePart", { n: index + 1 }) });
      const title = make("input", { type: "text", value: part.title, maxlength: 300, "aria-label": say("titleOf", { n: index + 1 }) });
      tick.onchange = () => { part.isLeft = !tick.checked; title.disabled = part.isLeft; count(); };
      title.onchange = () => (part.title = title.value);
      const hear = make("button", { class: "link", title: say("play"), onclick: () => editor.hearFrom(part.start_s) }, `${clock(part.start_s, 1)} – ${clock(part.end_s, 1)}`);
      return make("li", { class: "part" }, tick, title, hear);
    }));
    count();
  }

  function count() {
    const n = parts.filter((part) => !part.isLeft).length;
    one("[data-part-go]", box).hidden = !parts.length;
    const button = one("[data-make-parts]", box);
    button.disabled = !n;
    button.textContent = say(n === 1 ? "makeSong" : "makeSongs", { n });
  }

  async function start(button) {
    button.disabled = true;
    const chosen = parts.filter((part) => !part.isLeft);
    try {
      const answer = await post(root.dataset.split, { parts: JSON.stringify(chosen), recipe: JSON.stringify(editor.recipe()), ...editor.target() });
      toast(answer.message);
      const job = await finished(answer.job, ({ progress, stage }) => (said.textContent = `${Math.round(progress * 100)} %${stage ? ` · ${stage}` : ""}`));
      toast(say("made", { n: job.n_tracks }));
      go("/songs/?sort=added");
    } catch (error) {
      said.classList.add("wrong");
      said.textContent = error.detail && !error.message.includes(error.detail) ? `${error.message} ${error.detail}` : error.message;
      button.disabled = false;
    }
  }
}

/** A text file in UTF-8, else in GBK, as cue sheets are. */
async function text(file) {
  const bytes = await file.arrayBuffer();
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("gbk").decode(bytes);
  }
}
