// What the buttons of an answer do: copy, ask again, ask in other words, say whether it helped.
"use strict";

import { agreed, answering, ask, copy, find, order, say, sure } from "./dom.js";

const article = (button) => button.closest("article");
const latest = (exchange) => exchange.closest("#now") !== null;

async function mayCut(exchange, doing) {
  if (latest(exchange)) return true;
  const after = [...document.querySelectorAll("article.exchange")].filter((other) => Number(other.dataset.number) > Number(exchange.dataset.number));
  const many = after.length === 1 ? "The question after it is" : `The ${after.length} questions after it are`;
  return sure(`${doing} this question?`, `${many} deleted with ${after.length === 1 ? "its answer" : "their answers"}.`, doing);
}

async function retry(exchange) {
  if (!answering() && await mayCut(exchange, "Retry")) order(find(".question", exchange).textContent, Number(exchange.dataset.number));
}

function edit(exchange) {
  const question = find(".question", exchange);
  if (answering() || find(".editing", exchange) !== null) return;
  const form = document.createElement("form");
  form.className = "editing";
  form.innerHTML = '<textarea rows="2" maxlength="8000" aria-label="Your question in other words"></textarea>'
    + '<p class="answers"><button class="do">Ask again</button><button type="button" class="act">Cancel</button></p>';
  const field = find("textarea", form);
  const leave = () => {
    form.remove();
    question.hidden = false;
    find("[data-act=edit]", exchange)?.focus();
  };
  field.value = question.textContent;
  question.hidden = true;
  question.after(form);
  field.focus();
  find("button.act", form).addEventListener("click", leave);
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { event.stopPropagation(); leave(); }
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); form.requestSubmit(); }
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (field.value.trim() === "" || !await mayCut(exchange, "Ask again")) return;
    order(field.value, Number(exchange.dataset.number));
  });
}

async function judge(exchange, verdict, reason = "", note = "") {
  try {
    await ask("/page/judge", { entry: exchange.dataset.entry, verdict, reason, note });
  } catch (error) {
    say(error.message);
    return;
  }
  for (const name of ["up", "down"]) find(`[data-act=${name}]`, exchange)?.setAttribute("aria-pressed", String(name === verdict));
  say(verdict === "" ? "Taken back" : "Kept on this machine");
}

async function think(exchange, button) {
  const verdict = button.dataset.act;
  if (button.getAttribute("aria-pressed") === "true") return judge(exchange, "");
  if (verdict === "up") return judge(exchange, "up");
  const dialog = find("#why");
  find("form", dialog).reset();
  if (!await agreed(dialog)) return undefined;
  return judge(exchange, "down", find("input:checked", dialog)?.value ?? "", find("#why-note", dialog).value);
}

export const acts = {
  ask: (button) => order(button.dataset.text),
  retry: (button) => retry(article(button)),
  edit: (button) => edit(article(button)),
  up: (button) => think(article(button), button),
  down: (button) => think(article(button), button),
  "copy-text": (button) => copy(button.dataset.text, button),
  "copy-code": (button) => copy(find("pre", button.parentElement).textContent, button),
};
