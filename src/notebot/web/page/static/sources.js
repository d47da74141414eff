// Where an answer comes from: a preview beside a numbered chip, and the passage in its section in the side panel.
"use strict";

import { ask, conversation, find } from "./dom.js";

let shown = null; // the chip whose preview is open
let opener = null; // what the panel was opened from
let waiting = 0;

const preview = () => find("#preview");
const panel = () => find("#panel");
const source = (chip) => document.getElementById(chip.getAttribute("href").slice(1));

export function closePreview() {
  window.clearTimeout(waiting);
  shown?.removeAttribute("aria-describedby");
  shown = null;
  if (preview() !== null) preview().hidden = true;
}

function openPreview(chip) {
  const from = source(chip);
  if (from === null || shown === chip) return;
  closePreview();
  const card = preview();
  const copy = from.cloneNode(true);
  copy.removeAttribute("id");
  copy.removeAttribute("tabindex");
  find(".act", copy)?.remove();
  card.replaceChildren(...copy.childNodes);
  card.hidden = false;
  const at = chip.getBoundingClientRect();
  const { width, height } = card.getBoundingClientRect();
  const left = Math.min(Math.max(8, at.left - 24), document.documentElement.clientWidth - width - 8);
  const below = at.bottom + 8 + height < window.innerHeight;
  card.style.left = `${left}px`;
  card.style.top = `${below ? at.bottom + 8 : Math.max(8, at.top - height - 8)}px`;
  shown = chip;
  chip.setAttribute("aria-describedby", "preview");
}

export async function openPassage(button) {
  closePreview();
  const { source: name, chunk, marks, near = "" } = button.dataset;
  const body = find("#panel-body");
  try {
    body.innerHTML = await ask(`/page/passage?${new URLSearchParams({ source: name, chunk, marks, near, c: conversation() })}`);
  } catch (error) {
    body.replaceChildren(Object.assign(document.createElement("p"), { className: "notice", textContent: error.message }));
  }
  if (panel().hidden) opener = document.activeElement;
  panel().hidden = false;
  document.documentElement.classList.add("reading");
  panel().focus({ preventScroll: true });
  panel().scrollTop = 0;
  find(".cited mark, .cited", body)?.scrollIntoView({ block: "center" });
  window.scrollTo(window.scrollX, window.scrollY);
}

// Whether there was one to close.
export function closePanel() {
  if (panel() === null || panel().hidden) return false;
  panel().hidden = true;
  document.documentElement.classList.remove("reading");
  if (opener?.isConnected) opener.focus({ preventScroll: true });
  return true;
}

document.addEventListener("pointerover", (event) => {
  if (event.pointerType !== "mouse") return;
  const chip = event.target.closest?.(".chip");
  window.clearTimeout(waiting);
  if (chip) waiting = window.setTimeout(() => openPreview(chip), 120);
  else if (shown !== null && !event.target.closest?.("#preview")) waiting = window.setTimeout(closePreview, 250);
});

document.addEventListener("focusin", (event) => {
  const chip = event.target.closest?.(".chip");
  if (chip && chip.matches(":focus-visible")) openPreview(chip);
  else if (!event.target.closest?.("#preview")) closePreview();
});

document.addEventListener("scroll", closePreview, { passive: true });

// A mouse has seen the preview while it came; a finger sees it at the first tap, and opens the passage with the second.
let pointer = "mouse";
document.addEventListener("pointerdown", (event) => { pointer = event.pointerType; }, true);
document.addEventListener("click", (event) => {
  const chip = event.target.closest?.(".chip");
  if (!chip) {
    const card = event.target.closest?.("#preview");
    if (card && shown !== null && !event.target.closest("a")) openPassage(find("[data-act=open]", source(shown)));
    else if (!card) closePreview();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (pointer === "touch" && event.detail > 0 && shown !== chip) openPreview(chip);
  else if (source(chip) !== null) openPassage(find("[data-act=open]", source(chip)));
});
