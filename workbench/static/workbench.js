// Comfort only: every page works without this. Parts that say data-poll are asked for again until they no longer say it;
// then the page is asked for once more, because it shows what came of it, unless somebody is typing on it.
const soon = 1500;
const live = document.getElementById("live");

async function again(part) {
  const answer = await fetch(part.dataset.poll, { headers: { Accept: "text/html" }, credentials: "same-origin" }).catch(() => null);
  if (!answer || !answer.ok) return setTimeout(again, soon * 4, part);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".job");
  if (!fresh) return;
  if (fresh.dataset.quarter !== part.dataset.quarter && live) live.textContent = fresh.dataset.spoken;
  if (fresh.outerHTML !== part.outerHTML) part.replaceWith(fresh);
  const now = fresh.isConnected ? fresh : part;
  if (now.dataset.poll) setTimeout(again, soon, now);
  else if (!document.activeElement?.closest("form")) location.reload();
}
for (const part of document.querySelectorAll("[data-poll]")) setTimeout(again, soon, part);

for (const button of document.querySelectorAll("[data-dismiss]")) button.addEventListener("click", () => button.parentElement.remove());

document.addEventListener("keydown", (event) => {
  const menu = document.querySelector("details.menu[open]");
  if (event.key === "Escape" && menu) { menu.open = false; menu.querySelector("summary").focus(); }
});
