// Times and sizes as people write and read them. Knows no page.

const PART = /^\d+(?:\.\d*)?$|^\.\d+$/;
const FLAC_SHARE = 0.6; // of what plain samples take, for music on the whole

/** 1:23.5, 83.5 and 1:02:03 → seconds; NaN for what is no time. Full-width colons and decimal commas are fine. */
export function readTime(text) {
  const parts = text.trim().replaceAll("：", ":").replaceAll(/[,，。]/g, ".").replace(/\s*(s|秒)$/i, "").split(":");
  const isTime = parts.length <= 3 && parts.every((part, i) => PART.test(part) && (i === parts.length - 1 || !part.includes(".")));
  const isShort = parts.slice(1).every((part) => Number(part) < 60);
  return isTime && isShort ? parts.reduce((sum, part) => sum * 60 + Number(part), 0) : NaN;
}

/** Seconds as a time box shows them, to the millisecond: 0:10.0, 1:23.456, 1:02:03.5; `readTime` reads it back. */
export function showTime(seconds) {
  const ms = Math.round(seconds * 1000);
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor((ms % 3_600_000) / 60_000);
  const [whole, places] = ((ms % 60_000) / 1000).toFixed(3).split(".");
  const rest = `${whole.padStart(2, "0")}.${places.replace(/0{1,2}$/, "")}`;
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/** Bytes of a rendition, as well as can be told before it is made. `source`: {format, bytes, seconds, rate, channels, bits}. */
export function bytesOf({ format, kbps, seconds, rate, channels }, source) {
  if (kbps) return seconds * kbps * 125;
  const bits = source.bits > 16 ? 24 : 16;
  const plain = (length, hz, n, each) => (length * hz * n * each) / 8;
  const samples = plain(seconds, rate, channels, bits);
  if (format === "wav") return samples;
  const share = source.bytes / plain(source.seconds, source.rate, source.channels, source.bits || 16);
  return samples * (source.format === "flac" && share < 1 ? share : FLAC_SHARE);
}
