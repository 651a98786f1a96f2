"""Physics lesson, explorer and the inside of a plan in a real browser: clicked and seen; words stay words."""

import time
from urllib.parse import quote, urlparse

import imageio.v3 as imageio
import numpy as np
import pytest
from browsing import TOLD, TOO_LARGE, barriers, brightness, nameless, serving
from playwright.sync_api import expect

from sora2lib.clip import Clip
from sora2lib.request import Request

SLOW = 200_000  # milliseconds that a first page may take on a busy machine
HOSTILE = "<img src=x onerror='window.hit=1'><script>window.hit=1</script>"
HASTY = ("--unused-session-lifetime", "1000", "--check-unused-sessions", "200")  # 15 times as hasty as usual
SPANS = "[...Bokeh.documents[0]._all_models.values()].filter((it) => it.type === 'Span').map((it) => it.location)"


@pytest.fixture(scope="module")
def physics():
    with serving("physics") as address:
        yield address


@pytest.fixture(scope="module")
def explorer():
    with serving("explorer", "attention") as address:
        yield address


@pytest.fixture(scope="module")
def camera():
    with serving("camera") as address:
        yield address


@pytest.fixture
def strangers_film(tmp_path):
    """A film whose prompt is markup, in a file whose name is."""
    frames = np.zeros((24, 64, 64, 3), np.uint8)
    for index, picture in enumerate(frames):
        picture[20 + index : 30 + index, 20:30] = 255
    request = Request(HOSTILE, seconds=1, size="64x64", seed=1)
    path = tmp_path / "film.mp4"
    Clip(frames, 24, np.zeros((2, 48000), np.float32), request=request).save(path)
    return {"name": f"{HOSTILE.replace('/', '')}.mp4", "mimeType": "video/mp4", "buffer": path.read_bytes()}


def shown(page):
    """Wait until a film is there."""
    page.locator("video").wait_for(state="visible", timeout=SLOW)
    page.wait_for_function("(video) => video.readyState >= 2", arg=page.locator("video").element_handle())


def hit(page):
    return page.evaluate("window.hit")


def test_a_lesson_shows_both_in_step_and_goes_to_the_moon(page, physics):
    asked = []
    page.on("request", lambda request: asked.append(urlparse(request.url)))
    page.goto(physics, timeout=SLOW)
    shown(page)
    expect(page.get_by_text("Physics, from the same start", exact=True)).to_be_visible()
    page.get_by_role("slider", name="Frame", exact=True).focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    page.wait_for_function(f"{SPANS}.every((it) => Math.abs(it - 10 / 24) < 1e-6)")
    page.get_by_role("button", name="Moon").click()
    expect(page.get_by_text("Physics with gravity 1.62 m/s²", exact=True)).to_be_visible(timeout=SLOW)
    assert {url.hostname for url in asked if url.scheme.startswith("http")} == {"localhost"}


def test_a_click_into_a_plot_leads_to_its_moment(page, physics):
    page.goto(physics, timeout=SLOW)
    shown(page)
    box = page.locator(".bk-Figure").first.bounding_box()
    page.mouse.click(box["x"] + 0.6 * box["width"], box["y"] + 0.5 * box["height"])
    page.wait_for_function(f"{SPANS}[0] > 0.5")
    slider = page.get_by_role("slider", name="Frame", exact=True)
    assert int(slider.get_attribute("aria-valuenow")) > 12


def test_a_strangers_film_is_shown_and_its_words_are_not_run(page, physics, strangers_film):
    page.goto(physics, timeout=SLOW)
    shown(page)
    page.locator("input[type=file]").set_input_files(TOO_LARGE)
    expect(page.get_by_text(TOLD)).to_be_visible(timeout=SLOW)
    page.locator("input[type=file]").set_input_files(strangers_film)
    expect(page.get_by_text(TOLD)).to_be_hidden()
    expect(page.locator("figcaption")).to_contain_text(HOSTILE, timeout=SLOW)
    page.locator("input[type=file]").set_input_files(
        strangers_film | {"name": f"{HOSTILE.replace('/', '')}.exe", "buffer": b"no film"}
    )
    expect(page.get_by_text("is no film; choose one of")).to_be_visible()
    assert hit(page) is None


def test_a_page_that_loads_for_long_keeps_its_session(page):
    asked = []
    page.on("request", lambda request: asked.append(urlparse(request.url).hostname))
    page.route("**/bokeh.min.js*", lambda route: (time.sleep(3), route.continue_()))
    with serving("gallery", options=HASTY) as address:
        page.goto(f"{address}?words=ice", timeout=SLOW)
        expect(page.get_by_label("Search")).to_be_visible(timeout=SLOW)
        page.wait_for_load_state("networkidle")
    assert set(asked) <= {"localhost", None}


def test_a_grid_fills_and_a_click_plays_a_cell(page, explorer):
    prompts = quote(f"a ball falls\n{HOSTILE}")
    page.goto(f"{explorer}?prompts={prompts}&seeds=2&guidance=[1]&seconds=0.5&steps=4&size=64x64", timeout=SLOW)
    page.get_by_role("button", name="Make").click()
    expect(page.get_by_text("4 clips; choose one")).to_be_visible(timeout=SLOW)
    cells = page.get_by_role("button", name="seed 1, broken")
    expect(cells).to_have_count(2)
    cells.first.focus()
    page.keyboard.press("Enter")
    shown(page)
    expect(page.locator("video")).to_have_attribute("aria-label", "a ball falls")
    assert hit(page) is None


def test_a_plan_is_looked_into_by_keys(page, explorer):
    page.goto(f"{explorer.removesuffix('explorer')}attention?steps=4&seconds=0.5", timeout=SLOW)
    page.get_by_label("Prompt").fill(f"a ball {HOSTILE}")
    page.get_by_role("button", name="Plan").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("img", name="rows of the plan look at")).to_be_visible(timeout=SLOW)
    for told in (
        "Casting, step 4 of 8",
        "Step: 4",
    ):  # else its step overtakes the keys
        expect(page.get_by_text(told)).to_be_visible(timeout=SLOW)
    page.get_by_role("slider", name="Step").focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_text("Motion, step 8 of 8, the mean of all layers")).to_be_visible(timeout=SLOW)
    page.get_by_label("Row that looks").select_option("camera 0.0 s")
    expect(page.get_by_text("camera 0.0 s looks most at")).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("img", name="the path of camera 0.0 s")).to_be_visible()
    assert not nameless(page)
    assert not barriers(page)
    assert hit(page) is None


def orange(plot):
    """Where the camera's dot lies in the picture of a plot, pixels from its upper left corner."""
    picture = imageio.imread(plot.screenshot()).astype(int)[..., :3]
    rows, columns = np.nonzero(np.abs(picture - [232, 89, 12]).sum(axis=-1) < 30)
    return float(columns.mean()), float(rows.mean())


def test_a_dragged_camera_sees_at_once_and_films_on_demand(page, camera):
    page.goto(camera, timeout=SLOW)
    picture = page.get_by_alt_text("What the camera sees")
    picture.wait_for(timeout=SLOW)
    code = page.get_by_label("The camera as code")
    before, seen = code.inner_text(), picture.get_attribute("src")
    plot = page.locator(".bk-Figure").first
    plot.scroll_into_view_if_needed()
    page.wait_for_timeout(1000)
    box, (x, y) = plot.bounding_box(), orange(plot)
    page.mouse.move(box["x"] + x, box["y"] + y + 30)
    page.mouse.move(box["x"] + x, box["y"] + y)
    page.mouse.down()
    page.mouse.move(box["x"] + x + 60, box["y"] + y, steps=6)
    page.mouse.up()
    expect(code).not_to_have_text(before)
    expect(picture).not_to_have_attribute("src", seen)
    page.get_by_role("button", name="Film it").click()
    shown(page)


@pytest.mark.parametrize(("page", "dark"), [("light", False), ("dark", True)], indirect=["page"])
def test_pages_are_as_light_or_dark_as_the_reader_likes(page, explorer, dark):
    page.goto(explorer, timeout=SLOW)
    if dark:
        page.wait_for_url("**theme=dark**", timeout=SLOW)
    label = page.get_by_text("Prompts", exact=True)
    label.wait_for(timeout=SLOW)
    assert (brightness(label.evaluate("(node) => getComputedStyle(node).color")) > 0.5) == dark
