"""Remix bench, storyboard and cameos in a real browser: clicked, typed, dragged; strangers' words stay words."""

from urllib.parse import urlparse

import pytest
from browsing import nameless, serving
from playwright.sync_api import expect

import sora2lib as sora
from sora2lib.clip import Clip
from sora2lib.request import Request

SLOW = 200_000  # milliseconds that a first page may take on a busy machine
HOSTILE = "<img src=x onerror='window.hit=1'><script>window.hit=1</script>"
FILE = HOSTILE.replace("/", "")  # the same as a name of a file


@pytest.fixture(scope="module")
def desks(tmp_path_factory):
    """The address of a page by its name."""
    kept = tmp_path_factory.mktemp("kept")
    folders = {"SORA2LIB_GALLERY": str(kept / "gallery"), "SORA2LIB_HOME": str(kept / "home")}
    with serving("remix", **folders) as address:
        yield lambda name: address.replace("/remix", f"/{name}")


@pytest.fixture
def watched(page):
    """A page that complains of nothing, asks no other machine, runs no strangers' words, and names its controls."""
    told, hosts = [], set()
    page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    page.on("request", lambda it: hosts.add(urlparse(it.url).hostname) if it.url.startswith("http") else None)
    yield page
    assert not told
    assert hosts == {"localhost"}
    assert page.evaluate("window.hit") is None
    assert not nameless(page)


def test_a_remix_is_asked_for_by_keys_and_stands_beside_its_clip(watched, desks, tmp_path):
    page = watched
    clip = sora.simulate("drop", seed=3, size="64x64", seconds=0.5)
    clip = Clip(
        clip.frames, 24, clip.sound, world=clip.world, request=Request(HOSTILE, seconds=0.5, size="64x64", seed=1)
    )
    film = clip.save(tmp_path / "film.mp4").read_bytes()
    page.goto(desks("remix"), timeout=SLOW)
    expect(page.locator("figcaption")).to_contain_text("simulate drop", timeout=SLOW)
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
        [f"made: “{HOSTILE}”, seed 1, a film", "remix: “on grass”, seed 1, small 0.5"]
    )
    expect(page.locator("figcaption")).to_contain_text("from left to right: The original; The remix")
