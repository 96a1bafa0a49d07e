// form[data-fill]: each answer is sent as its question is left ([data-block]); what colleagues enter meanwhile appears.
// The state stands in [data-save-state]; its texts are data-idle, data-saved ("{time} …"), data-saving, data-failed, data-refused, data-ended.

const EVERY = 20000;
const form = document.querySelector("form[data-fill]");

if (form) start(form);

function start(form) {
  const state = document.querySelector("[data-save-state]");
  const summary = document.querySelector("[data-summary]");
  const questions = form.querySelector("[data-questions]");
  const changed = new Set(); // blocks with something that has not been kept
  const refused = new Set(); // blocks of which the portal said no
  const sending = new Map(); // how many answers of a block are on their way: a clash must find what was typed
  const waiting = new Map(); // blocks to show anew when they are left
  let queue = Promise.resolve();
  let version = Number(form.elements.namedItem("seen").value);

  const say = (name, time = "") => { state.textContent = (state.dataset[name] || "").replace("{time}", time); };
  say("idle");
  const blockOf = (element) => element.closest?.("[data-block]");
  const find = (code) => form.querySelector(`[data-block="${CSS.escape(code)}"]`);

  form.addEventListener("input", (event) => { const block = blockOf(event.target); if (block) changed.add(block.dataset.block); });
  form.addEventListener("change", (event) => { const block = blockOf(event.target); if (block) changed.add(block.dataset.block); });
  // A question is left when the focus goes to another one, or out of the form; a choice is kept at once.
  form.addEventListener("focusout", (event) => {
    const block = blockOf(event.target);
    if (!block || (event.relatedTarget && block.contains(event.relatedTarget))) return;
    const code = block.dataset.block;
    if (changed.has(code)) keep(code);
    else if (waiting.has(code)) setTimeout(() => show(code));
  });
  form.addEventListener("change", (event) => {
    const block = blockOf(event.target);
    if (block && ["radio", "checkbox", "select-one", "file"].includes(event.target.type)) keep(block.dataset.block);
  });

  function keep(code) {
    if (!changed.has(code) || form.dataset.sent) return;
    changed.delete(code);
    sending.set(code, (sending.get(code) || 0) + 1);
    queue = queue.then(() => send(code)).finally(() => { sending.set(code, sending.get(code) - 1); });
  }

  async function send(code) {
    const block = find(code);
    if (!block || form.dataset.sent) return;
    const data = new FormData();
    for (const control of block.querySelectorAll("input, select, textarea")) {
      if (!control.name || ((control.type === "radio" || control.type === "checkbox") && !control.checked)) continue;
      if (control.type === "file") for (const file of control.files) data.append(control.name, file);
      else data.append(control.name, control.value);
    }
    data.append("code", code);
    data.append("seen", block.dataset.seen);
    say("saving");
    let answer;
    try {
      answer = await fetch(form.dataset.fieldUrl, { method: "POST", body: data, redirect: "manual", headers: headers() });
    } catch {
      changed.add(code);
      say("failed");
      return;
    }
    await take(answer, code);
  }

  async function take(answer, code) {
    const isJson = answer.headers.get("Content-Type")?.includes("json");
    const told = isJson ? await answer.json() : {};
    if (answer.ok && isJson) {
      refused.delete(code);
      explain(code, "");
      adopt(told, code);
      say(refused.size ? "refused" : "saved", told.time);
      if (!changed.size && !refused.size) form.dispatchEvent(new CustomEvent("portal:saved", { bubbles: true }));
      return;
    }
    if (told.error) {
      refused.add(code);
      if (told.version && find(code)) find(code).dataset.seen = String(told.version); // told of a clash: the next one insists
      explain(code, told.error);
      say("refused");
    } else {
      changed.add(code);
      say("failed");
    }
  }

  function explain(code, text) {
    const block = find(code);
    const place = block?.querySelector("[data-block-error]");
    if (!place) return;
    place.textContent = text;
    place.hidden = !text;
    for (const control of block.querySelectorAll("[data-question] :is(input, select, textarea)")) {
      const others = (control.getAttribute("aria-describedby") || "").split(" ").filter((id) => id && id !== place.id);
      const described = text ? [...others, place.id] : others;
      set(control, "aria-describedby", described.join(" "));
      set(control, "aria-invalid", text ? "true" : "");
    }
  }

  function set(control, name, value) {
    if (value) control.setAttribute(name, value);
    else control.removeAttribute(name);
  }

  // What is being typed at this moment, or was not kept yet, is never replaced; its block keeps the version it showed.
  // Of an answer that was given anew while the one before was on its way, that one only tells its version.
  function adopt(told, own = null) {
    for (const [code, html] of Object.entries(told.blocks || {})) {
      if (!find(code)) continue;
      if (code === own) find(code).dataset.seen = String(told.version);
      const isGivenAnew = changed.has(code) || sending.get(code) > (code === own ? 1 : 0);
      if (isGivenAnew || (refused.has(code) && code !== own)) continue;
      waiting.set(code, { html, isTheirs: own === null });
      show(code);
    }
    if (told.summary) summary.innerHTML = told.summary;
    if (told.state) document.querySelector("[data-entry-state]").innerHTML = told.state;
    version = told.version;
    questions.dispatchEvent(new Event("change"));
    form.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
  }

  function show(code) {
    const block = find(code);
    const { html, isTheirs } = waiting.get(code);
    const isUpload = block.querySelector("input[type=file]") !== null;
    if (block.contains(document.activeElement) && !isUpload) return;
    waiting.delete(code);
    const fresh = new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
    if (!fresh) return;
    for (const note of fresh.querySelectorAll("[data-condition]")) note.hidden = true;
    if (isTheirs && fresh.outerHTML !== block.outerHTML) fresh.classList.add("block--fresh");
    const isHere = block.contains(document.activeElement);
    block.replaceWith(fresh);
    if (isHere) fresh.querySelector("input[type=file]")?.focus();
    questions.dispatchEvent(new Event("change"));
  }

  function headers() {
    return { "X-CSRFToken": document.body.dataset.csrf, "X-Requested-With": "answering", Accept: "application/json" };
  }

  async function look() {
    if (document.hidden || form.dataset.sent) return;
    try {
      const answer = await fetch(`${form.dataset.changedUrl}?seen=${version}`, { redirect: "manual", headers: headers() });
      if (!answer.ok || !answer.headers.get("Content-Type")?.includes("json")) return;
      const told = await answer.json();
      if (told.is_open === false) say("ended");
      else if (told.blocks) adopt(told);
    } catch {
      // the next look may succeed
    }
  }

  setInterval(look, EVERY);
  document.addEventListener("visibilitychange", look);
}
