// [data-presence=URL]: while the page is open, says once a minute that somebody is writing; the answer {text} says who
// else is and is shown in the element. Without JavaScript opening the page says it once.

const EVERY = 60000;

async function beat(place) {
  if (document.hidden) return;
  try {
    const answer = await fetch(place.dataset.presence, {
      method: "POST", redirect: "manual",
      headers: { "X-CSRFToken": document.body.dataset.csrf, Accept: "application/json" },
    });
    if (!answer.ok) return;
    const { text } = await answer.json();
    if (place.textContent.trim() !== text) place.textContent = text;
  } catch {
    // The next beat tries again.
  }
}

for (const place of document.querySelectorAll("[data-presence]")) setInterval(() => beat(place), EVERY);
