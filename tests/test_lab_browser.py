"""The player in JupyterLab, in a real browser: seen, heard, moved by mouse and keys, and left behind by its kernel."""

from urllib.parse import urlparse

import nbformat
import pytest
from browsing import NUMBER, brightness, jupyter_lab
from playwright.sync_api import expect

SLOW = 180_000  # milliseconds that a kernel may take on a busy machine
FRAMES, CLICK = 48, 1.25  # seconds at which a click is heard
PROMPT = "a number counts <up>"
CELLS = (
    f"""\
import numpy as np
import ipywidgets
from sora2lib.clip import Clip
from sora2lib.request import Request
from sora2lib.widgets import Player

frames = np.full(({FRAMES}, 64, 96, 3), 20, np.uint8)
for number, picture in enumerate(frames):
    for bit in range(6):
        picture[:, 16 * bit : 16 * bit + 16] = 235 * (number >> bit & 1)
sound = np.zeros((2, {FRAMES} * 2000), np.float32)
sound[:, {round(CLICK * 48000)} : {round(CLICK * 48000) + 480}] = 0.5
clip = Clip(frames, 24, sound, request=Request("{PROMPT}", seconds=2, size="96x64", seed=1))""",
    "clip",
    """\
player = Player.of(clip)
python = ipywidgets.Label()
player.observe(lambda change: setattr(python, "value", f"Python: frame {change.new}"), "frame")
player""",
    "player",
    "display(python); print('all' + ' shown')",
)

# When the loudest sample of its sound comes, once decoded, in seconds.
LOUDEST = """async (video) => {
  const content = await (await fetch(video.src)).arrayBuffer();
  const sound = (await new OfflineAudioContext(2, 1, 48000).decodeAudioData(content)).getChannelData(1);
  return sound.reduce((best, it, i) => (Math.abs(it) > Math.abs(sound[best]) ? i : best), 0) / 48000;
}"""
READY = "[...document.querySelectorAll('.sora2lib-player video')].filter((it) => it.readyState >= 2)"
LOST = "widget model not found"  # JupyterLab's own words of a widget whose kernel has gone


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    (folder / "notebooks").mkdir()
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": spec})
    notebook.cells = [nbformat.v4.new_code_cell(cell) for cell in CELLS]
    nbformat.write(notebook, folder / "notebooks" / "clip.ipynb")
    with jupyter_lab(folder) as address:
        yield address, folder / "notebooks"


@pytest.fixture(scope="module")
def wrong():
    """What went wrong on the page so far: errors, complaints, other machines that were asked."""
    return []


@pytest.fixture(scope="module")
def page(browser, lab, wrong):
    """A notebook of which all cells have run."""
    page = browser.new_page(viewport={"width": 1100, "height": 1300})
    page.set_default_timeout(SLOW)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda it: wrong.append(it.text) if it.type == "error" else None)
    page.on("request", lambda it: wrong.append(it.url) if stranger(it.url) else None)
    opened(page, lab, "clip")
    chosen(page, "Run", "runmenu:run-all")
    page.get_by_text("all shown", exact=True).wait_for()
    page.wait_for_function(f"{READY}.length === 2")
    yield page
    page.close()


@pytest.fixture(autouse=True)
def nothing_wrong(page, wrong):
    yield
    assert not wrong


def stranger(url):
    return urlparse(url).hostname not in (None, "127.0.0.1")


def opened(page, lab, name):
    page.goto(f"{lab[0]}/tree/{name}.ipynb?reset&token=known")
    # Before its kernel is idle, JupyterLab drops "Run all" without a word.
    page.get_by_text("| Idle").wait_for()


def chosen(page, menu, command):
    page.get_by_role("menuitem", name=menu, exact=True).click()
    page.locator(f'.lm-Menu-item[data-command="{command}"]').click()


def players(page):
    return page.locator(".sora2lib-player")


def expect_picture(page, player, number):
    page.wait_for_function(
        f"(player) => ({NUMBER})(player.querySelector('video')) === {number}", arg=player.element_handle()
    )


def test_a_player_lands_on_the_very_frame_and_python_knows(page):
    player = players(page).first
    player.scroll_into_view_if_needed()
    box = player.get_by_role("slider", name="Frame").bounding_box()
    at = lambda number: (box["x"] + (number + 0.5) / FRAMES * box["width"], box["y"] + 20)  # noqa: E731
    page.mouse.move(*at(3))
    page.mouse.down()
    for number in (17, 40, 5, 47, 29):
        page.mouse.move(*at(number))
        expect_picture(page, player, number)
    page.mouse.up()
    expect(page.get_by_text("Python: frame 29")).to_be_visible()


def test_keys_are_the_players_and_not_the_notebooks(page):
    player = players(page).first
    player.get_by_role("slider", name="Frame").focus()
    for key, number in (("Home", 0), ("ArrowRight", 1), ("Shift+ArrowRight", 11)):
        page.keyboard.press(key)
        expect_picture(page, player, number)
    page.keyboard.press("m")  # to JupyterLab: make a text of this cell
    expect(player.get_by_role("button", name="Mute")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("m")
    expect(page.locator(".jp-Notebook .jp-CodeCell")).to_have_count(len(CELLS))


def test_the_same_player_shown_again_is_at_the_same_frame(page):
    first, again = players(page).all()
    again.scroll_into_view_if_needed()
    again.get_by_role("slider", name="Frame").focus()
    page.keyboard.press("End")
    for player in (first, again):
        expect_picture(page, player, FRAMES - 1)
    expect(page.get_by_text(f"Python: frame {FRAMES - 1}")).to_be_visible()


def test_it_plays_with_sound(page):
    player = players(page).last
    video = player.locator("video")
    assert video.evaluate(LOUDEST) == pytest.approx(CLICK, abs=0.012)
    page.keyboard.press("Home")
    player.get_by_role("button", name="Play").click()
    page.wait_for_function("(it) => it.currentTime > 0.4", arg=video.element_handle())
    assert video.evaluate("(it) => it.webkitAudioDecodedByteCount") > 0
    player.get_by_role("button", name="Pause").click()
    expect(player.get_by_role("button", name="Play")).to_be_visible()
    number = int(player.get_by_role("slider", name="Frame").get_attribute("aria-valuenow"))
    assert number >= 9
    for it in players(page).all():
        expect_picture(page, it, number)


def test_it_is_as_dark_as_jupyterlab(page):
    colours = "(it) => [getComputedStyle(it).backgroundColor, getComputedStyle(it).color]"
    ground, ink = map(brightness, players(page).first.evaluate(colours))
    assert ground < ink
    assert (ink + 0.05) / (ground + 0.05) > 7


def expect_still(page):
    """In place of each player its first picture, and the prompt."""
    stills = page.locator(".sora2lib-still")
    expect(stills).to_have_count(2)
    for still in stills.all():
        expect(still).to_be_visible()
        expect(still).to_have_text(PROMPT)
        expect(still.get_by_role("img", name=PROMPT)).to_be_visible()
        assert still.locator("img").evaluate("(it) => it.decode().then(() => it.naturalWidth)") == 96
    expect(page.locator("figcaption").filter(has_text=PROMPT)).to_have_count(3)  # the clip's as well


def test_it_outlives_its_kernel_and_leaves_a_picture_behind(page, lab, wrong):
    expect(page.locator(".sora2lib-still").first).to_be_hidden()
    page.get_by_role("button", name="Restart the kernel", exact=True).click()
    page.get_by_role("button", name="Confirm Kernel Restart").click()
    page.get_by_text("| Idle").wait_for()
    player = players(page).first
    player.get_by_role("slider", name="Frame").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect_picture(page, player, 1)
    page.keyboard.press("Control+s")
    page.get_by_text("Saving completed").wait_for()
    opened(page, lab, "clip")
    assert page.locator("video").evaluate(LOUDEST) == pytest.approx(CLICK, abs=0.012)  # a clip plays without a kernel
    # One widget has nothing to fall back on, and says so: the label.
    expect(page.get_by_text("Error displaying widget").filter(visible=True)).to_have_count(1, timeout=SLOW)
    expect_still(page)
    assert all(LOST in it for it in wrong)
    wrong.clear()


def test_a_notebook_that_is_not_trusted_shows_the_picture(page, lab):
    folder = lab[1]
    notebook = nbformat.read(folder / "clip.ipynb", as_version=4)
    notebook.metadata.title = "a stranger's"  # which makes it another notebook than the one that was trusted
    nbformat.write(notebook, folder / "strange.ipynb")
    page.goto(f"{lab[0]}/tree/strange.ipynb?reset&token=known")
    page.locator(".sora2lib-still").first.wait_for()
    expect_still(page)
