// The full player of a phone: opened by a touch on the mini player, swiped for next and previous.

import { one } from "./dom.js";
import { next, previous } from "./player.js";

const FAR = 60; // pixels that make a swipe

export function startFull() {
  const full = one("#full");
  const isPhone = () => matchMedia("(max-width: 767px)").matches;
  one("#player")?.addEventListener("click", (event) => {
    if (isPhone() && !event.target.closest("button, .transport")) {
      event.preventDefault();
      full.showModal();
    } else if (event.target.closest("[data-open-full]")) {
      event.preventDefault();
      one("#now-title").click();
    }
  });
  full.addEventListener("click", (event) => event.target.closest("[data-close-full], #full-page") && full.close());
  let from = null;
  const art = one("#full-art");
  art.draggable = false; // a picture that is pulled away is no swipe
  art.addEventListener("pointerdown", (event) => {
    from = event;
    art.setPointerCapture(event.pointerId);
  });
  art.addEventListener("pointerup", (event) => {
    if (!from) return;
    const [dx, dy] = [event.clientX - from.clientX, event.clientY - from.clientY];
    from = null;
    if (dy > FAR && Math.abs(dy) > Math.abs(dx)) full.close();
    else if (dx < -FAR) next(true);
    else if (dx > FAR) previous();
  });
  matchMedia("(max-width: 767px)").addEventListener("change", (event) => !event.matches && full.close());
}
