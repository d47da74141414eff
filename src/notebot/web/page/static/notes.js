// The notes view and the settings view: places in a note come into view, arrow keys walk over the maps, changes are said once.
"use strict";

const find = (selector, within = document) => within.querySelector(selector);

// --- a place in a note: it comes after the page has been opened, so that the browser has looked for it in vain

let shown = "";

function comeToPlace() {
  const id = decodeURIComponent(window.location.hash.slice(1));
  const place = id && find(".whole") ? document.getElementById(id) : null;
  if (place === null || shown === id) return;
  shown = id;
  for (const other of document.querySelectorAll(".whole .here")) other.classList.remove("here");
  place.classList.add("here");
  place.scrollIntoView({ block: "start" });
  place.focus({ preventScroll: true });
}

window.addEventListener("hashchange", () => { shown = ""; comeToPlace(); });

// --- maps: one stop for the Tab key each, from which the arrow keys lead to what is next in that direction

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function middle(link) {
  const box = find("circle, rect", link).getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
}

function next(from, [dx, dy]) {
  const [x, y] = middle(from);
  let best = null;
  let least = Infinity;
  for (const link of from.ownerSVGElement.querySelectorAll("a")) {
    const [ax, ay] = middle(link);
    const along = (ax - x) * dx + (ay - y) * dy;
    const aside = Math.abs((ax - x) * dy) + Math.abs((ay - y) * dx);
    const far = along + 2.5 * aside;
    if (link !== from && along > 0.5 && far < least) [best, least] = [link, far];
  }
  return best;
}

document.addEventListener("keydown", (event) => {
  const link = event.target.closest?.(".map a");
  if (!link || !(event.key in STEPS) || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const other = next(link, STEPS[event.key]);
  if (other === null) return;
  link.setAttribute("tabindex", "-1");
  other.setAttribute("tabindex", "0");
  other.focus();
});

// --- what a screen reader hears: Gradio puts in new elements, which are not heard, so the words are written into one that stays

const said = document.createElement("div");
said.setAttribute("role", "status");
said.className = "unseen";
said.style.cssText = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)";
let last = "";

function say() {
  const words = [...document.querySelectorAll(".said")].map((part) => part.textContent).join(" ");
  if (words === last) return;
  last = words;
  said.textContent = words;
}

// --- both, whenever something has changed

const centred = new WeakSet();

function follow() {
  if (find("#notes, #settings") === null) return;
  if (!said.isConnected) find("main")?.append(said);
  comeToPlace();
  say();
  const frame = find(".map-frame");
  if (frame !== null && !centred.has(frame)) {
    centred.add(frame);
    frame.scrollLeft = (frame.scrollWidth - frame.clientWidth) / 2;
    frame.scrollTop = (frame.scrollHeight - frame.clientHeight) / 2;
  }
}

new MutationObserver(follow).observe(document.documentElement, { childList: true, subtree: true });
follow(); // where this comes late, the page is there already
