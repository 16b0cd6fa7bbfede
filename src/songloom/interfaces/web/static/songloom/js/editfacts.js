// What the edited sound will be, beside what the original is: length, loudness, size.

import { clock, number, one } from "./dom.js";
import { bytesOf } from "./times.js";
import { kept, total } from "./timeline.js";

/** `target` is {format, bit_rate_kbps}; an empty bit rate needs no choice. */
export function drawFacts(root, steps, length, { format, bit_rate_kbps: kbps }) {
  const on = steps.filter((step) => step.on);
  const last = (edit, name, otherwise) => Number(on.filter((step) => step.edit === edit).at(-1)?.values[name] ?? otherwise);
  const { length: whole, size, from, rate, channels, bits, lufs } = root.dataset;
  const seconds = total(kept(steps, length));
  one("[data-bit-rate-field]", root).hidden = !kbps;
  const source = { format: from, bytes: Number(size), seconds: Number(whole), rate: Number(rate), channels: Number(channels), bits: Number(bits) };
  const bytes = bytesOf({ format, kbps: Number(kbps), seconds, rate: last("resample", "sample_rate", rate), channels: channelsAfter(on, Number(channels)) }, source);
  const gain = on.filter((step) => step.edit === "gain").reduce((sum, step) => sum + Number(step.values.gain_db || 0), 0);
  const loud = last("loudness", "target_lufs", lufs === "" ? NaN : Number(lufs) + gain);
  const isShorter = on.some((step) => step.edit === "trim_silence"); // by how much is only known when it is made
  const shown = {
    length: clock(length, 1),
    duration: `${isShorter ? "≤ " : ""}${clock(seconds, 1)}`,
    loudness: Number.isFinite(loud) ? `${number(loud)} LUFS` : "–",
    size: `${isShorter ? "≤" : "≈"} ${bytes < 1e6 ? `${number(bytes / 1e3, 0)} kB` : `${number(bytes / 1e6)} MB`}`,
  };
  for (const [name, text] of Object.entries(shown)) one(`[data-fact=${name}]`, root).textContent = text;
}

/** How many channels come out: those of the last step that sets them. */
function channelsAfter(on, before) {
  return on.reduce((n, { edit, values }) => (edit === "channels" ? Number(values.channels) : edit === "mix" ? values.matrix.length : n), Math.min(2, before));
}
