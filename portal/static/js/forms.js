// Forms: counters, focus on what is wrong, one submission, a warning before leaving unsaved text, shown passwords.

const changed = new WeakSet();
let leaving = false;
const STAYS = 5000; // milliseconds after which a page that is still there was not left

function count(textarea) {
  const counter = document.getElementById(textarea.dataset.counter);
  if (!counter) return;
  const limit = Number(counter.dataset.limit);
  const length = [...textarea.value.replace(/\r\n?/g, "\n").trimEnd()].length;
  const isOver = length > limit;
  counter.textContent = (isOver ? counter.dataset.over : counter.dataset.template)
    .replace("{count}", length.toLocaleString())
    .replace("{limit}", limit.toLocaleString())
    .replace("{over}", (length - limit).toLocaleString());
  counter.classList.toggle("counter--over", isOver);
}

function prepare(root) {
  for (const textarea of root.querySelectorAll("textarea[data-counter]")) count(textarea);
  for (const button of root.querySelectorAll("[data-password-toggle]")) button.hidden = false;
}

prepare(document);
document.addEventListener("htmx:load", (event) => prepare(event.target));

const summary = document.querySelector("[data-error-summary]");
if (summary) summary.focus();

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-error-summary] a");
  if (link) {
    const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (target) {
      event.preventDefault();
      target.scrollIntoView({ block: "center" });
      target.focus();
    }
    return;
  }
  const toggle = event.target.closest("[data-password-toggle]");
  if (toggle) {
    const input = document.getElementById(toggle.getAttribute("aria-controls"));
    const shows = input.type === "password";
    input.type = shows ? "text" : "password";
    toggle.setAttribute("aria-pressed", String(shows));
  }
});

document.addEventListener("input", (event) => {
  if (event.target.matches("textarea[data-counter]")) count(event.target);
  const form = event.target.form;
  if (form && form.hasAttribute("data-unsaved")) changed.add(form);
});

function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
}

// A second press while the first is under way does nothing; the button's own name and value still travel. What opens
// another tab leaves the form as it is, and a form that is still there a while later brought a file: it may be sent again
// (the server takes what a form changes once, by its key).
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if ((event.submitter && event.submitter.formTarget === "_blank") || form.target === "_blank") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  leaving = true;
  setTimeout(() => {
    for (const button of form.querySelectorAll("button:not([type=button])")) button.setAttribute("aria-disabled", "true");
  });
  setTimeout(() => release(form), STAYS);
});

window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  leaving = false;
  for (const form of document.querySelectorAll("form[data-sent]")) release(form);
});

document.addEventListener("portal:saved", (event) => changed.delete(event.target));

window.addEventListener("beforeunload", (event) => {
  if (leaving) return;
  const isUnsaved = [...document.querySelectorAll("form[data-unsaved]")].some((form) => changed.has(form));
  if (isUnsaved) event.preventDefault();
});
