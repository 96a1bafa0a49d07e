// [data-suggest=URL][data-suggest-for=ID]: what stands at URL?title=… while the field ID is being typed in, fetched once
// the typing pauses. [data-load=URL]: what stands there comes into [data-load-here] once the page is shown.

const PAUSE = 500;
const SHORTEST = 4;

async function fetchPart(url) {
  const answer = await fetch(url, { redirect: "manual", headers: { "HX-Request": "true" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.text();
}

function watch(place) {
  const field = document.getElementById(place.dataset.suggestFor);
  let timer = 0;
  let asked = "";
  async function ask() {
    const title = field.value.trim();
    if (title === asked) return;
    asked = title;
    if (title.length < SHORTEST) {
      place.replaceChildren();
      return;
    }
    try {
      const part = await fetchPart(`${place.dataset.suggest}?title=${encodeURIComponent(title)}`);
      if (asked === title) place.innerHTML = part; // a later question may have been answered first
    } catch {
      if (asked === title) asked = "";
    }
  }
  field?.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
}

async function load(place) {
  try {
    const part = await fetchPart(place.dataset.load);
    place.querySelector("[data-load-here]").innerHTML = part;
  } catch {
    // the link stays
  }
}

for (const place of document.querySelectorAll("[data-suggest]")) watch(place);
for (const place of document.querySelectorAll("[data-load]")) load(place);
