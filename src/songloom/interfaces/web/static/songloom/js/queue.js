// The queue: an order of songs, a place in it, shuffle and repeat. Knows nothing of sound or of the page.

export class Queue {
  constructor(random = Math.random) {
    this.random = random;
    this.songs = [];
    this.at = -1;
    this.repeat = "off"; // off, all, one
    this.isShuffled = false;
    this.straight = []; // the order before shuffling
  }

  get current() {
    return this.songs[this.at] ?? null;
  }

  get upcoming() {
    return this.songs.slice(this.at + 1);
  }

  /** Play these, beginning with one of them. */
  set(songs, at = 0) {
    this.straight = [...songs];
    this.songs = [...songs];
    this.at = songs.length ? Math.min(Math.max(at, 0), songs.length - 1) : -1;
    if (this.isShuffled) this.#shuffle();
  }

  add(songs) {
    this.songs.push(...songs);
    this.straight.push(...songs);
    if (this.at < 0 && this.songs.length) this.at = 0;
  }

  playNext(songs) {
    this.songs.splice(this.at + 1, 0, ...songs);
    this.straight.push(...songs);
    if (this.at < 0) this.at = 0;
  }

  /** The song after this one, or null at the end. `isAsked`: somebody pressed next, so repeat-one gives way. */
  next(isAsked = false) {
    if (!this.songs.length) return null;
    if (this.repeat === "one" && !isAsked) return this.current;
    if (this.at + 1 < this.songs.length) this.at += 1;
    else if (this.repeat === "all" || (this.repeat === "one" && isAsked)) this.at = 0;
    else return null;
    return this.current;
  }

  previous() {
    if (!this.songs.length) return null;
    if (this.at > 0) this.at -= 1;
    else if (this.repeat === "all") this.at = this.songs.length - 1;
    return this.current;
  }

  jump(at) {
    if (at >= 0 && at < this.songs.length) this.at = at;
    return this.current;
  }

  remove(at) {
    const [gone] = this.songs.splice(at, 1);
    const straight = this.straight.indexOf(gone);
    if (straight >= 0) this.straight.splice(straight, 1);
    if (at < this.at) this.at -= 1;
    else if (at === this.at) this.at = Math.min(this.at, this.songs.length - 1);
    return gone;
  }

  /** Take these songs out, wherever and however often they stand. */
  drop(ids) {
    for (let at = this.songs.length - 1; at >= 0; at -= 1) if (ids.has(this.songs[at].id)) this.remove(at);
  }

  move(from, to) {
    if (to < 0 || to >= this.songs.length) return;
    const current = this.current;
    const [song] = this.songs.splice(from, 1);
    this.songs.splice(to, 0, song);
    this.at = this.songs.indexOf(current);
  }

  clearUpcoming() {
    this.songs = this.songs.slice(0, this.at + 1);
    this.straight = [...this.songs];
  }

  turnRepeat() {
    this.repeat = { off: "all", all: "one", one: "off" }[this.repeat];
    return this.repeat;
  }

  turnShuffle() {
    this.isShuffled = !this.isShuffled;
    if (this.isShuffled) this.#shuffle();
    else {
      const current = this.current;
      this.songs = [...this.straight];
      this.at = this.songs.indexOf(current);
    }
    return this.isShuffled;
  }

  #shuffle() {
    const current = this.current;
    const rest = this.songs.filter((_, i) => i !== this.at);
    for (let i = rest.length - 1; i > 0; i -= 1) {
      const j = Math.floor(this.random() * (i + 1));
      [rest[i], rest[j]] = [rest[j], rest[i]];
    }
    this.songs = current ? [current, ...rest] : rest;
    this.at = current ? 0 : -1;
  }
}
