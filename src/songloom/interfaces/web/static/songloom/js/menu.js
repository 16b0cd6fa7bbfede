// Menus that float: opened by a button or M, arrows move, Esc gives the focus back.

import { all, isTyping, make, one, place, post, token } from "./dom.js";
import { toast } from "./toast.js";

let open = null; // {node, from}

function put(node, anchor) {
  if (matchMedia("(max-width: 767px)").matches) return;
  const box = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = node;
  const left = Math.min(Math.max(8, box.right - width), innerWidth - width - 8);
  const below = box.bottom + 6 + height < innerHeight;
  node.style.left = `${left}px`;
  node.style.top = `${below ? box.bottom + 6 : Math.max(8, box.top - height - 6)}px`;
}

/** Show a menu beside `anchor`. Returns its element. */
export function openMenu(anchor, fill) {
  closeMenu();
  const node = make("div", { class: "menu", role: "menu", popover: "auto", tabindex: "-1" });
  document.body.append(node);
  fill(node);
  node.showPopover();
  put(node, anchor);
  open = { node, from: document.activeElement };
  node.addEventListener("toggle", (event) => event.newState === "closed" && closeMenu());
  node.addEventListener("keydown", (event) => walk(event, node));
  one("[role=menuitem], input", node)?.focus();
  return node;
}

export function closeMenu() {
  if (!open) return;
  const { node, from } = open;
  open = null;
  if (node.matches(":popover-open")) node.hidePopover();
  node.remove();
  if (from?.isConnected) from.focus({ preventScroll: true });
}

function walk(event, node) {
  const items = all("[role=menuitem]", node);
  const at = items.indexOf(document.activeElement);
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const step = event.key === "ArrowDown" ? 1 : -1;
    items.at((at + step + items.length) % items.length)?.focus();
  } else if (event.key === "Home" && !isTyping(event.target)) items[0]?.focus();
  else if (event.key === "End" && !isTyping(event.target)) items.at(-1)?.focus();
  else if (event.key === "Tab") closeMenu();
  else return;
  event.preventDefault();
}

async function filled(node, address) {
  const response = await fetch(address, { headers: { Accept: "text/html" } });
  if (!response.ok) { closeMenu(); return false; }
  node.innerHTML = await response.text(); // our own template, escaped there
  return open?.node === node;
}

const anchorIn = (root) => one("[data-act=menu]", root) ?? root;

/** The menu of one song. `act(name)` does what was chosen. */
export async function menuFor(root, song, act) {
  const anchor = anchorIn(root);
  const node = openMenu(anchor, () => {});
  if (!(await filled(node, place("menu", song.id)))) return;
  put(node, anchor);
  one("[role=menuitem]", node)?.focus();
  node.addEventListener("click", (event) => {
    const item = event.target.closest("[role=menuitem]");
    if (!item) return;
    closeMenu();
    if (item.dataset.act) act(item.dataset.act);
  });
}

/** Choose a playlist for these songs, or make one. */
export async function playlistMenu(root, songs) {
  const anchor = one("[data-act=list]", root) ?? anchorIn(root);
  const node = openMenu(anchor, () => {});
  if (!(await filled(node, place("choose")))) return;
  put(node, anchor);
  one("[role=menuitem], input", node)?.focus();
  const ids = songs.map((each) => each.id);
  const add = async (address, more = {}) => {
    closeMenu();
    try {
      toast((await post(address, { track: ids, ...more })).message);
    } catch (error) {
      toast(error.message);
    }
  };
  node.addEventListener("click", (event) => {
    const item = event.target.closest("[data-to-list]");
    if (item) add(item.dataset.toList);
  });
  one("[data-new-list]", node).addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    add(event.target.getAttribute("action"), { name: new FormData(event.target).get("name"), csrfmiddlewaretoken: token() });
  });
}
