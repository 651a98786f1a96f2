// Films, or records a voice, with the camera and the microphone of whoever sees the page, or opens a file of theirs.
//
// `render({ model, el })` is the contract of anywidget; Panel's AnyWidgetComponent keeps it too. The model holds `kind`,
// "film" or "voice"; `accept`, suffixes of files; `seconds`, how long a recording may be, at least and at most;
// `largest`, bytes of a file; `disabled`; and `taken`, name and content of what was recorded or opened last.

const BITS = 2_500_000; // a second of picture, so that ten of them pass through a socket
const PICTURE = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 24, max: 30 } };
const TYPES = {
  film: ["video/webm;codecs=vp8,opus", "video/mp4;codecs=avc1.42E01E,mp4a.40.2", "video/webm", "video/mp4"],
  voice: ["audio/webm;codecs=opus", "audio/mp4;codecs=mp4a.40.2", "audio/webm", "audio/mp4"],
};
const WORDS = {
  film: {
    device: "camera",
    use: "Use the camera",
    record: "Record the film",
    open: "Open a film or picture",
    ready: "Keep the subject in the middle before a calm background, let it speak, then record.",
    shown: "What the camera sees, or what was recorded or opened",
  },
  voice: {
    device: "microphone",
    use: "Use the microphone",
    record: "Record the sentence",
    open: "Open a sound of it",
    ready: "Record, and say the sentence aloud.",
    shown: "The sentence as it was recorded or opened",
  },
};
const IMAGES = /\.(png|jpe?g|webp)$/i;

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

const button = (label) => make("button", { type: "button" }, label);

function why(error, { device, open }) {
  const instead = `or press “${open}”.`;
  const told = {
    NotAllowedError: `The browser may not use the ${device}; allow it beside the page's address, ${instead}`,
    NotFoundError: `There is no ${device} here; connect one, ${instead}`,
    NotReadableError: `Another program uses the ${device}; close it, ${instead}`,
    NotSupportedError: `A browser lends its ${device} to pages of its own machine or over https only; open the page so, ${instead}`,
  };
  return told[error.name] ?? `${error.message}; try again, ${instead}`;
}

// A film without a microphone is silent.
async function stream(kind) {
  if (!navigator.mediaDevices || !window.MediaRecorder) throw new DOMException("", "NotSupportedError");
  if (kind === "voice") return navigator.mediaDevices.getUserMedia({ audio: true });
  try {
    return await navigator.mediaDevices.getUserMedia({ video: PICTURE, audio: true });
  } catch (error) {
    if (error.name !== "NotFoundError") throw error;
    return navigator.mediaDevices.getUserMedia({ video: PICTURE });
  }
}

function render({ model, el }) {
  const kind = model.get("kind");
  const words = WORDS[kind];
  const [least, most] = model.get("seconds");
  const use = button(words.use);
  const record = button(words.record);
  const open = button(words.open);
  const file = make("input", { type: "file", accept: model.get("accept"), hidden: "" });
  const film = make(kind === "film" ? "video" : "audio", { playsinline: "", "aria-label": words.shown });
  const image = make("img", { alt: words.shown });
  const told = make("p", { role: "status" });
  const controls = make("div", { class: "controls" }, use, record, open, file);
  const root = make("section", { class: "sora2lib-recorder", "aria-label": `Recorder: ${kind}` }, controls, film, image, told);
  let live = null; // what the devices give
  let recorder = null;
  let address = ""; // of what the browser holds for us
  let gone = false;

  function allow() {
    const off = model.get("disabled");
    use.disabled = off || live !== null;
    record.disabled = live === null || (off && !recorder);
    record.textContent = recorder ? "Stop" : words.record;
    open.disabled = off || recorder !== null;
    film.hidden = !(live && kind === "film") && !film.src;
    image.hidden = !image.src;
  }

  function say(text) {
    told.textContent = text;
    allow();
  }

  function release() {
    live?.getTracks().forEach((track) => track.stop());
    live = film.srcObject = null;
  }

  function forget() {
    URL.revokeObjectURL(address);
    address = "";
    film.removeAttribute("src");
    image.removeAttribute("src");
    film.controls = false;
  }

  function show(content, name) {
    forget();
    address = URL.createObjectURL(content);
    if (IMAGES.test(name)) image.src = address;
    else Object.assign(film, { src: address, muted: false, controls: true });
  }

  async function hand(content, name, text) {
    release();
    show(content, name);
    model.set("taken", { name, content: await content.arrayBuffer(), turn: Date.now() });
    model.save_changes();
    say(text);
  }

  async function begin() {
    use.disabled = true;
    try {
      live = await stream(kind);
    } catch (error) {
      return say(why(error, words));
    }
    if (gone) return release();
    forget();
    if (kind === "film") {
      Object.assign(film, { srcObject: live, muted: true });
      film.play().catch(() => {});
    }
    const silent = live.getAudioTracks().length ? "" : " There is no microphone here, so the cameo will be silent.";
    say(words.ready + silent);
    record.focus();
  }

  function start() {
    const parts = [];
    const type = TYPES[kind].find((it) => MediaRecorder.isTypeSupported(it)) ?? "";
    try {
      recorder = new MediaRecorder(live, { mimeType: type, videoBitsPerSecond: BITS });
      recorder.start();
    } catch (error) {
      recorder = null;
      release();
      return say(why(error, words));
    }
    const began = performance.now();
    const lasts = () => (performance.now() - began) / 1000;
    const clock = setInterval(() => {
      if (lasts() >= most) recorder.stop();
      else told.textContent = `Recording: ${Math.floor(lasts())} of ${most} s`;
    }, 200);
    recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
    recorder.addEventListener("stop", () => {
      clearInterval(clock);
      recorder = null;
      if (!gone) end(new Blob(parts, { type }), lasts());
    });
    say(`Recording: 0 of ${most} s`);
  }

  function end(content, seconds) {
    if (seconds < least) return say(`${seconds.toFixed(1)} s are too short; record ${least} s at least.`);
    const name = `recorded.${content.type.includes("mp4") ? "mp4" : "webm"}`;
    hand(content, name, `${seconds.toFixed(1)} s are recorded. Not good? Press “${words.use}” again.`);
    use.focus();
  }

  function take() {
    const [it] = file.files;
    file.value = ""; // so that the same file can be opened again
    if (!it) return;
    const [size, limit] = [it.size, model.get("largest")].map((bytes) => (bytes / 1e6).toFixed(1));
    if (it.size > model.get("largest")) return say(`${it.name} has ${size} MB; cut it to ${limit} MB, or record here.`);
    hand(it, it.name, `${it.name} is opened.`);
  }

  use.addEventListener("click", begin);
  record.addEventListener("click", () => (recorder ? recorder.stop() : start()));
  open.addEventListener("click", () => file.click());
  file.addEventListener("change", take);
  model.on("change:disabled", allow);
  el.append(root);
  say("");
  return () => {
    gone = true;
    model.off("change:disabled", allow);
    if (recorder) recorder.stop();
    release();
    forget();
  };
}

export default { render };
