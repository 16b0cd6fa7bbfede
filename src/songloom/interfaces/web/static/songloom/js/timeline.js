// Where the edited sound lies on the original: kept stretches, in the original's seconds. Knows no page.

/** Stretches [from, to] of the original that are left, in order, before step `until`. */
export function kept(steps, length, until = steps.length) {
  let left = [[0, length]];
  for (const step of steps.slice(0, until)) {
    if (!step.on) continue;
    const { edit, values } = step;
    if (edit === "trim") left = within(left, values.start_s ?? 0, values.end_s ?? Infinity);
    if (edit === "cut") left = [...within(left, 0, values.start_s ?? 0), ...within(left, values.end_s ?? Infinity, Infinity)];
  }
  return left;
}

/** The part of the stretches between two times of the sound that they make. */
export function within(stretches, start, end) {
  const found = [];
  let at = 0;
  for (const [from, to] of stretches) {
    const a = Math.max(from, from + start - at);
    const b = Math.min(to, from + end - at);
    if (b > a) found.push([a, b]);
    at += to - from;
  }
  return found;
}

export const total = (stretches) => stretches.reduce((sum, [from, to]) => sum + to - from, 0);

/** A time of the edited sound → where that is in the original. */
export function toOriginal(stretches, time) {
  let at = 0;
  for (const [from, to] of stretches) {
    if (time <= at + to - from) return from + Math.max(0, time - at);
    at += to - from;
  }
  return stretches.length ? stretches.at(-1)[1] : 0;
}

/** A time of the original → when one hears it in the edited sound (the next kept moment). */
export function toEdited(stretches, time) {
  let at = 0;
  for (const [from, to] of stretches) {
    if (time < from) return at;
    if (time <= to) return at + time - from;
    at += to - from;
  }
  return at;
}

/** What is gone: the gaps between the kept stretches. */
export function gone(stretches, length) {
  const gaps = [];
  let at = 0;
  for (const [from, to] of stretches) {
    if (from > at) gaps.push([at, from]);
    at = to;
  }
  if (at < length) gaps.push([at, length]);
  return gaps;
}
