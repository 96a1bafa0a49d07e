// Shows in the designer's form of a question only what its kind has. Without this, everything is there with its explanation.

function refresh(form) {
  const chosen = form.querySelector('input[name="kind"]:checked');
  for (const part of form.querySelectorAll("[data-of-kinds]")) {
    part.hidden = Boolean(chosen) && !part.dataset.ofKinds.split(" ").includes(chosen.value);
    for (const control of part.querySelectorAll("input, select, textarea")) control.disabled = part.hidden;
  }
}

for (const form of document.querySelectorAll("[data-designer]")) {
  form.addEventListener("change", () => refresh(form));
  refresh(form);
}

// A condition offers the choices of its question, and the ways to compare that fit it. Without this, a value is typed.
function follow(row, before) {
  const [code, how] = row.querySelectorAll("select");
  const value = row.querySelector("input");
  const known = JSON.parse(row.dataset.conditionOf);
  const list = document.createElement("select");
  list.className = value.className;
  const frame = document.createElement("span");
  frame.className = "select";
  frame.append(list);
  value.after(frame);
  const { id } = value;  // the label and the summary of errors lead to whichever of the two is there
  for (const name of ["aria-describedby", "aria-invalid"]) if (value.hasAttribute(name)) list.setAttribute(name, value.getAttribute(name));

  const show = () => {
    const asked = known[code.value];
    for (const option of how.options) option.hidden = option.disabled = Boolean(asked) && !asked.hows.includes(option.value);
    if (how.selectedOptions[0]?.disabled) how.value = asked.hows[0];
    const values = asked?.values ?? [];
    list.replaceChildren(new Option(row.dataset.choose, ""), ...values.map((each) => new Option(each, each)));
    if (values.length) list.value = values.includes(value.value) ? value.value : "";
    how.closest(".field").hidden = !asked;
    value.closest(".field").hidden = !asked || how.value === "filled";
    value.hidden = values.length > 0;
    frame.hidden = values.length === 0;
    list.id = values.length ? id : "";
    value.id = values.length ? "" : id;
    row.hidden = Boolean(before) && !before.value && !code.value;
  };
  list.addEventListener("change", () => { value.value = list.value; });
  code.addEventListener("change", () => {
    const values = known[code.value]?.values ?? [];
    if (values.length && !values.includes(value.value)) value.value = "";
  });
  row.closest("form").addEventListener("change", show);
  show();
  return code;
}

let before = null;
for (const row of document.querySelectorAll("[data-condition-of]")) before = follow(row, before);

// In a light survey the choices are there for questions with choices alone.
for (const row of document.querySelectorAll("[data-light]")) {
  const kind = row.querySelector("select");
  const options = row.querySelector("[data-options]");
  const show = () => {
    options.hidden = !["single", "multiple"].includes(kind.value);
    for (const control of options.querySelectorAll("textarea")) control.disabled = options.hidden;
  };
  kind.addEventListener("change", show);
  show();
}
