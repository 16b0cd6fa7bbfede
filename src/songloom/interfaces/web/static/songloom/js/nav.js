// Pages change inside the sheet: fetch the main part, swap it, keep history, title, focus and the player.

import { all, one, say, setWords, token } from "./dom.js";
import { toast } from "./toast.js";

const arrivals = [];
let current = null; // the request on its way
let shown = location.href;

/** Call `fn(main)` for the page that stands now and for every later one. */
export function onPage(fn) {
  arrivals.push(fn);
}

export function arrive() {
  const main = one("#main");
  liftMessages(main);
  markPlace(main);
  for (const fn of arrivals) fn(main);
}

function markPlace(main) {
  const here = main.dataset.section;
  for (const link of all("[data-nav]")) {
    const on = link.dataset.nav === here;
    if (on) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

/** Messages of the server become toasts, with their undo. Errors stay in the page. */
function liftMessages(main) {
  for (const item of all("#messages > li", main)) {
    if (item.dataset.level === "error") continue;
    const undo = one("form", item);
    const text = one("p", item).textContent;
    toast(text, undo ? { label: say("undo"), act: () => send(undo) } : null);
    item.remove();
  }
  const list = one("#messages", main);
  if (list && !list.children.length) list.remove();
}

function scroller() {
  const sheet = one("#sheet");
  return sheet && getComputedStyle(sheet).overflowY === "auto" ? sheet : document.scrollingElement;
}

async function load(address, options = {}) {
  current?.abort();
  current = new AbortController();
  const pace = setTimeout(() => one("#pace")?.classList.add("on"), 150);
  try {
    const response = await fetch(address, {
      ...options,
      signal: current.signal,
      headers: { "X-Part": "main", Accept: "text/html", ...(options.headers ?? {}) },
    });
    const text = await response.text();
    return { response, page: new DOMParser().parseFromString(text, "text/html") };
  } finally {
    clearTimeout(pace);
    one("#pace")?.classList.remove("on");
  }
}

function swap(page, { focus = true } = {}) {
  const next = one("#main", page);
  one("#main").replaceWith(document.adoptNode(next));
  document.title = one("title", page)?.textContent ?? document.title;
  if (focus) next.focus({ preventScroll: true });
}

/** Go to an address as a link would, without stopping the music. */
export async function go(address, { push = true, top = null, focus = true } = {}) {
  const target = new URL(address, location.href);
  if (push) history.replaceState({ ...history.state, top: scroller().scrollTop }, "");
  let loaded;
  try {
    loaded = await load(target);
  } catch (error) {
    if (error.name === "AbortError") return;
    toast(say("offline"), { label: say("retry"), act: () => go(address) });
    return;
  }
  show(loaded, { push, top, focus, hash: target.hash });
}

function show({ response, page }, { push, top = null, focus = true, hash = "" }) {
  if (!one("#main", page) || !one("#player") || one("body.plain", page)) {
    location.assign(response.url); // sign-in, setup: another frame
    return;
  }
  const address = response.url + hash;
  if (push) history.pushState({ top: 0 }, "", address);
  shown = address;
  swap(page, { focus });
  arrive();
  if (hash) one(hash)?.scrollIntoView();
  else scroller().scrollTo({ top: top ?? 0, behavior: "instant" });
}

/** Tell whoever holds these songs that they were thrown away. */
export const gone = (ids) => document.dispatchEvent(new CustomEvent("songloom:gone", { detail: { ids } }));

/** Send a form. The answer is a page, shown as if one had gone there. */
export async function send(form, submitter = null) {
  const data = new FormData(form, submitter);
  const address = submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? location.href;
  if (form.method === "get") {
    const target = new URL(address, location.href);
    target.search = new URLSearchParams([...data].filter(([, value]) => value !== "")).toString();
    await go(target);
    return;
  }
  if (submitter) submitter.disabled = true;
  try {
    const loaded = await load(address, { method: "POST", body: data, headers: { "X-CSRFToken": token() } });
    if (form.dataset.drops && loaded.response.ok) gone([form.dataset.drops]);
    if (form.matches("[data-reload]") || submitter?.matches("[data-reload]")) await renew();
    else show(loaded, { push: loaded.response.url !== location.href, top: scroller().scrollTop * (loaded.response.url === location.href) });
  } catch (error) {
    if (error.name !== "AbortError") toast(say("offline"), { label: say("retry"), act: () => send(form, submitter) });
  } finally {
    if (submitter?.isConnected) submitter.disabled = false;
  }
}

/** Language or theme changed: everything around the page anew, but the player plays on. */
export async function renew() {
  const response = await fetch(location.href, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const root = page.documentElement;
  document.documentElement.lang = root.lang;
  document.documentElement.dataset.theme = root.dataset.theme;
  document.documentElement.dataset.letters = root.dataset.letters;
  document.body.dataset.drop = page.body.dataset.drop ?? "";
  const region = "[data-region]";
  for (const fresh of all(region, page)) document.getElementById(fresh.id)?.replaceWith(document.adoptNode(fresh));
  if (one("#words", page)) setWords(JSON.parse(one("#words", page).textContent));
  relabel(page);
  swap(page);
  arrive();
  document.dispatchEvent(new CustomEvent("songloom:renewed"));
}

function relabel(page) {
  for (const root of ["#player", "#queue", "#lyrics", "#full"]) {
    const mine = all("[aria-label], [title]", one(root));
    const fresh = all("[aria-label], [title]", one(root, page));
    if (mine.length !== fresh.length) continue;
    mine.forEach((node, i) => {
      for (const name of ["aria-label", "title"]) {
        if (fresh[i].hasAttribute(name)) node.setAttribute(name, fresh[i].getAttribute(name));
      }
    });
  }
  for (const id of ["now-idle", "queue-title", "queue-empty"]) {
    document.getElementById(id).textContent = page.getElementById(id).textContent;
  }
  all("[data-do=clear]").forEach((node, i) => (node.textContent = all("[data-do=clear]", page)[i].textContent));
}

function isOurs(link) {
  return (
    link.origin === location.origin &&
    !link.target &&
    !link.hasAttribute("download") &&
    !link.matches("[data-plain], [href^='#']") &&
    !/^\/(admin|api|rest|static)\//.test(link.pathname)
  );
}

export function startNavigation() {
  history.scrollRestoration = "manual";
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    if (!isOurs(link)) return;
    event.preventDefault();
    go(link.href);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "dialog" || form.matches("[data-plain]")) return;
    event.preventDefault();
    send(form, event.submitter);
  });
  window.addEventListener("popstate", (event) => {
    const [before] = shown.split("#");
    const [now] = location.href.split("#");
    if (before === now) return;
    go(location.href, { push: false, top: event.state?.top ?? 0 });
  });
}
