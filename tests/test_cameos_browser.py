"""The cameo desk in a real browser, before whose camera and microphone an egg sways and hums."""

from urllib.parse import urlparse

import pytest
from browsing import SETTINGS, brightness, chromium, found, nameless, serving
from filming import buzz, scene
from playwright.sync_api import expect

from sora2lib import media

SLOW = 150_000  # milliseconds that a first page may take on a busy machine
HOSTILE = "<img src=x onerror='window.hit=1'><script>window.hit=1</script>"


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """A folder with what lies before the camera, as a browser takes it and as a film."""
    folder = tmp_path_factory.mktemp("camera")
    frames, _ = scene(30)
    (folder / "seen.mjpeg").write_bytes(b"".join(map(media.jpeg, frames)))
    media.write(folder / "heard.wav", frames, fps=12, sound=buzz(180, seconds=2))
    media.write(folder / "pip.mp4", frames, fps=12, sound=buzz(180, seconds=2.5))
    return folder


@pytest.fixture(scope="module")
def browser(seen):
    files = (
        f"use-file-for-fake-video-capture={seen}/seen.mjpeg",
        f"use-file-for-fake-audio-capture={seen}/heard.wav",
    )
    with chromium("use-fake-device-for-media-stream", *files) as browser:
        yield browser


@pytest.fixture(scope="module")
def cameos(tmp_path_factory):
    with serving("cameos", SORA2LIB_HOME=str(tmp_path_factory.mktemp("home"))) as address:
        yield address


@pytest.fixture
def watched(page, cameos):
    """A page that complains of nothing, asks no other machine, runs no strangers' words, and names its controls."""
    told, hosts = [], set()
    complain = lambda it: told.append((it.text, it.location)) if it.type == "error" else None  # noqa: E731
    page.on("console", complain)
    page.on("request", lambda it: hosts.add(urlparse(it.url).hostname) if it.url.startswith("http") else None)
    page.goto(cameos, timeout=SLOW)
    page.get_by_label("Name").wait_for(timeout=SLOW)
    yield page
    assert not told
    assert hosts == {"localhost"}
    assert page.evaluate("window.hit") is None
    assert not nameless(page)


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def told(page, words):
    expect(page.get_by_text(words)).to_be_visible(timeout=SLOW)


def agree(page, noun, subject):
    for label, words in {"Name": "pip", "What it is": noun, "Who is shown, and who says so": subject}.items():
        page.get_by_label(label, exact=True).fill(words)
    page.keyboard.press("Tab")
    told(page, f"“{subject}, ")


def recorded(page, kind, device, what, seconds):
    """Press keys until something is recorded."""
    recorder = page.get_by_role("region", name=f"Recorder: {kind}")
    button(recorder, f"Use the {device}").focus()
    page.keyboard.press("Enter")
    expect(button(recorder, f"Record the {what}")).to_be_focused(timeout=SLOW)
    page.keyboard.press("Enter")
    told(recorder, f"Recording: {seconds} of ")
    page.keyboard.press("Enter")
    told(recorder, " s are recorded.")


def test_a_person_is_filmed_says_yes_signs_and_revokes_by_keys_alone(watched):
    page = watched
    ink, ground = inks(page)
    assert ink < 0.5 < ground
    button(page, "Use the camera").click()
    told(page, "The browser may not use the camera; allow it beside the page's address")
    page.context.grant_permissions(["camera", "microphone"])
    recorded(page, "film", "camera", "film", 3)
    agree(page, "egg", HOSTILE)
    button(page, "Sign and cut out").focus()
    page.keyboard.press("Enter")
    told(page, "nobody has agreed yet")
    recorded(page, "voice", "microphone", "sentence", 2)
    page.get_by_label("The subject, or who may speak for them, agrees to this").focus()
    page.keyboard.press("Space")
    button(page, "Sign and cut out").focus()
    page.keyboard.press("Enter")
    page.get_by_alt_text("What was cut out: @pip").wait_for(timeout=SLOW)
    told(page, f"egg: {HOSTILE}, for draw, remix, save, without end, spoken")
    button(page, "Revoke @pip").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Revoke @pip for good?")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    told(page, "Cameos: 0")


def test_two_pages_show_one_library(watched, browser, cameos, seen):
    page, other = watched, browser.new_page()
    other.goto(cameos, timeout=SLOW)
    other.get_by_label("Name").wait_for(timeout=SLOW)
    page.locator("input[type=file]").last.set_input_files(seen / "pip.mp4")
    told(page, "pip.mp4 is opened.")
    agree(page, "egg", "Pip, by Ann")
    page.get_by_label("The subject, or who may speak for them, agrees to this").check()
    button(page, "Sign and cut out").click()
    button(other, "Revoke @pip").click(timeout=SLOW)
    button(other, "Revoke @pip for good").click()
    told(page, "Cameos: 0")
    expect(page.get_by_alt_text("What was cut out: @pip")).to_have_count(0)
    other.close()


def test_without_devices_or_with_a_file_that_is_none_it_says_what_to_do(browser, cameos, tmp_path):
    bare = browser.browser_type.launch(executable_path=found(), args=SETTINGS)
    page = bare.new_page()
    page.set_default_timeout(SLOW)
    page.goto(cameos, timeout=SLOW)
    button(page, "Use the camera").click(timeout=SLOW)
    told(page, "There is no camera here; connect one, or press “Open a film or picture”.")
    agree(page, "woman", "Ann")
    button(page, "Use the microphone").click()
    told(page, "There is no microphone here; connect one, or press “Open a sound of it”.")
    film = page.locator("input[type=file]").last
    with open(tmp_path / "long.mp4", "wb") as file:
        file.truncate(31_000_000)
    film.set_input_files(tmp_path / "long.mp4")
    told(page, "long.mp4 has 31.0 MB; cut it to 20.0 MB, or record here.")
    film.set_input_files({"name": "ann.txt", "mimeType": "text/plain", "buffer": b"no film"})
    told(page, "'ann.txt' with 7 bytes is no recording")
    film.set_input_files({"name": "ann.mp4", "mimeType": "video/mp4", "buffer": b"no film"})
    told(page, "ann.mp4 is opened.")
    button(page, "Sign and cut out").click()
    told(page, "a person agrees in their own voice; record the sentence")
    bare.close()


def inks(page):
    """How bright the writing on a button is, and its ground."""
    look = "(it) => [getComputedStyle(it).color, getComputedStyle(it).backgroundColor]"
    return [brightness(it) for it in button(page, "Use the camera").evaluate(look)]


@pytest.mark.parametrize("page", ["dark"], indirect=True)
def test_it_is_dark_if_the_reader_likes(watched):
    watched.wait_for_url("**theme=dark**", timeout=SLOW)
    button(watched, "Use the camera").wait_for(timeout=SLOW)
    ink, ground = inks(watched)
    assert ink > 0.5 > ground
