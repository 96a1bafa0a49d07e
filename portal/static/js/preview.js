// [data-preview]: the text area's second tab shows the Markdown as it will be read, rendered by the server.

function start(root) {
  for (const tabs of root.querySelectorAll("[data-preview-tabs]")) tabs.hidden = false;
}

function turn(box, shows) {
  box.querySelector("textarea").hidden = shows;
  box.querySelector("[data-preview-output]").hidden = !shows;
  box.querySelector("[data-preview-write]").setAttribute("aria-pressed", String(!shows));
  box.querySelector("[data-preview-show]").setAttribute("aria-pressed", String(shows));
}

async function show(box) {
  const output = box.querySelector("[data-preview-output]");
  const text = box.querySelector("textarea").value;
  turn(box, true);
  if (!text.trim()) {
    output.textContent = box.dataset.previewEmpty;
    return;
  }
  const token = document.body.dataset.csrf;
  try {
    const answer = await fetch(box.dataset.previewUrl, {
      method: "POST", body: new URLSearchParams({ text, csrf_token: token }), redirect: "manual",
      headers: { "X-CSRFToken": token, "HX-Request": "true" },
    });
    if (!answer.ok) throw new Error(String(answer.status));
    output.innerHTML = await answer.text();
  } catch {
    output.textContent = box.dataset.previewFailed;
  }
}

start(document);
document.addEventListener("htmx:load", (event) => start(event.target));

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-preview-show], [data-preview-write]");
  if (!button) return;
  const box = button.closest("[data-preview]");
  if (button.hasAttribute("data-preview-show")) {
    show(box);
  } else {
    turn(box, false);
    box.querySelector("textarea").focus();
  }
});
