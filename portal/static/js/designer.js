// Shows in the designer's form of a question only what its kind has. Without this, everything is there with its explanation.

function refresh(form) {
  const chosen = form.querySelector('input[name="kind"]:checked');
  for (const part of form.querySelectorAll("[data-of-kinds]")) {
    part.hidden = Boolean(chosen) && !part.dataset.ofKinds.split(" ").includes(chosen.value);
  }
}

for (const form of document.querySelectorAll("[data-designer]")) {
  form.addEventListener("change", () => refresh(form));
  refresh(form);
}

// In a light survey the choices are there for questions with choices alone.
for (const row of document.querySelectorAll("[data-light]")) {
  const kind = row.querySelector("select");
  const options = row.querySelector("[data-options]");
  const show = () => { options.hidden = !["single", "multiple"].includes(kind.value); };
  kind.addEventListener("change", show);
  show();
}
