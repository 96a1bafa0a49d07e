// [data-paper-form]: while a paper is written, it stands beside as it will be printed, set by the server.

const form = document.querySelector("[data-paper-form]");
const beside = document.querySelector("[data-paper-preview]");
const wide = matchMedia("(min-width: 80rem)");
const PAUSE = 600; // milliseconds after the last key

let timer = 0;
let latest = 0;

async function show() {
  if (!wide.matches) {
    beside.hidden = true;
    return;
  }
  const mine = ++latest;
  const typed = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") typed.append(name, value);
  try {
    const answer = await fetch(form.dataset.paperForm, {
      method: "POST", body: typed, redirect: "manual", headers: { "HX-Request": "true" },
    });
    if (!answer.ok || mine !== latest) return;
    beside.innerHTML = await answer.text();
    beside.hidden = false;
  } catch {
    // the next key tries again; the button shows the page without this
  }
}

form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(show, PAUSE);
});
wide.addEventListener("change", show);
show();
