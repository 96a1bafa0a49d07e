// Lists: select all, the number selected, and keys.
// [data-select-all=NAME] checks every box of that name in its form or table; [data-selected-count=NAME] shows how many
// (template in data-template, "{count}"). [data-keys] is a list whose [data-row] are walked with j and k and opened with
// o or Enter; an element with data-key="r" is pressed by that key, and where none is the row is told (portal:key);
// ? opens the dialog named in data-keys-help. [data-keys-switch] turns single keys off, which the browser remembers.

function boxes(root, name) {
  return [...root.querySelectorAll(`input[type="checkbox"][name="${CSS.escape(name)}"]`)];
}

function update(root) {
  for (const output of document.querySelectorAll("[data-selected-count]")) {
    const chosen = boxes(document, output.dataset.selectedCount).filter((box) => box.checked).length;
    output.textContent = (output.dataset.template || "{count}").replace("{count}", String(chosen));
    output.hidden = false;
  }
  for (const all of root.querySelectorAll("[data-select-all]")) {
    const own = boxes(all.closest("form, table") || document, all.dataset.selectAll);
    const chosen = own.filter((box) => box.checked).length;
    all.checked = own.length > 0 && chosen === own.length;
    all.indeterminate = chosen > 0 && chosen < own.length;
  }
}

document.addEventListener("change", (event) => {
  const name = event.target.dataset.selectAll;
  if (name) {
    for (const box of boxes(event.target.closest("form, table") || document, name)) box.checked = event.target.checked;
  }
  if (event.target.type === "checkbox") update(document);
});

for (const all of document.querySelectorAll("[data-select-all]")) all.closest("[hidden]")?.removeAttribute("hidden");
update(document);

const list = document.querySelector("[data-keys]");

function walk(step) {
  const rows = [...list.querySelectorAll("[data-row]")];
  if (!rows.length) return;
  const now = rows.indexOf(currentRow());
  const row = rows[Math.min(rows.length - 1, Math.max(0, now + step))];
  for (const other of rows) other.classList.toggle("is-current-row", other === row);
  row.querySelector("a")?.focus();
  row.scrollIntoView({ block: "nearest" });
}

function typing(element) {
  return element.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog[open]");
}

const SWITCH = "portal-single-keys";
const keysSwitch = document.querySelector("[data-keys-switch]");

function remembered() {
  try {
    return localStorage.getItem(SWITCH);
  } catch {
    return null;
  }
}

let keysAreOff = remembered() === "off";

function showSwitch() {
  const word = keysSwitch.querySelector("[data-on]");
  keysSwitch.setAttribute("aria-checked", String(!keysAreOff));
  word.textContent = keysAreOff ? word.dataset.off : word.dataset.on;
}

for (const tools of document.querySelectorAll("[data-keys-tools]")) tools.hidden = false;
if (keysSwitch) {
  showSwitch();
  keysSwitch.addEventListener("click", () => {
    keysAreOff = !keysAreOff;
    try {
      localStorage.setItem(SWITCH, keysAreOff ? "off" : "on");
    } catch {
      // without storage it holds for this page
    }
    showSwitch();
  });
}

function currentRow() {
  return document.activeElement?.closest("[data-row]") || list.querySelector(".is-current-row");
}

function press(key) {
  const button = document.querySelector(`[data-key="${key}"]`);
  if (button) button.click();
  else currentRow()?.dispatchEvent(new CustomEvent("portal:key", { bubbles: true, detail: key }));
}

document.addEventListener("keydown", (event) => {
  if (keysAreOff || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
  if (event.key === "/" && document.querySelector("[data-search]")) {
    event.preventDefault();
    document.querySelector("[data-search]").focus();
    return;
  }
  if (!list) return;
  if (event.key === "j" || event.key === "k") walk(event.key === "j" ? 1 : -1);
  else if (event.key === "o") currentRow()?.querySelector("a")?.click();
  else if (event.key === "?") document.getElementById(list.dataset.keysHelp)?.showModal();
  else if (/^[a-z]$/.test(event.key)) {
    event.preventDefault();
    press(event.key);
  }
});
