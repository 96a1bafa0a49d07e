// form[data-autosave]: what is typed is sent to data-autosave-url two seconds after the last key. The state stands in
// the element [data-save-state] of the form; its texts are data-saved ("{time} …"), data-saving and data-failed.

const PAUSE = 2000;
const timers = new WeakMap();
const running = new WeakSet();

function say(form, name) {
  const state = form.querySelector("[data-save-state]");
  if (!state) return;
  const time = new Date().toLocaleTimeString("ja-JP", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Tokyo" });
  state.textContent = (state.dataset[name] || "").replace("{time}", time);
}

function plan(form) {
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => save(form), PAUSE));
}

async function save(form) {
  if (form.dataset.sent) return;
  if (running.has(form)) {
    plan(form);
    return;
  }
  running.add(form);
  say(form, "saving");
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  try {
    const answer = await fetch(form.dataset.autosaveUrl, {
      method: "POST", body: data, redirect: "manual", headers: { "X-Requested-With": "autosave", Accept: "application/json" },
    });
    if (!answer.ok) throw new Error(String(answer.status));
    await adopt(form, answer);
    say(form, "saved");
    form.dispatchEvent(new CustomEvent("portal:saved", { bubbles: true }));
  } catch {
    say(form, "failed");
  } finally {
    running.delete(form);
  }
}

// The answer may give new values of hidden fields, such as the version, as a JSON object.
async function adopt(form, answer) {
  if (!answer.headers.get("Content-Type")?.includes("json")) return;
  for (const [name, value] of Object.entries(await answer.json())) {
    const field = form.elements.namedItem(name);
    if (field instanceof HTMLInputElement && field.type === "hidden") field.value = String(value);
  }
}

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.hasAttribute("data-autosave") && event.target.type !== "file") plan(form);
});
