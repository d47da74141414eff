// Three comforts that need a script: Esc stops, a new question comes into view, a cited source opens what hides it.
"use strict";

const visible = (element) => element !== null && element.offsetParent !== null;

document.addEventListener("keydown", (event) => {
  const stop = document.getElementById("stop");
  if (event.key === "Escape" && visible(stop)) {
    stop.click();
    document.querySelector("#question textarea")?.focus();
  }
});

const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
let latest = "";

new MutationObserver(() => {
  const question = document.querySelector("#now .question");
  if (question !== null && question.id !== latest) {
    latest = question.id;
    question.scrollIntoView({ block: "start", behavior: calm.matches ? "auto" : "smooth" });
  }
}).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["id"] });
