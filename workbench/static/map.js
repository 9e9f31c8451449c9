// Comfort only: the map is one tab stop; arrows follow flows and lanes, Enter opens a step beside it, T shows the table,
// Escape goes back; it can be made larger and smaller and drawn about. What it shows comes from the server as a page.
const SIZES = [0.25, 0.5, 0.75, 1, 1.5, 2];
const view = { size: 1, left: 0, top: 0, fit: false };
const live = () => document.getElementById("live");
const still = matchMedia("(prefers-reduced-motion: reduce)");

function say(words) {
  const place = live();
  if (place) place.textContent = words;
}

// Put the page that came back in place of the one on show: heading, map, table, card.
async function show(answer, push = false) {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("content"), old = document.getElementById("content");
  if (!fresh || !old) return location.assign(answer.url);
  const here = document.activeElement?.closest?.("a.step")?.dataset.step;
  remember();
  old.replaceWith(document.adoptNode(fresh));
  document.title = page.title;
  for (const said of document.querySelectorAll(".said")) said.remove();
  const said = page.querySelector(".said");
  if (said) tell(document.adoptNode(said));
  const refused = document.querySelector("#content [role=alert] p");
  if (refused) say(refused.textContent);
  if (answer.ok && answer.url !== location.href) history[push ? "pushState" : "replaceState"](null, "", answer.url);
  begin();
  document.dispatchEvent(new CustomEvent("map:shown"));
  const steps = [...document.querySelectorAll(".map-region a.step")];
  const target = steps.find((step) => step.classList.contains("selected")) ?? steps.find((step) => step.dataset.step === here);
  if (here !== undefined || target?.classList.contains("selected")) (target ?? steps[0])?.focus({ preventScroll: !!here });
}

function tell(said) {
  document.getElementById("live").before(said);
  say(said.firstChild.textContent);
  said.querySelector("[data-dismiss]")?.addEventListener("click", () => said.remove());
}

async function go(url, push = true) {
  const answer = await fetch(url, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer) return location.assign(url);
  await show(answer, push);
}
addEventListener("popstate", () => { if (document.querySelector(".map-region[data-next]")) go(location.href, false); });

function remember() {
  const region = document.querySelector(".map-region[data-next]");
  if (region) [view.left, view.top] = [region.scrollLeft, region.scrollTop];
}

function begin() {
  for (const region of document.querySelectorAll(".map-region[data-next]")) walkable(region);
}

function walkable(region) {
  const svg = region.querySelector("svg.map");
  const steps = [...region.querySelectorAll("a.step")];
  if (!steps.length) return;
  const by = new Map(steps.map((step) => [step.dataset.step, step]));
  const next = JSON.parse(region.dataset.next);
  const before = {};
  for (const [from, targets] of Object.entries(next)) for (const to of targets) (before[to] ??= []).push(from);
  region.removeAttribute("tabindex");
  const middles = new Map();
  const middle = (step) => {
    if (!middles.has(step)) {
      const box = step.querySelector(".shape").getBBox();
      middles.set(step, [box.x + box.width / 2, box.y + box.height / 2]);
    }
    return middles.get(step);
  };
  const nearest = (here, side) => {
    const [x, y] = middle(here);
    const found = steps.map((step) => [step, ...middle(step)]).filter(([, , other]) => (other - y) * side > 20);
    found.sort((one, two) => Math.hypot(one[1] - x, 2 * (one[2] - y)) - Math.hypot(two[1] - x, 2 * (two[2] - y)));
    return found[0]?.[0];
  };
  const along = (ids, here) => by.get((ids ?? []).find((id) => id !== here.dataset.step));
  const moves = {
    ArrowRight: (here) => along(next[here.dataset.step], here),
    ArrowLeft: (here) => along(before[here.dataset.step], here),
    ArrowUp: (here) => nearest(here, -1),
    ArrowDown: (here) => nearest(here, 1),
    Home: () => steps[0],
    End: () => steps.at(-1),
  };
  let stop = steps.find((step) => step.classList.contains("selected")) ?? steps[0];
  for (const step of steps) step.setAttribute("tabindex", step === stop ? "0" : "-1");
  const stopAt = (step) => {
    stop.setAttribute("tabindex", "-1");
    step.setAttribute("tabindex", "0");
    stop = step;
  };

  const tools = region.parentElement.querySelector(".map-tools");
  const full = [svg.width.baseVal.value, svg.height.baseVal.value];
  const resize = (size, x = region.clientWidth / 2, y = region.clientHeight / 2) => {
    const by = size / view.size;
    const to = [(region.scrollLeft + x) * by - x, (region.scrollTop + y) * by - y];
    view.size = size;
    svg.setAttribute("width", Math.round(full[0] * size));
    svg.setAttribute("height", Math.round(full[1] * size));
    svg.classList.toggle("far", size < 0.75);
    svg.classList.toggle("farther", size < 0.4);
    region.scrollTo({ left: to[0], top: to[1], behavior: "instant" });
    if (tools) tools.querySelector("output").textContent = `${Math.round(size * 100)}%`;
    pin();
  };
  const zooms = {
    in: () => SIZES.find((size) => size > view.size + 0.01) ?? view.size,
    out: () => SIZES.findLast((size) => size < view.size - 0.01) ?? view.size,
    full: () => 1,
    fit: () => Math.max(0.08, Math.min(1, (region.clientWidth - 2) / full[0])),
  };
  const zoom = (way, x, y) => { resize(zooms[way](), x, y); say(`The map is at ${Math.round(view.size * 100)}%.`); };
  // The names of lanes stay in sight when the map is drawn sideways.
  const names = svg.querySelectorAll(".lane-name");
  const pin = () => { for (const name of names) name.setAttribute("transform", `translate(${region.scrollLeft / view.size} 0)`); };
  region.addEventListener("scroll", pin, { passive: true });
  const kept = [view.left, view.top];
  resize(view.size);
  region.scrollTo({ left: kept[0], top: kept[1], behavior: "instant" });
  if (stop.classList.contains("selected")) stop.scrollIntoView({ block: "nearest", inline: "nearest" });
  if (tools) {
    tools.hidden = false;
    for (const button of tools.querySelectorAll("[data-zoom]")) button.addEventListener("click", () => zoom(button.dataset.zoom));
    tools.querySelector("[data-keys]")?.addEventListener("click", keys);
    document.querySelector("#map-keys [data-close]")?.addEventListener("click", () => document.getElementById("map-keys").close());
    toolbar(tools);
  }
  function keys() { document.getElementById("map-keys")?.showModal(); }

  region.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const box = region.getBoundingClientRect();
    zoom(event.deltaY < 0 ? "in" : "out", event.clientX - box.left, event.clientY - box.top);
  }, { passive: false });
  region.addEventListener("pointerdown", (event) => {
    if (event.button || event.target.closest("a, button, input") || event.pointerType === "touch") return;
    const from = [event.clientX + region.scrollLeft, event.clientY + region.scrollTop];
    const drag = (move) => region.scrollTo({ left: from[0] - move.clientX, top: from[1] - move.clientY, behavior: "instant" });
    region.setPointerCapture(event.pointerId);
    region.addEventListener("pointermove", drag);
    region.addEventListener("lostpointercapture", () => region.removeEventListener("pointermove", drag), { once: true });
  });

  region.addEventListener("focusin", (event) => { if (by.has(event.target.dataset?.step)) stopAt(event.target); });
  region.addEventListener("click", (event) => {
    const step = event.target.closest("a.step");
    if (!step || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    region.querySelector("a.selected")?.classList.remove("selected");
    step.classList.add("selected");
    go(step.href.baseVal ?? step.getAttribute("href"));
  });
  const others = {
    "+": () => zoom("in"), "=": () => zoom("in"), "-": () => zoom("out"), 0: () => zoom("full"), f: () => zoom("fit"), "?": keys,
    t: () => region.dataset.table && location.assign(region.dataset.table),
    escape: () => region.dataset.back && go(region.dataset.back),
  };
  region.addEventListener("keydown", (event) => {
    const here = event.target.closest("a.step");
    if (!here || event.altKey || event.ctrlKey || event.metaKey || event.target.closest("input")) return;
    const way = /^[1-9]$/.test(event.key) ? by.get(next[here.dataset.step]?.[event.key - 1]) : undefined;
    const to = moves[event.key]?.(here) ?? way;
    const other = moves[event.key] || way ? undefined : others[event.key.toLowerCase()];
    if (moves[event.key] || way || other) event.preventDefault();
    if (to) { stopAt(to); to.focus({ preventScroll: true }); to.scrollIntoView({ block: "nearest", inline: "nearest", behavior: still.matches ? "instant" : "auto" }); }
    other?.();
  });
}

// A toolbar is one tab stop; arrows go along its buttons.
function toolbar(tools) {
  const buttons = [...tools.querySelectorAll("button")];
  buttons.forEach((button, n) => { button.tabIndex = n ? -1 : 0; });
  tools.addEventListener("keydown", (event) => {
    const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = buttons.indexOf(document.activeElement);
    if (!way || at < 0) return;
    event.preventDefault();
    const to = buttons[(at + way + buttons.length) % buttons.length];
    buttons[at].tabIndex = -1;
    to.tabIndex = 0;
    to.focus();
  });
}

begin();
if (document.querySelector(".asks")) {
  const { edit } = await import(new URL(`editor.js${new URL(import.meta.url).search}`, import.meta.url));
  edit({ say, show });
}
