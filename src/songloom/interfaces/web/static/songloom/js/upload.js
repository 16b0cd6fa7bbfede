// Files dropped anywhere on the page, or chosen: sent one after another, each with its progress and its words.

import { all, icon, make, one, place, say, token } from "./dom.js";
import { go, onPage } from "./nav.js";
import { toast } from "./toast.js";

const waiting = [];
let isBusy = false;
let depth = 0;

function lineFor(name) {
  const progress = make("progress", { max: 1, value: 0, "aria-label": say("uploading", { name }) });
  const state = make("span", { class: "state" }, say("waiting"));
  const row = make("li", { class: "job" }, icon("upload"), make("span", { class: "what" }, name), make("span"), state, progress);
  one("[data-uploads]")?.append(row);
  return { row, progress, state };
}

function send(file, onProgress) {
  return new Promise((resolve) => {
    const form = new FormData();
    form.append("file", file, file.name);
    const request = new XMLHttpRequest();
    request.open("POST", place("upload"));
    request.setRequestHeader("X-CSRFToken", token());
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onload = () => resolve(request.response ?? { error: { message: say("failed"), code: "error" } });
    request.onerror = () => resolve({ error: { message: say("offline"), code: "offline" } });
    request.send(form);
  });
}

async function work() {
  if (isBusy) return;
  isBusy = true;
  const added = [];
  while (waiting.length) {
    const { file, line } = waiting.shift();
    line.state.textContent = say("uploading", { name: "" }).trim();
    const answer = await send(file, (share) => (line.progress.value = share));
    const result = answer.files?.[0] ?? answer;
    line.progress.remove();
    if (result.error) refuse(line, file.name, result.error);
    else {
      line.state.replaceChildren(make("a", { class: "link", href: result.page }, say(result.is_new ? "uploadedOne" : "alreadyHere", { title: result.track.title })));
      added.push(result);
    }
  }
  isBusy = false;
  if (!added.length) return;
  const text = added.length === 1 ? say(added[0].is_new ? "uploadedOne" : "alreadyHere", { title: added[0].track.title }) : say("uploaded", { n: added.length });
  toast(text);
  document.dispatchEvent(new CustomEvent("songloom:added", { detail: { results: added } }));
  if (["home", "songs"].includes(one("#main").dataset.section)) go(location.href, { push: false, focus: false });
}

function refuse(line, name, error) {
  line.state.textContent = "";
  line.row.append(make("div", { class: "wrong", role: "alert" }, make("b", {}, error.message), error.detail ? make("span", { class: "small second" }, error.detail) : null, make("div", { class: "foot" }, make("code", {}, error.code))));
  if (!line.row.isConnected) toast(say("notAdded", { name, reason: error.message }));
}

export function upload(files) {
  for (const file of files) waiting.push({ file, line: lineFor(file.name) });
  work();
}

const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

export function startUploads() {
  document.addEventListener("dragenter", (event) => {
    if (!hasFiles(event)) return;
    depth += 1;
    document.body.classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => {
    if (!hasFiles(event)) return;
    depth -= 1;
    if (depth <= 0) document.body.classList.remove("dropping");
  });
  document.addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault());
  document.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    depth = 0;
    document.body.classList.remove("dropping");
    upload(event.dataTransfer.files);
  });
  onPage((main) => {
    for (const form of all("[data-upload]", main)) {
      const input = one("input[type=file]", form);
      const take = () => {
        upload(input.files);
        input.value = "";
      };
      input.addEventListener("change", take);
      if (input.files.length) take(); // chosen before the scripts were there
      form.addEventListener("submit", (event) => { event.preventDefault(); event.stopPropagation(); });
    }
  });
}
