"""The player and the studio in a real browser: what is clicked, pressed, seen and heard."""

import base64
from urllib.parse import urlparse

import numpy as np
import pytest
from browsing import NUMBER, brightness, serving
from playwright.sync_api import expect

from sora2lib.clip import Clip
from sora2lib.widgets import Collection
from sora2lib.widgets.abreast import in_step
from sora2lib.widgets.reel import SCRIPT, STYLE, Mark, Reel

FPS, FRAMES, BITS = 24, 48, 6

# A model as Jupyter and Panel give it to the script, without either.
PAGE = """<!doctype html><link rel="stylesheet" href="player.css"><body style="color-scheme: light dark">
<script type="module">
  import player from "./player.js";
  const decoded = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
  class Model {
    heard = {};
    constructor(state) { this.state = state; }
    get(name) { return this.state[name]; }
    set(name, value) { this.state[name] = value; this.heard[`change:${name}`]?.(); }
    on(name, act) { this.heard[name] = act; }
    off(name) { delete this.heard[name]; }
    save_changes() { this.saved = { ...this.state }; }
  }
  window.show = (reel, bytes) => {
    for (const [name, text] of Object.entries(bytes)) reel[name] = decoded(text);
    window.model = new Model({ reel, frame: 0, disabled: false });
    window.cleanup = player.render({ model: window.model, el: document.body });
  };
</script>"""


@pytest.fixture(scope="module")
def numbers():
    """Two seconds in which every frame shows its number in black and white; it hits the floor at 1.25 s."""
    frames = np.full((FRAMES, 36, 16 * BITS, 3), 20, np.uint8)
    for number, picture in enumerate(frames):
        for bit in range(BITS):
            picture[:, 16 * bit : 16 * bit + 16] = 235 * (number >> bit & 1)
    sound = np.zeros((2, 2 * 48000), np.float32)
    sound[:, 60000:60480] = 0.5
    return Clip(frames, FPS, sound, maker="numbers")


@pytest.fixture(scope="module")
def reel(numbers):
    """The same as a player needs it."""
    return Reel.of(numbers).fields() | {"marks": [vars(Mark(1.25, "number meets floor", 1.0))], "notices": ["a note"]}


def answer(route):
    name = route.request.url.rsplit("/", 1)[-1]
    body, kind = {
        "": (PAGE, "text/html"),
        SCRIPT.name: (SCRIPT.read_text(), "text/javascript"),
        STYLE.name: (STYLE.read_text(), "text/css"),
    }[name]
    route.fulfill(body=body, content_type=kind)


def show(page, reel):
    page.route("http://player.test/**", answer)
    page.goto("http://player.test/")
    page.wait_for_function("'show' in window")
    binary = {name: base64.b64encode(value).decode() for name, value in reel.items() if isinstance(value, bytes)}
    page.evaluate("([reel, bytes]) => show(reel, bytes)", [{k: v for k, v in reel.items() if k not in binary}, binary])
    if binary:
        page.wait_for_function("document.querySelector('video').readyState >= 2")


def told(page):
    return page.evaluate("model.saved?.frame")


def expect_picture(page, number):
    page.wait_for_function(f"({NUMBER})(document.querySelector('video')) === {number}")


def test_scrubbing_shows_the_very_frame(page, reel):
    show(page, reel)
    box = page.get_by_role("slider", name="Frame").bounding_box()
    at = lambda number: (box["x"] + (number + 0.5) / FRAMES * box["width"], box["y"] + 20)  # noqa: E731
    page.mouse.move(*at(3))
    page.mouse.down()
    for number in (17, 40, 5, 31, 47, 0, 29):
        page.mouse.move(*at(number))
        expect_picture(page, number)
        assert told(page) == number
    page.mouse.up()
    page.mouse.move(*at(8))
    expect_picture(page, 29)


def test_keys_step_frame_by_frame(page, reel):
    show(page, reel)
    slider = page.get_by_role("slider", name="Frame")
    slider.focus()
    for key, number in [("ArrowRight", 1), ("Shift+ArrowRight", 11), ("ArrowLeft", 10), ("End", 47), ("Home", 0)]:
        page.keyboard.press(key)
        expect_picture(page, number)
        expect(slider).to_have_attribute("aria-valuenow", str(number))
    for _ in range(9):
        page.keyboard.press("ArrowRight")
    expect_picture(page, 9)
    assert slider.get_attribute("aria-valuetext") == "0.38 s, frame 10 of 48"


def test_keys_do_not_reach_the_page_around(page, reel):
    show(page, reel)
    page.evaluate("window.leaked = []; document.addEventListener('keydown', (event) => leaked.push(event.key))")
    page.get_by_role("slider", name="Frame").focus()
    for key in ("ArrowRight", "k", "k", "m", "z"):
        page.keyboard.press(key)
    assert page.evaluate("leaked") == ["z"]


def test_it_plays_tells_where_it_is_and_stops_on_a_whole_frame(page, reel):
    show(page, reel)
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("document.querySelector('video').currentTime > 0.6")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    number = told(page)
    assert number >= 14
    expect_picture(page, number)


def test_speed_loop_and_sound(page, reel):
    show(page, reel)
    page.get_by_label("Speed").select_option("0.25")
    state = lambda name: page.evaluate(f"document.querySelector('video').{name}")  # noqa: E731
    assert state("playbackRate") == 0.25
    assert state("loop")
    page.get_by_role("button", name="Loop").click()
    assert not state("loop")
    page.get_by_role("button", name="Mute").click()
    assert state("muted")
    expect(page.get_by_role("button", name="Mute")).to_have_attribute("aria-pressed", "true")


def test_an_impact_is_marked_and_one_click_away(page, reel):
    show(page, reel)
    mark = page.get_by_role("button", name="1.25 s: number meets floor")
    slider = page.get_by_role("slider", name="Frame").bounding_box()
    box = mark.bounding_box()
    assert box["x"] + box["width"] / 2 == pytest.approx(slider["x"] + 1.25 / 2 * slider["width"], abs=1)
    mark.click()
    expect_picture(page, 30)
    expect(page.get_by_text("[number meets floor]")).to_be_visible()
    page.keyboard.press("Home")
    expect(page.get_by_text("[number meets floor]")).to_be_hidden()


def test_the_picture_and_its_notices_are_told_in_words(page, reel):
    show(page, reel)
    expect(page.locator("video")).to_have_attribute("aria-label", "numbers")
    expect(page.locator("figcaption")).to_have_text("numbersa note")


def test_python_can_go_to_a_frame_and_switch_everything_off(page, reel):
    show(page, reel)
    page.evaluate("model.set('frame', 21)")
    expect_picture(page, 21)
    page.evaluate("model.set('disabled', true)")
    for knob in page.locator("button, select").all():
        expect(knob).to_be_disabled()
    expect(page.get_by_role("slider")).to_have_attribute("aria-disabled", "true")
    page.get_by_role("slider").dispatch_event("keydown", {"key": "ArrowRight"})
    expect_picture(page, 21)


def test_without_a_clip_it_says_so(page):
    show(page, {})
    expect(page.get_by_role("status")).to_have_text("No clip yet")
    expect(page.get_by_role("button", name="Play")).to_be_disabled()


def test_it_lets_go_of_what_it_held(page, reel):
    show(page, reel)
    address = page.evaluate("document.querySelector('video').src")
    page.evaluate("cleanup()")
    assert page.evaluate("(url) => fetch(url).then(() => 'held', () => 'gone')", address) == "gone"
    assert page.evaluate("Object.keys(model.heard).length") == 0


@pytest.mark.parametrize(("page", "dark"), [("light", False), ("dark", True)], indirect=["page"])
def test_words_can_be_read_on_light_and_dark(page, reel, dark):
    show(page, reel)
    style = "(name) => getComputedStyle(document.querySelector('.sora2lib-player'))[name]"
    ground, ink = (brightness(page.evaluate(style, name)) for name in ("backgroundColor", "color"))
    assert (ground < ink) == dark
    assert (max(ground, ink) + 0.05) / (min(ground, ink) + 0.05) > 7


# Of every picture that is shown for three seconds, what both halves of it read.
WATCHED = """async () => {
  const video = document.querySelector("video"), canvas = document.createElement("canvas"), seen = [];
  [canvas.width, canvas.height] = [video.videoWidth, 36];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const look = () => {
    context.drawImage(video, 0, 0);
    const bit = (left, i) => (context.getImageData(left + 16 * i + 8, 18, 1, 1).data[0] > 128 ? 1 << i : 0);
    seen.push([0, 100].map((left) => [0, 1, 2, 3, 4, 5].reduce((number, i) => number + bit(left, i), 0)));
    video.requestVideoFrameCallback(look);
  };
  video.requestVideoFrameCallback(look);
  video.play();
  await new Promise((done) => setTimeout(done, 3000));
  video.pause();
  return seen;
}"""


def test_clips_beside_each_other_do_not_drift_apart(page, numbers):
    show(page, in_step(numbers, numbers).fields())
    page.mouse.click(5, 5)  # or the browser plays no sound
    seen = page.evaluate(WATCHED)
    assert len({left for left, _ in seen}) > 24
    assert all(left == right for left, right in seen)


@pytest.fixture(scope="module")
def gallery_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("gallery")


@pytest.fixture(scope="module")
def studio(gallery_folder):
    with serving("studio", SORA2LIB_GALLERY=str(gallery_folder)) as address:
        yield address


def ask(page, address, **wishes):
    page.goto(f"{address}?{'&'.join(f'{name}={value}' for name, value in wishes.items())}")
    page.get_by_label("Prompt").fill("a blue steel ball rolls off a table")
    page.get_by_role("button", name="Make").click()


def test_the_studio_shows_the_plan_then_plays_the_clip_and_keeps_it(page, studio, gallery_folder):
    asked = []
    page.on("request", lambda request: asked.append(urlparse(request.url)))
    ask(page, studio, steps=4, seconds=0.5, size="128x72")
    page.get_by_alt_text("The plan so far").wait_for(timeout=180_000)
    video = page.locator("video")
    expect(video).to_have_attribute("aria-label", "a blue steel ball rolls off a table", timeout=60_000)
    page.wait_for_function("(video) => video.readyState >= 2", arg=video.element_handle())
    assert video.evaluate("(video) => video.duration") == pytest.approx(0.5, abs=0.05)
    expect(page.get_by_role("status").filter(has_text="Done")).to_be_visible()
    assert "prompt=a+blue+steel+ball" in page.url
    assert [item.words for item in Collection(folder=gallery_folder).items] == ["a blue steel ball rolls off a table"]
    assert {url.hostname for url in asked if url.scheme.startswith("http")} == {"localhost"}


def test_the_studio_can_be_stopped(page, studio):
    ask(page, studio, steps=200, seconds=8)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Cancelled")).to_be_visible(timeout=30_000)
    expect(page.get_by_role("button", name="Make")).to_be_enabled(timeout=30_000)
    expect(page.locator("video")).to_be_hidden()


@pytest.mark.parametrize(("page", "dark"), [("light", False), ("dark", True)], indirect=["page"])
def test_the_studio_is_as_light_or_dark_as_the_reader_likes(page, studio, dark):
    page.goto(studio)
    if dark:
        page.wait_for_url("**theme=dark**")
    label = page.get_by_text("Prompt", exact=True)
    label.wait_for()
    assert (brightness(label.evaluate("(node) => getComputedStyle(node).color")) > 0.5) == dark
