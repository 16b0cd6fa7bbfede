// One preset over many songs: what it will cost is said before, how far it is while it runs.

import { all, icon, make, one, place, post, say, token } from "./dom.js";
import { finished } from "./activity.js";
import { onPage } from "./nav.js";
import { toast } from "./toast.js";

const QUIET_MS = 250;

function bind(root) {
  const ids = JSON.parse(one("#batch-ids", root).textContent);
  const query = root.dataset.query;
  const button = one("[data-go-batch]", root);
  const said = one("[data-cost-said]", root);
  const about = () => ({ preset: one("[name=preset]:checked", root)?.value ?? "", ...(ids.length ? { track: ids } : { q: query }) });
  let asked = 0;
  let timer = 0;
  const words = said.textContent;

  async function estimate() {
    const mine = (asked += 1);
    button.disabled = true;
    one("[data-cost]", root).hidden = true;
    said.hidden = false;
    said.classList.remove("wrong");
    said.textContent = words;
    if (root.dataset.found === "0") return;
    try {
      const cost = await post(root.dataset.estimate, about());
      if (mine !== asked) return;
      for (const [name, value] of Object.entries(cost)) one(`[data-cost-of=${name}]`, root).textContent = value;
      one("[data-cost]", root).hidden = false;
      said.hidden = true;
      button.disabled = false;
    } catch (error) {
      if (mine !== asked) return;
      said.classList.add("wrong");
      said.textContent = inWords(error);
    }
  }

  async function start() {
    button.disabled = true;
    const told = one("[data-batch-said]", root);
    const list = one("[data-batch-job]", root);
    try {
      const answer = await post(root.dataset.start, { ...about(), as: one("[data-as-songs]", root).checked ? "track" : "rendition" });
      told.textContent = answer.message;
      const bar = make("progress", { max: 1, value: 0, "aria-label": answer.message });
      const state = make("span", { class: "state" });
      list.replaceChildren(make("li", { class: "job" }, icon("scissors"), make("span", { class: "what" }, answer.message), cancelForm(answer.job), state, bar));
      await finished(answer.job, (job) => {
        bar.value = job.progress;
        state.textContent = job.stage ? `${job.said} · ${job.stage}` : job.said;
      });
      told.textContent = say("done");
      toast(say("done"));
    } catch (error) {
      told.textContent = inWords(error);
    } finally {
      all("form", list).forEach((form) => form.remove());
      button.disabled = false;
    }
  }

  all("[name=preset]", root).forEach((input) => (input.onchange = () => { clearTimeout(timer); timer = setTimeout(estimate, QUIET_MS); }));
  button.onclick = start;
  estimate();
}

const inWords = (error) => (error.detail && !error.message.includes(error.detail) ? `${error.message} ${error.detail}` : error.message);

/** Cancels without leaving the page. */
function cancelForm(job) {
  const form = make("form", { method: "post", "data-plain": true, action: `${place("state").replace("state.json", "")}${job}/cancel/` }, make("input", { type: "hidden", name: "csrfmiddlewaretoken", value: token() }), make("button", { class: "round", "aria-label": say("cancel"), title: say("cancel") }, icon("x")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    post(form.action).catch((error) => toast(error.message));
  });
  return form;
}

export function startBatch() {
  onPage((main) => {
    const root = one("[data-batch]", main);
    if (root) bind(root);
  });
}
