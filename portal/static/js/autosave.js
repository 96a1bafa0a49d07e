// form[data-autosave]: what is typed is sent to data-autosave-url two seconds after the last key. The state stands in
// the element [data-save-state] of the form; its texts are data-saved ("{time} …"), data-saving and data-failed, unless
// the answer says it in words itself.
// With data-autosave="typed" it is kept for whoever types it and saves nothing: it is sent five seconds after the last
// key and when the page is left or hidden, and leaving still warns.

const PAUSE = 2000;
const PAUSE_TYPED = 5000;
const LARGEST = 50000; // bytes that a browser surely sends for a page that is gone (64 KiB, boundaries and names included)
const timers = new WeakMap();
const running = new WeakSet();
const unsent = new Set(); // forms that are kept as they are typed, with something that was not sent

const isTyped = (form) => form.dataset.autosave === "typed";

function say(form, name, said = "") {
  const state = form.querySelector("[data-save-state]");
  if (!state || (name === "saving" && !state.dataset.saving)) return;
  const time = new Date().toLocaleTimeString("ja-JP", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Tokyo" });
  const text = said || (state.dataset[name] || "").replace("{time}", time);
  if (state.textContent !== text) state.textContent = text; // read out once
}

function plan(form) {
  if (isTyped(form)) unsent.add(form);
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => save(form), isTyped(form) ? PAUSE_TYPED : PAUSE));
}

async function save(form, isLeaving = false) {
  if (form.dataset.sent) return;
  if (running.has(form) && !isLeaving) {
    plan(form);
    return;
  }
  clearTimeout(timers.get(form));
  running.add(form);
  unsent.delete(form);
  say(form, "saving");
  try {
    await take(form, await send(form, isLeaving));
  } catch {
    if (isTyped(form)) unsent.add(form);
    say(form, "failed");
  } finally {
    running.delete(form);
  }
}

function send(form, isLeaving) {
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  const size = new Blob([...data].flatMap(([name, value]) => [name, value, " ".repeat(100)])).size;
  return fetch(form.dataset.autosaveUrl, {
    method: "POST", body: data, redirect: "manual", keepalive: isLeaving && size < LARGEST,
    headers: { "X-Requested-With": "autosave", Accept: "application/json" },
  });
}

// The answer may give new values of hidden fields, such as the version, as a JSON object; ``said`` is for the reader.
async function take(form, answer) {
  const isJson = answer.headers.get("Content-Type")?.includes("json");
  const { said, ...values } = isJson ? await answer.json() : {};
  if (!answer.ok && !said) throw new Error(String(answer.status));
  for (const [name, value] of Object.entries(values)) {
    const field = form.elements.namedItem(name);
    if (field instanceof HTMLInputElement && field.type === "hidden") field.value = String(value);
  }
  say(form, "saved", said);
  if (!isTyped(form)) form.dispatchEvent(new CustomEvent("portal:saved", { bubbles: true }));
}

function sendUnsent() {
  for (const form of [...unsent]) save(form, true);
}

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.hasAttribute("data-autosave") && event.target.type !== "file") plan(form);
});
document.addEventListener("visibilitychange", () => { if (document.hidden) sendUnsent(); });
window.addEventListener("pagehide", sendUnsent);
document.addEventListener("submit", sendUnsent); // of another form of the page; forms.js has marked the one that is sent
