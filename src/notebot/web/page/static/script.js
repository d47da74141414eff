// The page's own script: keys, buttons, the address, what a screen reader hears, what was typed, and a server that went away.
"use strict";

import { acts } from "./acts.js";
import { acts as listActs, list, search, toggleSide } from "./conversations.js";
import { answering, box, conversation, find, say, signIn, visible, write } from "./dom.js";
import { closePanel, closePreview, openPassage } from "./sources.js";

const TYPED = "notebot.typed"; // what stands in the box, for as long as the tab lives
const LOOK = 4000; // milliseconds between two looks whether the server is there
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
const all = { ...acts, ...listActs, open: openPassage, "close-panel": closePanel };

// --- buttons and keys

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-act]");
  if (button) all[button.dataset.act]?.(button);
  if (event.target.closest?.(".skip")) {
    event.preventDefault();
    box()?.focus();
  }
  if (event.target.closest?.("#ask")) sending();
});

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, [contenteditable]");
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && find("#find") !== null) {
    event.preventDefault();
    search();
  } else if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey && box() !== null) {
    event.preventDefault();
    box().focus();
  } else if (event.key === "Escape" && find("dialog[open]") === null) {
    leave();
  } else if (event.key === "Enter" && !event.shiftKey && event.target === box()) {
    sending();
  }
});

// Esc closes what lies on top; where nothing does, it stops the answer.
function leave() {
  const stop = find("#stop");
  const menu = find("details.more[open]");
  if (!find("#preview")?.hidden) closePreview();
  else if (menu) { menu.open = false; find("summary", menu).focus(); }
  else if (closePanel()) return;
  else if (visible(stop)) { stop.click(); box()?.focus(); }
  else if (document.documentElement.classList.contains("listing")) { toggleSide(false); find(".brand [data-act=side]")?.focus(); }
}

// --- what has changed on the page: said once, scrolled to once, kept in the address

let asked = ""; // the entry that is being answered or was last
let stage = "";
let live = false;

function follow() {
  const exchange = find("#now .exchange");
  if (exchange === null) return;
  const { entry } = exchange.dataset;
  if (entry !== asked || (!live && answering())) begin(exchange, entry);
  const doing = find(".stage", exchange)?.textContent ?? "";
  if (doing.toLowerCase() !== stage.toLowerCase() && doing !== "") say(doing);
  stage = doing;
  if (live && !answering()) end(exchange);
}

function begin(exchange, entry) {
  asked = entry;
  live = answering();
  stage = "";
  closePreview();
  closePanel();
  const { conversation: id } = exchange.dataset;
  if (id && id !== conversation()) window.history.replaceState(null, "", `/?c=${encodeURIComponent(id)}`);
  find(".question", exchange).scrollIntoView({ block: "start", behavior: calm.matches ? "auto" : "smooth" });
  if (live) list();
}

function end(exchange) {
  live = false;
  const parts = [...exchange.querySelectorAll(".answer > :is(.verdict, p:not([class]), blockquote, .statement, .unsupported, .notice, .trouble)")];
  say(parts.map((part) => [...part.childNodes].length && withoutChips(part)).join(" "));
  list();
}

function withoutChips(part) {
  const copy = part.cloneNode(true);
  copy.querySelectorAll(".chip").forEach((chip) => chip.remove());
  return copy.textContent.trim();
}

// --- what was typed survives a reload

function keepTyped() {
  if (box() !== null) window.sessionStorage.setItem(TYPED, box().value);
}

// A question is kept as typed until Gradio has emptied the box: by then the server has it.
function sending() {
  const field = box();
  const sent = field?.value;
  let left = 600;
  untouched = false;
  const wait = () => {
    if (box() !== field) return; // made anew, and so empty: the server went away
    if (field.value !== sent) keepTyped();
    else if (left-- > 0) window.setTimeout(wait, 100);
  };
  wait();
}

// Gradio may still empty a box that it has just made: what was typed is put back until somebody types or asks.
let untouched = true;

function restoreTyped() {
  const kept = window.sessionStorage.getItem(TYPED);
  if (!untouched || !kept || box() === null || box().value !== "") return;
  write(box(), kept);
}

document.addEventListener("input", (event) => {
  if (event.target !== box()) return;
  if (event.isTrusted) untouched = false;
  keepTyped();
});

// --- the page is there, in parts: Gradio builds it

let known = null; // the box, which Gradio may make anew

function changed() {
  if (box() !== null && box() !== known) {
    known = box();
    for (let wait = 0; wait < 15_000; wait += 250) window.setTimeout(restoreTyped, wait);
  }
  if (find("#found")?.childNodes.length === 0) list();
  follow();
}

new MutationObserver(changed).observe(document.documentElement, { childList: true, subtree: true });
changed(); // where this comes late, the page is there already, and nothing else may change

// --- a server that went away, or does not know this browser any more, and comes back

const GONE = "notebot does not answer. What you typed is kept, and this page goes on by itself once notebot is there again.";
const OUT = "You have been signed out. What you typed is kept. ";
let away = false;

// Where people sign in, a file that only they are sent is asked for.
async function look() {
  const asked = find('.brand a[href="/login"]') === null ? "/healthz" : "/page/acts.js";
  const status = await fetch(asked, { cache: "no-store" }).then((response) => response.status, () => 0);
  const notice = find("#away") ?? made();
  if (status === 200 && away) window.location.reload(); // to what was kept: the conversation by its address, the words in the box
  else if (status !== 200 && status !== 429 && notice !== null) {
    away = true;
    if (status === 401) signedOut(notice);
    else notice.textContent = GONE;
    notice.hidden = false;
  }
  window.setTimeout(look, away ? 1000 : LOOK);
}

function made() { // the chat has it in its page already
  const notice = Object.assign(document.createElement("p"), { id: "away", hidden: true });
  notice.setAttribute("role", "alert");
  find("main")?.append(notice);
  return notice.isConnected ? notice : null;
}

function signedOut(notice) {
  const href = signIn();
  if (find("a", notice)?.getAttribute("href") === href) return; // said once
  document.documentElement.classList.add("signed-out");
  notice.replaceChildren(OUT, Object.assign(document.createElement("a"), { href, textContent: "Sign in" }));
}

window.setTimeout(look, LOOK);
