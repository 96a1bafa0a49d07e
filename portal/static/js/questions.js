// Shows of a set of questions those that are asked, given the answers above them. Without this, all are there with their conditions.

const COMPARE = {
  is: (held, value) => held.length > 0 && held[0] === value,
  is_not: (held, value) => held.length > 0 && held[0] !== value,
  has: (held, value) => held.includes(value),
  has_not: (held, value) => held.length > 0 && !held.includes(value),
  at_least: (held, value) => held.length > 0 && Number(held[0]) >= Number(value),
  filled: (held) => held.length > 0,
};

function plain(text) {
  return text.normalize("NFKC").replaceAll(/[,\s]/g, "");
}

// What is calculated, and the files that were sent, stand in no control but in data-held.
function heldBy(question) {
  const held = question.dataset.held ? [plain(question.dataset.held)] : [];
  for (const control of question.querySelectorAll("input, select, textarea")) {
    if (control.closest(".question__reason")) continue;
    if ((control.type === "checkbox" || control.type === "radio") && !control.checked) continue;
    const value = control.value.trim();
    if (value) held.push(control.inputMode === "numeric" ? plain(value) : value);
  }
  return held;
}

function refresh(set) {
  const answers = new Map();
  for (const question of set.querySelectorAll("[data-question]")) {
    const conditions = JSON.parse(question.dataset.shownWhen || "[]");
    const isAsked = conditions.every(([code, how, value]) => COMPARE[how](answers.get(code) || [], value));
    question.hidden = !isAsked;
    const held = isAsked ? heldBy(question) : [];
    answers.set(question.dataset.question, held);
    const reason = question.querySelector("[data-reason-of]");
    if (reason) reason.hidden = held[0] !== reason.dataset.reasonFor;
  }
  for (const section of set.querySelectorAll("[data-question-section]")) {
    section.hidden = !section.querySelector("[data-question]:not([hidden])");
  }
}

for (const set of document.querySelectorAll("[data-questions]")) {
  for (const note of set.querySelectorAll("[data-condition]")) note.hidden = true;
  set.addEventListener("input", () => refresh(set));
  set.addEventListener("change", () => refresh(set));
  refresh(set);
}
