// The frame: text size, menus that close, banners that can be put away, buttons that copy.

const SIZES = ["normal", "large", "largest"];

function showSize(size) {
  document.documentElement.dataset.textSize = size;
  for (const button of document.querySelectorAll("[data-text-sizes] button")) {
    button.setAttribute("aria-pressed", String(button.dataset.textSize === size));
  }
}

for (const group of document.querySelectorAll("[data-text-sizes]")) {
  group.hidden = false;
}
showSize(document.documentElement.dataset.textSize || "normal");

for (const button of document.querySelectorAll("[data-dismiss], [data-copy]")) {
  button.hidden = false;
}

function closeMenus(except) {
  for (const menu of document.querySelectorAll("[data-menu][open]")) {
    if (!menu.contains(except)) menu.open = false;
  }
}

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  const text = "value" in source ? source.value : source.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    source.select?.();
    document.execCommand("copy");
  }
  button.textContent = button.dataset.copied || button.textContent;
}

document.addEventListener("click", (event) => {
  closeMenus(event.target);
  const button = event.target.closest("button");
  if (!button) return;
  if (button.closest("[data-text-sizes]") && SIZES.includes(button.dataset.textSize)) {
    showSize(button.dataset.textSize);
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `text_size=${button.dataset.textSize}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
  } else if (button.hasAttribute("data-dismiss")) {
    button.closest("[data-banner]")?.remove();
  } else if (button.dataset.copy) {
    copy(button);
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("[data-menu][open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary")?.focus();
});
