// A storyboard as a list of cards: written in, dragged by a handle or moved by keys, taken away.
//
// `render({ model, el })` is the contract of anywidget; Panel's AnyWidgetComponent keeps it too. The model holds `cards`,
// each with number, text, seconds, camera, note and perhaps a picture; `disabled`; and `asked`, the last wishes of
// the reader, which Python answers with new cards.

const MOST_TEXT = 32000;
const RECENT = 100; // wishes
const GRIP = "M9 5h2v3H9zM13 5h2v3h-2zM9 10.5h2v3H9zM13 10.5h2v3h-2zM9 16h2v3H9zM13 16h2v3h-2z";
const BIN = "M9 4h6l1 2h4v2H4V6h4zM6 9h12l-1 11H7z";

function make(tag, attributes = {}, ...children) {
  const svg = ["svg", "path"].includes(tag);
  const node = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

const icon = (d) => make("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, make("path", { d }));

// Jupyter hands over a DataView, Panel an ArrayBuffer.
const bytes = (value) => new Uint8Array(value?.buffer ?? value ?? 0, value?.byteOffset ?? 0, value?.byteLength ?? 0);

function middle(node) {
  const box = node.getBoundingClientRect();
  return box.top + box.height / 2;
}

function build(number) {
  const grip = make("button", { type: "button", class: "grip" }, icon(GRIP));
  const picture = make("img", { draggable: "false" });
  const text = make("textarea", { rows: 2, maxlength: MOST_TEXT });
  const seconds = make("input", { type: "number", min: 1, max: 120, step: 0.5 });
  const camera = make("input", { type: "text", maxlength: 400, placeholder: "left to the model" });
  const bin = make("button", { type: "button", class: "bin" }, icon(BIN));
  const note = make("p", { class: "note" });
  const row = make("div", { class: "row" });
  row.append(make("label", {}, "Seconds", seconds), make("label", { class: "wide" }, "Camera", camera));
  const words = make("div", { class: "words" }, text, row, note);
  const item = make("li", { "data-number": number }, grip, make("div", { class: "picture" }, picture), words, bin);
  return { number, item, grip, picture, text, seconds, camera, bin, note };
}

function render({ model, el }) {
  const help = make("p", { class: "help" }, "Drag a card by its handle, or focus the handle and press the arrow keys.");
  const list = make("ol", { "aria-label": "Cards" });
  const told = make("p", { class: "told", role: "status" });
  const root = make("section", { class: "sora2lib-board", "aria-label": "Storyboard" }, help, list, told);
  const known = new Map(); // parts of each card by its number
  const kept = new Map(); // addresses of pictures that the browser holds for us
  let turn = 0;
  let wishes = [];
  let dragged = null;
  let news = ""; // what is told once the cards lie otherwise
  let shown = "";

  const focused = () => root.getRootNode().activeElement;
  const order = () => [...list.children].map((item) => Number(item.dataset.number));
  const place = (number) => model.get("cards").findIndex((card) => card.number === number);

  // Panel takes the last of several values that come quickly, so the wishes before it are sent along.
  function ask(act, number, more = {}) {
    turn = Math.max(turn + 1, Date.now());
    wishes = [...wishes, { act, number, turn, ...more }].slice(-RECENT);
    model.set("asked", wishes);
    model.save_changes();
  }

  function move(number, to) {
    const count = model.get("cards").length;
    if (to < 0 || to >= count || to === place(number)) return;
    news = `Card ${place(number) + 1} is moved to place ${to + 1} of ${count}.`;
    ask("move", number, { place: to });
  }

  function edit(number, name, value) {
    ask("edit", number, { values: { [name]: value } });
  }

  function remove(number) {
    const at = place(number);
    news = `Card ${at + 1} is removed; Undo brings it back.`;
    const next = list.children[at + 1] ?? list.children[at - 1];
    next?.querySelector(".bin").focus();
    ask("remove", number);
  }

  function card(number) {
    const parts = build(number);
    const { item, grip, text, seconds, camera, bin } = parts;
    text.addEventListener("change", () => edit(number, "text", text.value));
    seconds.addEventListener("change", () => edit(number, "seconds", seconds.valueAsNumber || 0));
    camera.addEventListener("change", () => edit(number, "camera", camera.value));
    bin.addEventListener("click", () => remove(number));
    grip.addEventListener("keydown", (event) => press(event, number));
    grip.addEventListener("pointerdown", (event) => take(event, item));
    grip.addEventListener("pointermove", drag);
    grip.addEventListener("pointerup", drop);
    grip.addEventListener("pointercancel", () => drop(null));
    item.addEventListener("keydown", (event) => event.stopPropagation()); // or a notebook takes keys as its own
    return parts;
  }

  function press(event, number) {
    const steps = { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity }[event.key];
    if (event.key === "Escape" && dragged) drop(null);
    if (!steps || model.get("disabled")) return;
    event.preventDefault();
    move(number, Math.min(Math.max(place(number) + steps, 0), list.children.length - 1));
  }

  function take(event, item) {
    if (model.get("disabled") || event.button) return;
    event.target.setPointerCapture(event.pointerId);
    dragged = item;
    item.classList.add("dragged");
  }

  // Neighbours whose middle the pointer has passed change sides; a card that was moved itself would lose the pointer.
  function drag({ clientY }) {
    let near;
    while ((near = dragged?.previousElementSibling) && clientY < middle(near)) dragged.after(near);
    while ((near = dragged?.nextElementSibling) && clientY > middle(near)) dragged.before(near);
  }

  function drop(event) {
    if (!dragged) return;
    const number = Number(dragged.dataset.number);
    const to = order().indexOf(number);
    dragged.classList.remove("dragged");
    dragged = null;
    if (event) move(number, to);
    show();
  }

  function picture(parts, content) {
    const before = kept.get(parts.number);
    if (content && before?.content === content) return;
    if (before) URL.revokeObjectURL(before.address);
    kept.delete(parts.number);
    if (content) {
      const address = URL.createObjectURL(new Blob([bytes(content)], { type: "image/jpeg" }));
      kept.set(parts.number, { content, address });
      parts.picture.src = address;
    }
    parts.picture.hidden = !content;
  }

  function fill(parts, { text, seconds, camera, note, picture: content }, at) {
    const name = `card ${at + 1}`;
    // What somebody is writing is not written over.
    for (const [field, value] of [[parts.text, text], [parts.seconds, String(seconds)], [parts.camera, camera]]) {
      if (field !== focused() || field.disabled) field.value = value;
      field.disabled = model.get("disabled");
    }
    parts.text.setAttribute("aria-label", `Words of ${name}`);
    parts.seconds.setAttribute("aria-label", `Seconds of ${name}`);
    parts.camera.setAttribute("aria-label", `Camera of ${name}`);
    parts.grip.setAttribute("aria-label", `Move ${name}`);
    parts.bin.setAttribute("aria-label", `Remove ${name}`);
    parts.grip.title = "Drag, or press the arrow keys";
    parts.bin.title = "Remove";
    parts.grip.disabled = parts.bin.disabled = model.get("disabled");
    parts.picture.alt = `What ${name} shows: ${text}`;
    parts.note.textContent = note;
    picture(parts, content);
  }

  function show() {
    if (dragged) return;
    const cards = model.get("cards");
    const held = focused();
    const numbers = cards.map((card) => card.number);
    for (const [number, parts] of known) {
      if (numbers.includes(number)) continue;
      picture(parts, null);
      parts.item.remove();
      known.delete(number);
    }
    cards.forEach((it, at) => {
      if (!known.has(it.number)) known.set(it.number, card(it.number));
      const parts = known.get(it.number);
      if (list.children[at] !== parts.item) list.insertBefore(parts.item, list.children[at] ?? null);
      fill(parts, it, at);
    });
    if (shown !== numbers.join()) {
      told.textContent = news;
      news = "";
      shown = numbers.join();
    }
    // A node that changes its place loses the focus.
    if (held && root.contains(held) && held !== focused()) held.focus();
  }

  model.on("change:cards", show);
  model.on("change:disabled", show);
  el.append(root);
  show();
  return () => {
    for (const { address } of kept.values()) URL.revokeObjectURL(address);
    model.off("change:cards", show);
    model.off("change:disabled", show);
  };
}

export default { render };
