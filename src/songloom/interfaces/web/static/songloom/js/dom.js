// Small tools for the page: elements made from text nodes only, words, addresses, requests.

const NOBODY = "00000000-0000-0000-0000-000000000000";
const SPRITE = new URL("../img/icons.svg", import.meta.url).href;

const read = (id) => JSON.parse(document.getElementById(id)?.textContent || "{}");
let words = read("words");
const places = read("places");

export const one = (selector, root = document) => root.querySelector(selector);
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];

export function setWords(next) {
  words = next;
}

/** A word by its short name, with placeholders filled in. */
export function say(name, given = {}) {
  return (words[name] ?? name).replace(/\{(\w+)\}/g, (_, key) => given[key] ?? "");
}

/** The address of a place, for one track where it needs one. */
export function place(name, id) {
  return id ? places[name].replace(NOBODY, id) : places[name];
}

/** An element with attributes and children. Strings become text nodes, never markup. */
export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

export function icon(name, extra = "") {
  return svg("svg", { class: `icon i-${name} ${extra}`, "aria-hidden": "true" }, svg("use", { href: `${SPRITE}#${name}` }));
}

/** 4:06 or 1:02:03. */
export function clock(seconds, places = 0) {
  if (!Number.isFinite(seconds)) return "–";
  const scale = 10 ** places;
  const whole = Math.round(Math.max(0, seconds) * scale) / scale;
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = (whole % 60).toFixed(places).padStart(places ? places + 3 : 2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/** A number with a true minus. */
export const number = (value, places = 1) =>
  Number.isFinite(value) ? value.toFixed(places).replace("-", "−") : "–";

/** Roughly how long: 40 s, 12 min, 3 h. */
export function roughly(seconds) {
  if (seconds < 90) return say("seconds", { n: Math.max(1, Math.round(seconds)) });
  if (seconds < 5400) return say("minutes", { n: Math.round(seconds / 60) });
  return say("hours", { n: Math.round(seconds / 3600) });
}

export const token = () => document.getElementById("csrf")?.value ?? "";

export class Refused extends Error {
  constructor(status, error) {
    super(error?.message ?? say("failed"));
    this.status = status;
    this.code = error?.code ?? "error";
    this.detail = error?.detail ?? "";
  }
}

async function answered(response) {
  const isJson = response.headers.get("Content-Type")?.includes("json");
  const body = isJson ? await response.json() : null;
  if (!response.ok) throw new Refused(response.status, body?.error);
  return body;
}

export async function getJson(address) {
  return answered(await fetch(address, { headers: { Accept: "application/json" } }));
}

/** POST a form or an object; a refusal is thrown with its words. */
export async function post(address, given = {}) {
  const form = given instanceof FormData ? given : new FormData();
  if (!(given instanceof FormData)) {
    for (const [name, value] of Object.entries(given)) {
      for (const each of [value].flat()) form.append(name, each);
    }
  }
  const headers = { "X-CSRFToken": token(), Accept: "application/json" };
  return answered(await fetch(address, { method: "POST", body: form, headers }));
}

let spokenAt = 0;
let waiting = 0;

/** Tell a screen reader, at most one message in five seconds; the latest wins. */
export function speak(text) {
  const region = document.getElementById("spoken");
  if (!region) return;
  clearTimeout(waiting);
  const wait = Math.max(0, spokenAt + 5000 - Date.now());
  waiting = setTimeout(() => {
    spokenAt = Date.now();
    region.textContent = text;
  }, wait);
}

export const isTyping = (target) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches("input:not([type=checkbox],[type=radio],[type=range],[type=button],[type=submit]), textarea, select"));
