// Dialogs: [data-dialog=ID] opens one; form[data-confirm] asks before it is sent.

for (const button of document.querySelectorAll("[data-dialog]")) button.hidden = false;

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function ask(form) {
  const dialog = element("dialog", "dialog", "");
  const question = element("p", "dialog__title", form.dataset.confirm);
  const actions = element("div", "dialog__actions", "");
  const no = element("button", "button button--secondary", form.dataset.confirmNo || "×");
  const yes = element("button", "button button--primary", form.dataset.confirmYes || "OK");
  question.id = "confirm-question";
  dialog.setAttribute("aria-labelledby", question.id);
  actions.append(no, yes);
  dialog.append(question, actions);
  document.body.append(dialog);
  no.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  yes.addEventListener("click", () => {
    form.dataset.confirmed = "yes";
    dialog.close();
    form.requestSubmit(form.confirmSubmitter || undefined);
  });
  dialog.showModal();
  no.focus();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset?.confirm) return;
  if (form.dataset.confirmed) {
    delete form.dataset.confirmed;
    return;
  }
  event.preventDefault();
  form.confirmSubmitter = event.submitter;
  ask(form);
}, { capture: true });

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-dialog]");
  if (button) document.getElementById(button.dataset.dialog)?.showModal();
});
