// Draws one window of the tree as an icicle. The viewport [a, b) in positions lives here; Python is asked for finer
// marks when it has rested, and for another participant when one is chosen. Never mirrored.
const NS = "http://www.w3.org/2000/svg", ROW = 22, GUTTER = 30, REST = 350, TEXT = 7.2;
const LTR = "\u2066", END = "\u2069";

function make(name, attributes, parent) {
  const made = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  parent.appendChild(made);
  return made;
}

function begin(root) {
  const box = document.createElement("div");
  box.className = "icicle";
  root.appendChild(box);
  const svg = make("svg", { role: "application", tabindex: "0" }, box);
  const tip = document.createElement("p");
  tip.className = "tip";
  tip.setAttribute("aria-live", "polite");
  box.appendChild(tip);
  const state = { box, svg, tip, a: 0, b: 1, home: null, walked: null, timer: null, drag: null };
  const place = (event) => (event.clientX - svg.getBoundingClientRect().left - GUTTER) / (width(state) - GUTTER);
  svg.addEventListener("wheel", (event) => {
    event.preventDefault();
    const at = Math.min(Math.max(place(event), 0), 1);
    zoom(state, at, Math.exp(Math.max(-200, Math.min(200, event.deltaY)) * 0.004));
  }, { passive: false });
  svg.addEventListener("pointerdown", (event) => { state.drag = { x: event.clientX, a: state.a, b: state.b, moved: false }; });
  svg.addEventListener("pointermove", (event) => {
    if (!state.drag) return;
    const shift = (event.clientX - state.drag.x) / (width(state) - GUTTER) * (state.drag.b - state.drag.a);
    if (Math.abs(event.clientX - state.drag.x) > 4) {
      if (!state.drag.moved) { state.drag.moved = true; svg.setPointerCapture(event.pointerId); }
      view(state, state.drag.a - shift, state.drag.b - shift);
    }
  });
  const drop = () => { const moved = state.drag && state.drag.moved; state.drag = null; state.still = !moved; };
  svg.addEventListener("pointerup", drop);
  svg.addEventListener("pointercancel", drop);
  svg.addEventListener("click", (event) => {
    const mark = event.target.__mark;
    if (mark && state.still !== false) choose(state, mark);
  });
  svg.addEventListener("pointerover", (event) => { if (event.target.__mark) say(state, event.target.__mark); });
  svg.addEventListener("keydown", (event) => walk(state, event));
  state.watcher = new ResizeObserver(() => draw(state));
  state.watcher.observe(box);
  return state;
}

function width(state) { return Math.max(state.box.clientWidth, 120); }

function view(state, a, b) {
  const [left, right] = state.home, span = Math.min(Math.max(b - a, 4), right - left);
  a = Math.max(left, Math.min(a, right - span));
  state.a = a;
  state.b = a + span;
  draw(state);
  clearTimeout(state.timer);
  state.timer = setTimeout(() => ask(state), REST);
}

function zoom(state, at, factor) {
  const span = state.b - state.a, wanted = Math.max(span * factor, 4), x = state.a + at * span;
  view(state, x - at * wanted, x + (1 - at) * wanted);
}

function ask(state) {
  // half a screen to each side as well, so that a short drag finds its marks already there
  const span = state.b - state.a, [left, right] = state.home;
  const x0 = Math.max(left, Math.floor(state.a - span / 2)), x1 = Math.min(right, Math.ceil(state.b + span / 2));
  state.component.setStateValue("view", { x0, x1, home: state.home });
}

function choose(state, mark) {
  if (mark.id !== null) state.component.setTriggerValue("chosen", mark.id);
  else view(state, mark.x0 - (mark.x1 - mark.x0) * 0.1, mark.x1 + (mark.x1 - mark.x0) * 0.1);
}

function tell(state, mark) {
  const words = state.data.words, count = LTR + mark.count.toLocaleString("en") + END;
  const where = words.at.replace("{depth}", LTR + mark.depth + END).replace("{count}", count);
  return mark.id === null ? `${words.many}; ${where}` : `${LTR}${mark.id}${END}: ${where}`;
}

function say(state, mark) { state.tip.textContent = tell(state, mark); }

function walk(state, event) {
  if (event.key === "+" || event.key === "-") { zoom(state, 0.5, event.key === "+" ? 0.6 : 1 / 0.6); event.preventDefault(); return; }
  const steps = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
  if (event.key === "Enter" && state.walked) { choose(state, state.walked); event.preventDefault(); return; }
  const step = steps[event.key];
  if (!step) return;
  event.preventDefault();
  const seen = state.marks.filter((mark) => mark.x1 > state.a && mark.x0 < state.b);
  const now = state.walked && seen.includes(state.walked) ? state.walked : null;
  let next;
  if (!now) next = seen[0];
  else if (step[1]) {
    const row = seen.filter((mark) => mark.depth === now.depth + step[1]);
    next = row.find((mark) => mark.x1 > now.x0 && mark.x0 < now.x1);
  } else {
    const row = seen.filter((mark) => mark.depth === now.depth).sort((one, other) => one.x0 - other.x0);
    next = row[row.indexOf(now) + step[0]];
  }
  if (next) { state.walked = next; draw(state); say(state, next); }
}

function draw(state) {
  if (!state.data) return;
  const { svg, data } = state, wide = width(state), room = wide - GUTTER, scale = room / (state.b - state.a);
  const [first, last] = data.depth, high = Math.max(1, Math.min(last, state.deepest + 1) - first) * ROW;
  svg.replaceChildren();
  svg.setAttribute("viewBox", `0 0 ${wide} ${high}`);
  svg.style.height = `${high}px`;
  svg.setAttribute("aria-label", data.words.label);
  const defs = make("defs", {}, svg);
  const pattern = make("pattern", { id: "hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, defs);
  make("rect", { width: 6, height: 6, class: "many" }, pattern);
  make("line", { x1: 0, y1: 0, x2: 0, y2: 6, class: "hatch" }, pattern);
  for (let depth = first; depth * ROW < (first * ROW) + high; depth += 1) {
    const label = make("text", { x: GUTTER - 6, y: (depth - first) * ROW + 15, class: "depth" }, svg);
    label.textContent = String(depth);
  }
  const clip = make("clipPath", { id: "inside" }, defs);
  make("rect", { x: GUTTER, y: 0, width: room, height: high }, clip);
  const inside = make("g", { "clip-path": "url(#inside)" }, svg);
  for (const mark of state.marks) {
    if (mark.x1 <= state.a || mark.x0 >= state.b) continue;
    const x = GUTTER + (Math.max(mark.x0, state.a - 1) - state.a) * scale;
    const end = GUTTER + (Math.min(mark.x1, state.b + 1) - state.a) * scale;
    const y = (mark.depth - first) * ROW, one = mark.id !== null;
    let kind = one ? (mark.depth % 2 ? "one" : "one even") : "many";
    if (one && mark.id === data.chosen) kind += " picked";
    if (mark === state.walked) kind += " walked";
    const box = make("rect", { x, y: y + 1, width: Math.max(end - x, 0.6), height: ROW - 2, class: kind }, inside);
    if (!one) box.style.fill = "url(#hatch)";
    if (one) box.setAttribute("data-id", mark.id);
    box.__mark = mark;
    make("title", {}, box).textContent = tell(state, mark);
    const left = Math.max(x, GUTTER) + 4, space = Math.min(end, wide) - left;
    let text = one ? mark.id : mark.count.toLocaleString("en");
    if (one && text.length * TEXT + 50 < space) text += `  ${mark.count.toLocaleString("en")}`;
    if (text.length * TEXT < space) make("text", { x: left, y: y + 15, class: one ? "" : "dark" }, inside).textContent = text;
  }
}

const states = new WeakMap();

export default function (component) {
  const { data, parentElement } = component;
  if (!data) return undefined;
  let state = states.get(parentElement);
  if (!state) { state = begin(parentElement); states.set(parentElement, state); }
  const moved = !state.home || state.home[0] !== data.home[0] || state.home[1] !== data.home[1];
  state.component = component;
  state.data = data;
  state.marks = data.marks.map(([id, x0, x1, depth, count]) => ({ id, x0, x1, depth, count }));
  state.deepest = state.marks.reduce((most, mark) => Math.max(most, mark.depth), data.depth[0]);
  state.walked = state.walked ? state.marks.find((mark) => mark.x0 === state.walked.x0 && mark.depth === state.walked.depth) || null : null;
  state.home = data.home;
  state.tip.className = data.arabic ? "tip rtl" : "tip";
  if (moved) { clearTimeout(state.timer); [state.a, state.b] = data.home; state.tip.textContent = ""; }
  draw(state);
  return () => { clearTimeout(state.timer); state.watcher.disconnect(); state.box.remove(); states.delete(parentElement); };
}
