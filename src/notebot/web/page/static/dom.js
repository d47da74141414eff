// What the other scripts share: finding parts of the page, asking the server, speaking to screen readers, asking the person.
"use strict";

export const find = (selector, within = document) => within.querySelector(selector);
export const visible = (element) => element !== null && element.offsetParent !== null;
export const conversation = () => new URLSearchParams(window.location.search).get("c") ?? "";
export const box = () => find("#question textarea");
export const signIn = () => `/login?to=${encodeURIComponent(window.location.pathname + window.location.search)}`; // and back here
export const answering = () => find("#now .exchange.live") !== null;

// A screen reader says what is written here, once. The same words again would not be heard: they are taken out first.
export function say(words) {
  const said = find("#said");
  if (said === null) return;
  said.textContent = "";
  window.setTimeout(() => { said.textContent = words; }, 50);
}

// Gradio hears of a new value only through the event that typing it would have caused.
export function write(field, value) {
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

// The text of an answer from the server. What it refuses is thrown, in its own words.
export async function ask(path, body) {
  const options = body === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Error("notebot does not answer. Is it still running?");
  }
  if (response.redirected || response.status === 401) window.location.assign(signIn());
  const text = await response.text();
  if (!response.ok) throw new Error(text.trim());
  return text;
}

// A question to the server, typed or by a button. `again` is the number of the question whose place it takes.
export function order(question, again = 0) {
  const field = find("#order textarea, #order input");
  if (field === null || answering() || question.trim() === "") return;
  write(field, JSON.stringify({ question, again }));
  window.setTimeout(() => find("#carry-out").click(), 0);
}

// Resolves to whether the person agreed, once the dialog is closed.
export function agreed(dialog) {
  return new Promise((resolve) => {
    dialog.returnValue = "";
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
    dialog.showModal();
  });
}

export function sure(title, about, yes) {
  const dialog = find("#sure");
  find("h2", dialog).textContent = title;
  find("#sure-about", dialog).textContent = about;
  find(".do", dialog).textContent = yes;
  return agreed(dialog);
}

export async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch { // an address without https, other than this machine's
    const field = Object.assign(document.createElement("textarea"), { value: text, className: "unseen" });
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
    button.focus();
  }
  const label = button.dataset.label ?? button.textContent;
  button.dataset.label = label;
  button.textContent = "Copied";
  say("Copied");
  window.setTimeout(() => { button.textContent = label; }, 1500);
}
