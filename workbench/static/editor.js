// The map as an editor: each act is one form, sent with the version it was thought of; the page that comes back is shown.
let say, show;
export function edit(page) {
  ({ say, show } = page);
  document.addEventListener("map:shown", begin);
  begin();
}

const region = () => document.querySelector(".map-region[data-next]");
const chosen = () => {
  const here = document.activeElement?.closest?.("a.step");
  return here ?? region()?.querySelector("a.step.selected") ?? region()?.querySelector('a.step[tabindex="0"]');
};
const named = (step) => step?.dataset.name ?? "";
const dialog = (name) => document.getElementById(`ask-${name}`);
const ways = (id) => JSON.parse(document.querySelector(".asks")?.dataset.ways ?? "{}")[id] ?? [];
let busy = false, last = "";

async function send(form) {
  if (busy) return;
  busy = true;
  say("Being kept …");
  const token = form.elements.form_token;
  if (token && !token.value) token.value = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "text/html" } }).catch(() => null);
  busy = false;
  if (!answer) return say("Not kept: the server could not be reached. What you typed is still here; try again.");
  form.closest("dialog")?.close();
  last = answer.ok && form.dataset.ask !== "undo" ? "done" : "";
  await show(answer);
}

// Fill what an act asks for from the step it is about, and open its dialog, or send it at once.
const asks = {
  add(form, step) {
    const place = form.elements.place;
    place.replaceChildren(new Option("nowhere yet: connected later", ""));
    if (!step) return;
    const after = new Option(`after ${named(step)}, before all that follows it`, step.dataset.step);
    const on = ways(step.dataset.step).map((way) => new Option(`only on the way from it to ${way.to}`, `flow:${way.flow}`));
    place.append(after, ...(on.length > 1 ? on : []));
    place.value = on.length || step.dataset.kind !== "end" ? step.dataset.step : "";
  },
  rename(form, step) { form.elements.name.value = named(step); },
  lane(form, step) { form.elements.lane.value = step.dataset.lane ?? ""; },
  before(form, step) { for (const option of form.elements.target.options) option.disabled = option.value === step.dataset.step; },
  remove(form, step) {
    const on = ways(step.dataset.step).map((way) => new Option(`the way from it to ${way.to}; the others take over its share`, `flow:${way.flow}`));
    form.elements.place.replaceChildren(new Option(`${named(step)}; what led to it goes on to where it led`, step.dataset.step), ...on);
  },
};

function act(name, step = chosen()) {
  const box = dialog(name), form = box?.querySelector("form");
  if (!form) return;
  const button = document.querySelector(`.map-tools [data-act="${name}"]`);
  if (button?.getAttribute("aria-disabled") === "true") return say(button.title);
  if (button?.hasAttribute("data-of-step") && !step) return say("Choose a step first.");
  form.reset();
  form.elements.step.value = step?.dataset.step ?? "";
  for (const from of box.querySelectorAll("[data-from]")) from.textContent = `Step: ${named(step)}`;
  if (name === "undo" || name === "redo") return send(form);
  asks[name]?.(form, step);
  if (name === "rename") return inPlace(form, step);
  box.showModal();
}

// The name is typed over the step itself.
function inPlace(form, step) {
  const frame = region(), shape = step.querySelector(".shape").getBoundingClientRect(), edge = frame.getBoundingClientRect();
  const input = document.createElement("input");
  input.className = "name-here";
  input.maxLength = 120;
  input.value = form.elements.name.value;
  input.setAttribute("aria-label", `Name of ${named(step)}`);
  input.style.left = `${shape.left - edge.left + frame.scrollLeft}px`;
  input.style.top = `${shape.top - edge.top + frame.scrollTop + shape.height / 2 - 18}px`;
  input.style.width = `${Math.max(shape.width, 176)}px`;
  const leave = () => { if (input.isConnected) { input.remove(); step.focus({ preventScroll: true }); } };
  input.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") leave();
    if (event.key !== "Enter") return;
    event.preventDefault();
    form.elements.name.value = input.value.trim();
    const same = form.elements.name.value === named(step) || !form.elements.name.value;
    leave();
    if (!same) send(form);
  });
  input.addEventListener("blur", () => setTimeout(() => input.remove(), 0));
  frame.append(input);
  input.focus();
  input.select();
}

const KEYS = { n: "add", c: "connect", r: "rename", f2: "rename", l: "lane", b: "before", delete: "remove", backspace: "remove" };
document.addEventListener("keydown", (event) => {
  if (event.target.closest?.("input, textarea, select, dialog")) return;
  const key = event.key.toLowerCase();
  if ((event.ctrlKey || event.metaKey) && (key === "z" || key === "y")) {
    event.preventDefault();
    return act(key === "y" || event.shiftKey ? "redo" : "undo");
  }
  const on = event.target.closest?.("a.step");
  if (!on || event.ctrlKey || event.metaKey || event.altKey) return;
  if (KEYS[key]) { event.preventDefault(); act(KEYS[key], on); }
  if (key === "e") location.assign(`${location.pathname.replace(/map$/, "steps")}/${encodeURIComponent(on.dataset.step)}`);
});

// A step drawn to another lane moves there.
function lanes() {
  const names = [...region().querySelectorAll(".lane-name")];
  return names.map((name) => ({ lane: name.dataset.lane, top: Number(name.dataset.top), foot: Number(name.dataset.foot) }));
}

function draggable(frame) {
  const svg = frame.querySelector("svg.map");
  frame.addEventListener("dragstart", (event) => event.preventDefault());
  frame.addEventListener("pointerdown", (event) => {
    const step = event.target.closest("a.step");
    if (!step || event.button || event.pointerType === "touch") return;
    const from = [event.clientX, event.clientY];
    let moving = false;
    const scale = () => svg.viewBox.baseVal.height / svg.getBoundingClientRect().height;
    const at = (move) => (move.clientY - svg.getBoundingClientRect().top) * scale();
    const move = (to) => {
      moving ||= Math.abs(to.clientY - from[1]) > 8;
      if (moving) step.setAttribute("transform", `translate(${(to.clientX - from[0]) * scale()} ${(to.clientY - from[1]) * scale()})`);
      step.classList.toggle("moving", moving);
    };
    const drop = (to) => {
      removeEventListener("pointermove", move);
      step.removeAttribute("transform");
      step.classList.remove("moving");
      if (!moving) return;
      addEventListener("click", (click) => click.preventDefault(), { capture: true, once: true });
      const lane = lanes().find((one) => at(to) >= one.top && at(to) < one.foot)?.lane;
      if (!lane || lane === step.dataset.lane) return say("The step stays in its lane.");
      const form = dialog("lane").querySelector("form");
      form.elements.step.value = step.dataset.step;
      form.elements.lane.value = lane;
      send(form);
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", drop, { once: true });
  });
}

// What was just done can be undone from where it is said.
function offerUndo() {
  const said = document.querySelector(".said"), undo = document.querySelector('.map-tools [data-act="undo"]');
  if (!said || last !== "done" || said.querySelector("[data-undo]") || undo?.getAttribute("aria-disabled") === "true") return;
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.undo = "";
  button.textContent = "Undo";
  button.addEventListener("click", () => act("undo"));
  said.querySelector("[data-dismiss]").before(button);
}

function begin() {
  const frame = region();
  if (!frame) return;
  draggable(frame);
  offerUndo();
  for (const button of document.querySelectorAll(".map-tools [data-act]")) button.addEventListener("click", () => act(button.dataset.act));
  for (const form of document.querySelectorAll("form[data-ask]")) {
    form.addEventListener("submit", (event) => { event.preventDefault(); send(form); });
    form.querySelector("[data-close]").addEventListener("click", () => form.closest("dialog").close());
  }
}
