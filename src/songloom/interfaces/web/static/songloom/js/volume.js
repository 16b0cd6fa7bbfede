// How loud the player is: a slider that remembers, and keys that move it.

import { one } from "./dom.js";

const KEPT = "songloom.volume";

export function volumeBy(by) {
  const slider = one("#volume");
  slider.value = Number(slider.value) + by;
  slider.dispatchEvent(new Event("input"));
}

export function startVolume(audio) {
  const slider = one("#volume");
  const set = () => {
    audio.volume = (Number(slider.value) / 100) ** 2;
    slider.style.setProperty("--at", `${slider.value}%`);
    slider.setAttribute("aria-valuetext", `${slider.value} %`);
    try { localStorage.setItem(KEPT, slider.value); } catch { return; }
  };
  slider.value = localStorage.getItem(KEPT) ?? 80;
  slider.addEventListener("input", set);
  set();
}
