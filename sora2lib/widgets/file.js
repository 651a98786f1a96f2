// A file of the reader's, handed over as it is. What is too large is told here, for it would break the page's connection.
//
// `render({ model, el })` is the contract of anywidget; Panel's AnyWidgetComponent keeps it too. The model holds `label`;
// `accept`, suffixes of files; `largest`, bytes of a file; `disabled`; and `taken`, name and content of the last file.

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

function render({ model, el }) {
  const file = make("input", { type: "file", accept: model.get("accept") });
  const told = make("p", { role: "status" });
  const allow = () => (file.disabled = model.get("disabled"));

  async function take() {
    const [it] = file.files;
    const limit = model.get("largest");
    const large = it?.size > limit;
    told.textContent = large
      ? `${it.name} has ${megabytes(it.size)}; a page takes ${megabytes(limit)} at most. Make it shorter or smaller, or open it in Python.`
      : "";
    if (!it || large) return;
    model.set("taken", { name: it.name, content: await it.arrayBuffer(), turn: Date.now() });
    model.save_changes();
  }

  file.addEventListener("change", take);
  model.on("change:disabled", allow);
  allow();
  el.append(make("div", { class: "sora2lib-file" }, make("label", {}, model.get("label"), file), told));
  return () => model.off("change:disabled", allow);
}

export default { render };
