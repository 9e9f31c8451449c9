// Comfort only: the map is one tab stop; arrows follow flows and lanes, Enter opens a step, T shows the table, Escape goes back.
for (const region of document.querySelectorAll(".map-region[data-next]")) {
  const steps = [...region.querySelectorAll("a.step")];
  if (!steps.length) continue;
  const by = new Map(steps.map((step) => [step.dataset.step, step]));
  const next = JSON.parse(region.dataset.next);
  const before = {};
  for (const [from, targets] of Object.entries(next)) for (const to of targets) (before[to] ??= []).push(from);
  region.removeAttribute("tabindex");

  const middle = (step) => {
    const box = step.querySelector(".shape").getBBox();
    return [box.x + box.width / 2, box.y + box.height / 2];
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
  const stop = (one) => steps.forEach((step) => step.setAttribute("tabindex", step === one ? "0" : "-1"));
  stop(steps.find((step) => step.classList.contains("selected")) ?? steps[0]);

  region.addEventListener("focusin", (event) => { if (by.has(event.target.dataset?.step)) stop(event.target); });
  region.addEventListener("keydown", (event) => {
    const here = event.target.closest("a.step");
    if (!here || event.altKey || event.ctrlKey || event.metaKey) return;
    const to = moves[event.key]?.(here);
    if (moves[event.key]) event.preventDefault();
    if (to) { stop(to); to.focus(); to.scrollIntoView({ block: "nearest", inline: "nearest" }); }
    if (event.key.toLowerCase() === "t" && region.dataset.table) location.assign(region.dataset.table);
    if (event.key === "Escape" && region.dataset.back) location.assign(region.dataset.back);
  });
}
