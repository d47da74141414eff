// Questions to look at: a decision is sent as it is made, and the next question comes into its place.
"use strict";

import { ask, find, say } from "./dom.js";

const cards = () => [...document.querySelectorAll(".draft-case")];

function move(card, step) {
  const all = cards();
  const next = all[all.indexOf(card) + step];
  if (next) next.focus();
}

async function decide(card, what) {
  if (card.dataset.busy) return;
  card.dataset.busy = "yes";
  const value = (name) => find(`[name=${name}]`, card)?.value ?? "";
  const wanted = { set: find("#drafts").dataset.set, case: card.dataset.case, what, question: value("question"), facts: value("facts") };
  try {
    const told = JSON.parse(await ask("/page/decide", wanted));
    const all = cards();
    const following = all[all.indexOf(card) + 1] ?? all[all.indexOf(card) - 1];
    card.remove();
    find("#left").textContent = told.said;
    if (following) following.focus();
    else if (told.left > 0) window.location.reload();
    else {
      find(".keys")?.remove();
      find("#left").tabIndex = -1;
      find("#left").focus();
    }
  } catch (error) {
    delete card.dataset.busy;
    find(".refused", card).textContent = error.message;
  }
}

async function draft(button) {
  button.disabled = true;
  button.textContent = "Drafting… this takes a moment";
  say("Drafting questions");
  try {
    await ask("/page/draft", {});
    window.location.reload();
  } catch (error) {
    button.disabled = false;
    button.textContent = "Draft 40 questions";
    const place = document.createElement("p");
    place.className = "reason";
    place.setAttribute("role", "alert");
    place.textContent = error.message;
    button.closest(".situation").append(place);
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button === null) return;
  if (button.id === "draft") draft(button);
  else if (button.dataset.what) decide(button.closest(".draft-case"), button.dataset.what);
});

document.addEventListener("keydown", (event) => {
  const card = event.target.closest(".draft-case");
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (card === null) {
    if (event.target === document.body && event.key === "ArrowDown") cards()[0]?.focus();
    return;
  }
  const typing = event.target.matches("input, textarea");
  if (typing) {
    if (event.key === "Escape") card.focus();
    return;
  }
  const doing = {
    a: () => decide(card, "accept"), d: () => decide(card, "drop"), e: () => find("textarea", card).focus(),
    ArrowDown: () => move(card, 1), ArrowUp: () => move(card, -1),
  }[event.key];
  if (doing === undefined || (event.target !== card && event.key.startsWith("Arrow"))) return;
  event.preventDefault();
  doing();
});
