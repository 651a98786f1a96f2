"""Remix bench, storyboard and gallery in a real browser: clicked, typed, dragged; strangers' words stay words."""

from urllib.parse import urlparse

import pytest
from browsing import TOLD, TOO_LARGE, barriers, nameless, serving
from playwright.sync_api import expect

import sora2lib as sora
from sora2lib.clip import Clip
from sora2lib.model import weights
from sora2lib.request import Request
from sora2lib.widgets import Collection

SLOW = 150_000  # milliseconds that a first page may take on a busy machine
HOSTILE = "<img src=x onerror='window.hit=1'><script>window.hit=1</script>"
FILE = HOSTILE.replace("/", "")  # the same as a name of a file


def hostile_film(folder):
    """The bytes of a film of a ball that falls, whose prompt is markup."""
    clip = sora.simulate("drop", seed=3, size="64x64", seconds=0.5)
    request = Request(HOSTILE, seconds=0.5, size="64x64", seed=1)
    made = Clip(clip.frames, 24, clip.sound, world=clip.world, request=request)
    return made.save(folder / "film.mp4").read_bytes()


@pytest.fixture
def desk(request, tmp_path):
    """The address of a page, whose gallery and library are its own."""
    folders = {"SORA2LIB_GALLERY": str(tmp_path / "gallery"), "SORA2LIB_HOME": str(tmp_path / "home")}
    with serving(request.param, **folders) as address:
        yield address


@pytest.fixture
def watched(page):
    """A page that complains of nothing, asks no other machine, runs no strangers' words, and keeps nobody out."""
    told, hosts = [], set()
    page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    page.on("request", lambda it: hosts.add(urlparse(it.url).hostname) if it.url.startswith("http") else None)
    yield page
    assert not told
    assert hosts == {"localhost"}
    assert page.evaluate("window.hit") is None
    assert not nameless(page)
    assert not barriers(page)


@pytest.mark.parametrize("desk", ["remix"], indirect=True)
def test_a_remix_is_asked_for_by_keys_and_stands_beside_its_clip(watched, desk, tmp_path):
    page = watched
    film = hostile_film(tmp_path)
    page.goto(desk, timeout=SLOW)
    expect(page.locator("figcaption")).to_contain_text("simulate drop", timeout=SLOW)
    page.locator("input[type=file]").set_input_files(TOO_LARGE)
    expect(page.get_by_text(TOLD)).to_be_visible(timeout=SLOW)
    page.locator("input[type=file]").set_input_files({"name": f"{FILE}.mp4", "mimeType": "video/mp4", "buffer": film})
    expect(page.locator("figcaption")).to_contain_text(HOSTILE, timeout=SLOW)
    page.get_by_label("Otherwise").fill("on grass")
    page.get_by_role("checkbox", name="ground").last.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Remix", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("row", name="the scene ground sand grass")).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("row")).to_have_count(2)
    expect(page.get_by_role("listitem")).to_have_text(
        [f"made: “{HOSTILE}”, seed 1, a film", f"remix: “on grass”, seed 1, small {weights.load('small').version}"]
    )
    expect(page.locator("figcaption")).to_contain_text("from left to right: The original; The remix")


def words(page):
    return [it.input_value() for it in page.get_by_label("Words of card").all()]


@pytest.mark.parametrize("desk", ["storyboard"], indirect=True)
def test_cards_are_written_moved_by_keys_and_mouse_taken_away_and_planned(watched, desk):
    page = watched
    page.goto(f"{desk}?steps=2&size=64x64", timeout=SLOW)
    told = lambda text: expect(page.get_by_text(text)).to_be_visible(timeout=SLOW)  # noqa: E731
    first, second = "a red rubber ball rolls right", "the ball bounces"
    page.locator("input[type=file]").set_input_files(TOO_LARGE, timeout=SLOW)
    told(TOLD)
    page.get_by_role("button", name="Move card 2", exact=True).focus()
    page.keyboard.press("ArrowUp")
    told("Card 2 is moved to place 1 of 2.")
    expect(page.get_by_label("Words of card 1")).to_have_value(second)
    page.keyboard.press("ArrowDown")  # the handle that was moved is still held
    expect(page.get_by_label("Words of card 1")).to_have_value(first)
    page.get_by_role("button", name="Add a card").click()
    page.get_by_label("Words of card 3").fill(HOSTILE)
    page.get_by_label("Seconds of card 3").fill("1")
    page.keyboard.press("Tab")
    told("3 cards, 5 s")
    box, to = (page.get_by_role("button", name=f"Move card {n}", exact=True).bounding_box() for n in (3, 1))
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(to["x"] + 10, to["y"] - 10, steps=6)
    page.mouse.up()
    told("Card 3 is moved to place 1 of 3.")
    expect(page.get_by_label("Words of card 1")).to_have_value(HOSTILE)
    assert words(page) == [HOSTILE, first, second]
    page.get_by_role("button", name="Remove card 1", exact=True).click()
    told("2 cards, 4 s")
    page.get_by_role("button", name="Plan").click()
    picture = page.get_by_alt_text(f"What card 2 shows: {second}")
    picture.wait_for(timeout=SLOW)
    assert picture.evaluate("(it) => it.naturalWidth") == 320


@pytest.mark.parametrize("desk", ["gallery"], indirect=True)
def test_clips_are_found_liked_deleted_brought_back_and_there_after_a_restart(watched, desk, tmp_path):
    page, collection = watched, Collection(folder=tmp_path / "gallery")
    other = sora.simulate("drop", seed=4, size="64x64", seconds=0.5).save(tmp_path / "other.mp4")
    for content in (hostile_film(tmp_path), other.read_bytes()):
        collection.add(content)
    page.goto(desk, timeout=SLOW)
    expect(page.get_by_text("2 of 2 clips")).to_be_visible(timeout=SLOW)
    page.get_by_label("Search").fill("WINDOW.HIT")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 of 2 clips")).to_be_visible(timeout=SLOW)
    cell = page.get_by_role("button", name=HOSTILE[:40])
    cell.focus()
    page.keyboard.press("Enter")
    expect(page.locator("figcaption")).to_contain_text(HOSTILE, timeout=SLOW)
    page.get_by_role("button", name="Favourite, or no more").click()
    expect(page.get_by_role("button", name=f"★ {HOSTILE[:40]}")).to_be_visible(timeout=SLOW)
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(cell).to_have_count(0, timeout=SLOW)
    page.get_by_role("button", name="Undo delete").click()
    expect(cell).to_have_count(1, timeout=SLOW)
    page.goto(desk, timeout=SLOW)
    page.get_by_label("Favourites only").check(timeout=SLOW)
    expect(page.get_by_text("1 of 2 clips")).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("button", name=f"★ {HOSTILE[:40]}")).to_be_visible()
