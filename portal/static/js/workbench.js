// The workbench: a row of the queue opens beside the list on a wide screen, and the address follows.
// [data-workbench] holds [data-row][data-number] rows and [data-pane]; lists.js walks the rows and calls for keys by the
// event portal:key on the row (detail: the key). Steps lead back here by "next". Without JavaScript rows are links.

const bench = document.querySelector("[data-workbench]");
const pane = bench?.querySelector("[data-pane]");
const status = document.querySelector("[data-keys-status]");
const wide = window.matchMedia("(min-width: 80rem)");
const STEPS = { t: "triage", a: "route", r: "return", n: "note" };
let shown = "";

function rowOf(number) {
  return bench.querySelector(`[data-row][data-number="${CSS.escape(number)}"]`);
}

function here(number) {
  const url = new URL(location.href);
  if (number) url.searchParams.set("open", number);
  else url.searchParams.delete("open");
  return url.pathname + url.search;
}

function mark(number) {
  for (const row of bench.querySelectorAll("[data-row]")) {
    const isOpen = row.dataset.number === number;
    row.classList.toggle("is-open", isOpen);
    row.querySelector("[data-row-link]")?.toggleAttribute("aria-current", isOpen);
    if (isOpen) {
      row.querySelector("[data-row-link]")?.setAttribute("aria-current", "true");
      row.classList.remove("is-unread");
      for (const other of bench.querySelectorAll(".is-current-row")) other.classList.remove("is-current-row");
      row.classList.add("is-current-row");
    }
  }
}

// Steps and forms of the issue come back to the list with the issue still beside it.
function leadBack(number) {
  const back = here(number);
  for (const element of pane.querySelectorAll("a[href], form[action]")) {
    const name = element.tagName === "A" ? "href" : "action";
    const url = new URL(element.getAttribute(name), location.href);
    if (url.origin !== location.origin || !url.pathname.startsWith(`/issues/${number}/`)) continue;
    if (url.pathname.includes("/attachments/")) continue;
    url.searchParams.set("next", back);
    element.setAttribute(name, url.pathname + url.search + url.hash);
  }
}

function close({ push = true } = {}) {
  const row = shown && rowOf(shown);
  shown = "";
  pane.hidden = true;
  pane.replaceChildren();
  bench.classList.remove("workbench--split");
  mark("");
  if (push) history.pushState({}, "", here(""));
  if (row) {
    row.classList.add("is-current-row");
    row.querySelector("[data-row-link]")?.focus();
  }
}

async function open(number, { push = true, focus = true } = {}) {
  if (!/^[A-Z0-9-]+$/.test(number)) return;
  shown = number;
  bench.classList.add("workbench--split");
  pane.hidden = false;
  pane.setAttribute("aria-busy", "true");
  mark(number);
  if (push) history.pushState({}, "", here(number));
  try {
    const answer = await fetch(`/issues/${encodeURIComponent(number)}/pane`, {
      headers: { "HX-Request": "true", "HX-Current-URL": location.href }, redirect: "manual",
    });
    const elsewhere = answer.headers.get("HX-Redirect");
    if (elsewhere) return void location.assign(elsewhere);
    if (!answer.ok) throw new Error(String(answer.status));
    const text = await answer.text();
    if (shown !== number) return;
    pane.innerHTML = text;
    leadBack(number);
    pane.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
  } catch {
    if (shown === number) pane.textContent = bench.dataset.failed;
  }
  pane.removeAttribute("aria-busy");
  pane.scrollTop = 0;
  if (focus) pane.focus({ preventScroll: true });
}

function say(text) {
  status.textContent = "";
  requestAnimationFrame(() => { status.textContent = text; });
}

function takeStep(row, step) {
  const number = row.dataset.number;
  if (!row.dataset.steps.split(" ").includes(step)) return say(`${number} ${bench.dataset.unavailable}`);
  if (step === "note" && shown === number) {
    const box = pane.querySelector("#note textarea, #note-text");
    if (box) {
      if (box.closest("details")) box.closest("details").open = true;
      return box.focus();
    }
  }
  const back = here(shown ? number : "");
  location.assign(`/issues/${encodeURIComponent(number)}/${step}?next=${encodeURIComponent(back)}`);
}

if (bench) {
  bench.addEventListener("click", (event) => {
    if (event.target.closest("[data-pane-close]")) return close();
    const link = event.target.closest("[data-row-link]");
    if (!link || !wide.matches || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    open(link.closest("[data-row]").dataset.number);
  });
  bench.addEventListener("portal:key", (event) => {
    const row = event.target.closest("[data-row]");
    if (event.detail === "x") row.querySelector("input[type=checkbox]")?.click();
    else if (STEPS[event.detail]) takeStep(row, STEPS[event.detail]);
  });
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest("input:not([type=checkbox]), textarea, select, dialog[open]");
    if (event.key === "Escape" && shown && !isTyping && !document.querySelector("[data-menu][open]")) close();
  });
  window.addEventListener("popstate", () => {
    const number = new URL(location.href).searchParams.get("open");
    if (number && wide.matches) open(number, { push: false, focus: false });
    else if (shown) close({ push: false });
  });
  if (bench.dataset.open && wide.matches) open(bench.dataset.open, { push: false, focus: false });
}
