// Media keys of the keyboard, the headphones, the lock screen: what plays is told, what is pressed is done.

export function tellMedia(song) {
  if (!("mediaSession" in navigator)) return;
  const artwork = song?.cover ? [{ src: new URL(`${song.cover}?size=512`, location.href).href, sizes: "512x512" }] : [];
  navigator.mediaSession.metadata = song && new MediaMetadata({ title: song.title, artist: song.by ?? "", album: song.album ?? "", artwork });
}

/** Do these `actions`, by the browser's names for the keys. */
export function listenToMediaKeys(actions) {
  if (!("mediaSession" in navigator)) return;
  for (const [name, act] of Object.entries(actions)) {
    try {
      navigator.mediaSession.setActionHandler(name, act);
    } catch {
      continue; // a browser without this key
    }
  }
}
