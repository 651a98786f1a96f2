// Plays a clip: picture and sound, frame by frame, with a film strip, its loudness and its impacts below.
//
// `render({ model, el })` is the contract of anywidget; Panel's AnyWidgetComponent keeps it too. The model holds
// `reel`, the fields of a sora2lib.widgets.Reel; `disabled`; and `frame`, the one value that goes both ways.

const SPEEDS = [0.1, 0.25, 0.5, 1, 2];
const TOLD_EVERY = 250; // milliseconds between two words to Python about where the film is
const MARK_SHOWN = 0.6; // seconds that an impact stays in the caption

const EMPTY = { frames: 0, fps: 24, size: "1280x720", label: "", marks: [], lines: [], notices: [] };

const ICONS = {
  play: "M7 4.5v15l12-7.5z",
  pause: "M6.5 5h4v14h-4zM13.5 5h4v14h-4z",
  back: "M17.5 5v14L8 12zM5.5 5h2v14h-2z",
  forward: "M6.5 5v14l9.5-7zM16.5 5h2v14h-2z",
  loop: "M17 3.5l4 4-4 4v-3H8a3 3 0 0 0-3 3H3a5 5 0 0 1 5-5h9zM7 20.5l-4-4 4-4v3h9a3 3 0 0 0 3-3h2a5 5 0 0 1-5 5H7z",
  sound: "M4 9.5v5h3.5l5 4.5V5l-5 4.5zM15.5 8a5 5 0 0 1 0 8v-1.9a3.4 3.4 0 0 0 0-4.2z",
  silence: "M4 9.5v5h3.5l5 4.5V5l-5 4.5zM15 9.4l1.3-1.3 2.2 2.2 2.2-2.2L22 9.4l-2.2 2.2 2.2 2.2-1.3 1.3-2.2-2.2-2.2 2.2-1.3-1.3 2.2-2.2z",
};

function make(tag, attributes = {}, ...children) {
  const svg = ["svg", "path"].includes(tag);
  const node = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function button(label, icon) {
  const shape = make("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, make("path", { d: ICONS[icon] }));
  return make("button", { type: "button", "aria-label": label, title: label }, shape);
}

const draw = (knob, icon) => knob.querySelector("path").setAttribute("d", ICONS[icon]);

// Jupyter hands over a DataView, Panel an ArrayBuffer.
const bytes = (value) => new Uint8Array(value?.buffer ?? value ?? 0, value?.byteOffset ?? 0, value?.byteLength ?? 0);

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

// The left channel rises from the middle, the right one hangs from it.
function wavePath(wave) {
  const columns = wave.length / 2;
  const left = Array.from(wave.subarray(0, columns), (peak, i) => `${i},${(255 - peak) / 2.55}`);
  const right = Array.from(wave.subarray(columns), (peak, i) => `${i},${(255 + peak) / 2.55}`);
  return columns ? `M${left.join("L")}L${right.reverse().join("L")}Z` : "";
}

// A film that is asked for frames by number. While one is being sought only the newest wish is kept; playing forgets it.
class Film {
  constructor(video) {
    this.video = video;
    this.load(1, 0);
    video.addEventListener("seeked", () => this.arrive());
  }

  load(fps, count) {
    Object.assign(this, { fps, count, wish: null, seeking: false });
  }

  get last() {
    return Math.max(0, this.count - 1);
  }

  get frame() {
    const shown = Math.floor(this.video.currentTime * this.fps + 1e-3);
    return clamp(this.wish ?? shown, 0, this.last);
  }

  seek(frame) {
    this.wish = clamp(Math.round(frame), 0, this.last);
    if (!this.seeking) this.leave();
  }

  // The middle of a frame's time, where no rounding leads to its neighbour.
  leave() {
    this.seeking = true;
    this.sought = this.wish;
    this.video.currentTime = (this.wish + 0.5) / this.fps;
  }

  arrive() {
    this.seeking = false;
    if (this.wish !== null && this.wish !== this.sought) this.leave();
  }
}

function build() {
  const video = make("video", { playsinline: "", preload: "auto" });
  const caption = make("div", { class: "caption", "aria-hidden": "true" });
  const message = make("div", { class: "message", role: "status" });
  const knobs = {
    play: button("Play", "play"),
    back: button("Back one frame", "back"),
    forward: button("Forward one frame", "forward"),
    loop: button("Loop", "loop"),
    sound: button("Mute", "sound"),
  };
  const speed = make("select", { "aria-label": "Speed", title: "Speed" });
  for (const rate of SPEEDS) speed.append(make("option", { value: rate }, `${rate}×`));
  const clock = make("output", { class: "clock", "aria-hidden": "true" });
  const controls = make("div", { class: "controls", role: "toolbar", "aria-label": "Playback" });
  controls.append(knobs.back, knobs.play, knobs.forward, clock, speed, knobs.loop, knobs.sound);
  const strip = make("img", { alt: "", draggable: "false" });
  const wave = make("path");
  const loud = make("svg", { class: "wave", preserveAspectRatio: "none", "aria-hidden": "true" }, wave);
  const head = make("div", { class: "head" });
  const slider = make("div", { class: "slider", role: "slider", tabindex: "0", "aria-label": "Frame" }, strip, loud, head);
  const marks = make("div", { class: "marks", role: "group", "aria-label": "Impacts" });
  const words = make("figcaption");
  const stage = make("div", { class: "stage" }, video, caption, message);
  const root = make("figure", { class: "sora2lib-player", tabindex: "-1" });
  root.append(stage, controls, make("div", { class: "timeline" }, slider, marks), words);
  return { root, stage, video, caption, message, knobs, speed, clock, strip, loud, wave, head, slider, marks, words };
}

function render({ model, el }) {
  const parts = build();
  const { root, stage, video, caption, message, knobs, speed, clock, strip, loud, wave, head, slider, marks, words } = parts;
  const film = new Film(video);
  const kept = []; // addresses of bytes that the browser holds for us
  let reel = EMPTY;
  let told = 0;
  let ticking = 0;

  const seconds = () => film.frame / film.fps;
  const ready = () => film.count > 0 && !model.get("disabled");

  function tell(now = true) {
    if (!now && performance.now() - told < TOLD_EVERY) return;
    told = performance.now();
    if (model.get("frame") === film.frame) return;
    model.set("frame", film.frame);
    model.save_changes();
  }

  function spoken() {
    const now = seconds();
    const line = reel.lines.find(({ start, stop }) => start <= now && now < stop);
    const mark = reel.marks.findLast(({ time }) => time <= now + 0.5 / film.fps && now < time + MARK_SHOWN);
    return line ? line.text : mark ? `[${mark.text}]` : "";
  }

  function show() {
    const { frame, count } = film;
    const place = `${seconds().toFixed(2)} s, frame ${frame + 1} of ${count}`;
    clock.textContent = count ? place : "";
    slider.setAttribute("aria-valuenow", frame);
    slider.setAttribute("aria-valuetext", place);
    head.style.left = `${count ? ((frame + 0.5) / count) * 100 : 0}%`;
    caption.textContent = spoken();
  }

  function tick() {
    show();
    tell(false);
    ticking = requestAnimationFrame(tick);
  }

  function goTo(frame) {
    video.pause();
    film.seek(frame);
    show();
    tell();
  }

  function toggle() {
    if (!video.paused) return video.pause();
    film.wish = null;
    // A browser may refuse to make a sound before the first click; the button then stays as it is.
    video.play().catch(() => {});
  }

  function setLoop(on) {
    video.loop = on;
    knobs.loop.setAttribute("aria-pressed", on);
  }

  function setMuted(on) {
    video.muted = on;
    draw(knobs.sound, on ? "silence" : "sound");
    knobs.sound.setAttribute("aria-pressed", on);
  }

  function keep(content, type) {
    const address = URL.createObjectURL(new Blob([bytes(content)], { type }));
    kept.push(address);
    return address;
  }

  function release() {
    video.pause();
    kept.splice(0).forEach((address) => URL.revokeObjectURL(address));
  }

  function load() {
    release();
    reel = { ...EMPTY, ...model.get("reel") };
    const full = reel.frames > 0;
    const peaks = bytes(reel.wave);
    film.load(reel.fps, reel.frames);
    stage.style.aspectRatio = reel.size.replace("x", " / ");
    message.textContent = full ? "" : "No clip yet";
    video.setAttribute("aria-label", reel.label);
    if (full) Object.assign(video, { poster: keep(reel.poster, "image/jpeg"), src: keep(reel.video, "video/mp4") });
    else ["poster", "src"].forEach((name) => video.removeAttribute(name));
    strip.hidden = !full;
    if (full) strip.src = keep(reel.strip, "image/jpeg");
    loud.setAttribute("viewBox", `0 0 ${Math.max(1, peaks.length / 2 - 1)} 200`);
    wave.setAttribute("d", wavePath(peaks));
    slider.setAttribute("aria-valuemin", 0);
    slider.setAttribute("aria-valuemax", film.last);
    marks.replaceChildren(...reel.marks.map(pin));
    words.replaceChildren(make("p", {}, reel.label), ...reel.notices.map((text) => make("p", { class: "notice" }, text)));
    if (model.get("frame") > 0) film.seek(model.get("frame"));
    allow();
    show();
  }

  function pin({ time, text, strength }) {
    const label = `${time.toFixed(2)} s: ${text}`;
    const style = `left:${((time * film.fps) / film.count) * 100}%;--strength:${strength}`;
    const node = make("button", { type: "button", class: "mark", "aria-label": label, title: label, style });
    // The frame after the impact is the first to show it.
    node.addEventListener("click", () => goTo(Math.ceil(time * film.fps)));
    return node;
  }

  function allow() {
    root.classList.toggle("disabled", !ready());
    for (const node of [...Object.values(knobs), speed, ...marks.children]) node.disabled = !ready();
    slider.setAttribute("aria-disabled", !ready());
    slider.tabIndex = ready() ? 0 : -1;
    if (!ready()) video.pause();
  }

  function point(event) {
    if (!ready() || !slider.hasPointerCapture(event.pointerId)) return;
    const box = slider.getBoundingClientRect();
    goTo(Math.floor(((event.clientX - box.left) / box.width) * film.count));
  }

  const keys = {
    " ": toggle,
    k: toggle,
    ArrowLeft: (event) => goTo(film.frame - (event.shiftKey ? 10 : 1)),
    ArrowRight: (event) => goTo(film.frame + (event.shiftKey ? 10 : 1)),
    ",": () => goTo(film.frame - 1),
    ".": () => goTo(film.frame + 1),
    Home: () => goTo(0),
    End: () => goTo(film.last),
    l: () => setLoop(!video.loop),
    m: () => setMuted(!video.muted),
  };

  function press(event) {
    const native = event.target === speed || (event.key === " " && event.target.tagName === "BUTTON");
    const act = keys[event.key];
    if (!act || native || !ready() || event.ctrlKey || event.metaKey || event.altKey) return;
    // Or the notebook would take the key as its own.
    event.preventDefault();
    event.stopPropagation();
    act(event);
  }

  root.addEventListener("keydown", press);
  slider.addEventListener("pointerdown", (event) => {
    slider.setPointerCapture(event.pointerId);
    point(event);
  });
  slider.addEventListener("pointermove", point);
  stage.addEventListener("click", () => ready() && toggle());
  knobs.play.addEventListener("click", toggle);
  knobs.back.addEventListener("click", () => goTo(film.frame - 1));
  knobs.forward.addEventListener("click", () => goTo(film.frame + 1));
  knobs.loop.addEventListener("click", () => setLoop(!video.loop));
  knobs.sound.addEventListener("click", () => setMuted(!video.muted));
  speed.addEventListener("change", () => (video.playbackRate = Number(speed.value)));

  video.addEventListener("play", () => {
    draw(knobs.play, "pause");
    knobs.play.setAttribute("aria-label", "Pause");
    cancelAnimationFrame(ticking);
    tick();
  });
  video.addEventListener("pause", () => {
    draw(knobs.play, "play");
    knobs.play.setAttribute("aria-label", "Play");
    cancelAnimationFrame(ticking);
    // The picture may lag behind the clock; this brings both to the same frame.
    film.seek(film.frame);
    show();
    tell();
  });
  video.addEventListener("error", () => {
    if (video.hasAttribute("src")) message.textContent = "This browser cannot play the clip: it needs H.264";
  });

  const heard = {
    "change:reel": load,
    "change:disabled": allow,
    "change:frame": () => {
      if (video.paused && model.get("frame") !== film.frame) film.seek(model.get("frame"));
      if (video.paused) show();
    },
  };
  for (const [name, act] of Object.entries(heard)) model.on(name, act);

  speed.value = 1;
  setLoop(true);
  setMuted(false);
  el.append(root);
  load();

  return () => {
    for (const [name, act] of Object.entries(heard)) model.off(name, act);
    cancelAnimationFrame(ticking);
    release();
  };
}

export default { render };
