// The list of conversations: found by words, renamed, deleted; and open or closed where there is no room for it beside the page.
"use strict";

import { agreed, ask, conversation, find, say, sure } from "./dom.js";

let asked = 0;

export async function list() {
  const mine = ++asked;
  const found = find("#found");
  if (found === null) return;
  if (found.childNodes.length === 0) found.textContent = " "; // it has been asked for
  try {
    const html = await ask(`/page/conversations?${new URLSearchParams({ search: find("#find").value, c: conversation() })}`);
    if (mine === asked) found.innerHTML = html; // an earlier, slower answer does not overwrite a later one
  } catch (error) {
    if (mine === asked) found.replaceChildren(Object.assign(document.createElement("p"), { className: "none", textContent: error.message }));
  }
}

export function toggleSide(open = !document.documentElement.classList.contains("listing")) {
  document.documentElement.classList.toggle("listing", open);
  for (const button of document.querySelectorAll(".brand [data-act=side]")) button.setAttribute("aria-expanded", String(open));
}

export function search() {
  toggleSide(true);
  find("#find")?.focus();
  find("#find")?.select();
}

async function rename(button) {
  const dialog = find("#name");
  find("input", dialog).value = button.dataset.title;
  window.setTimeout(() => find("input", dialog).select(), 0);
  if (!await agreed(dialog)) return;
  await carryOut("/page/rename", { conversation: button.dataset.id, title: find("input", dialog).value }, "Renamed");
}

async function remove(button) {
  const about = `“${button.dataset.title}” with all its answers is deleted from this machine, for good.`;
  if (!await sure("Delete this conversation?", about, "Delete")) return;
  if (await carryOut("/page/delete", { conversation: button.dataset.id }, "Deleted") && button.dataset.id === conversation()) {
    window.location.assign("/");
  }
}

async function carryOut(path, body, done) {
  try {
    await ask(path, body);
    say(done);
    return true;
  } catch (error) {
    say(error.message);
    return false;
  } finally {
    await list();
  }
}

let pause = 0;
document.addEventListener("input", (event) => {
  if (event.target.id !== "find") return;
  window.clearTimeout(pause);
  pause = window.setTimeout(list, 150);
});

// One menu at a time, and none once something else is clicked.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.more[open]")) if (!menu.contains(event.target)) menu.open = false;
});

export const acts = { side: () => toggleSide(), rename, delete: remove };
