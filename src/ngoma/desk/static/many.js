// Many cases at once: only the fields of the chosen step are shown; a template fills every language.
"use strict";

(() => {
  const form = document.querySelector(".many");
  if (!form) return;
  function fit() {
    const step = form.elements.step.value;
    for (const field of form.querySelectorAll("[data-for]")) field.hidden = !field.dataset.for.split(" ").includes(step);
  }
  form.addEventListener("change", fit);
  form.addEventListener("click", (event) => {
    const texts = event.target.closest("[data-texts]")?.dataset.texts;
    if (!texts) return;
    for (const [tag, text] of Object.entries(JSON.parse(texts))) {
      const field = document.getElementById(`text-${tag}`);
      if (field) field.value = text;
    }
  });
  fit();
})();
