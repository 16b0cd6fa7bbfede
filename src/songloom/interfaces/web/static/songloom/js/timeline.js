// Where the edited sound lies on the original, in the original's seconds. Knows no page.
// A stretch is [from, to]; backwards where from > to; [0, seconds, "added"] is silence or another song.

const isAdded = (stretch) => stretch.length > 2;
const span = ([from, to]) => Math.abs(to - from);

/** Stretches that the sound is made of, in order, before step `until`. */
export function kept(steps, length, until = steps.length) {
  return steps.slice(0, until).filter((step) => step.on).reduce(after, [[0, length]]);
}

function after(left, { edit, values, other }) {
  const before = (time) => within(left, 0, time);
  const from = (time) => within(left, time, Infinity);
  if (edit === "trim") return within(left, values.start_s ?? 0, values.end_s ?? Infinity);
  if (edit === "cut") return [...before(values.start_s ?? 0), ...from(values.end_s ?? Infinity)];
  if (edit === "insert_silence") return [...before(values.at_s ?? 0), [0, values.duration_s ?? 0, "added"], ...from(values.at_s ?? 0)];
  if (edit === "reverse") return left.toReversed().map((stretch) => (isAdded(stretch) ? stretch : [stretch[1], stretch[0]]));
  if (edit === "join") return [...left, [0, Math.max(0, (other?.seconds ?? 0) - (values.crossfade_s ?? 0)), "added"]];
  return left;
}

/** The part of the stretches between two times of the sound that they make. */
export function within(stretches, start, end) {
  const found = [];
  let at = 0;
  for (const stretch of stretches) {
    const a = Math.max(0, start - at);
    const b = Math.min(span(stretch), end - at);
    at += span(stretch);
    if (b <= a) continue;
    const [from, to] = stretch;
    const way = from > to ? -1 : 1;
    found.push(isAdded(stretch) ? [0, b - a, "added"] : [from + way * a, from + way * b]);
  }
  return found;
}

export const total = (stretches) => stretches.reduce((sum, stretch) => sum + span(stretch), 0);

/** A time of the edited sound → where that is in the original; within what was added, where that begins. */
export function toOriginal(stretches, time) {
  let at = 0;
  let place = 0;
  for (const stretch of stretches) {
    const [from, to] = stretch;
    const isHere = time <= at + span(stretch);
    if (!isAdded(stretch)) {
      if (isHere) return from + Math.sign(to - from) * Math.max(0, time - at);
      place = to;
    } else if (isHere) return place;
    at += span(stretch);
  }
  return place;
}

/** A time of the original → when one hears it in the edited sound (the next kept moment). */
export function toEdited(stretches, time) {
  let at = 0;
  let next = null;
  for (const stretch of stretches) {
    const [from, to] = stretch;
    const [low, high] = [Math.min(from, to), Math.max(from, to)];
    if (!isAdded(stretch)) {
      if (time >= low && time <= high) return at + Math.abs(time - from);
      if (time < low && (next === null || low < next.low)) next = { low, at: at + (from > to ? span(stretch) : 0) };
    }
    at += span(stretch);
  }
  return next === null ? at : next.at;
}

/** What is gone: the gaps between the kept stretches. */
export function gone(stretches, length) {
  const gaps = [];
  let at = 0;
  const there = stretches.filter((stretch) => !isAdded(stretch)).map(([from, to]) => [Math.min(from, to), Math.max(from, to)]);
  for (const [from, to] of there.sort((one, other) => one[0] - other[0])) {
    if (from > at) gaps.push([at, from]);
    at = Math.max(at, to);
  }
  if (at < length) gaps.push([at, length]);
  return gaps;
}
