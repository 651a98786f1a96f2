"""A remix bench: the remix stands beside its clip, what differs is told, and what it was made from."""

import inspect
import re

import numpy as np
import panel as pn
import pytest

import sora2lib as sora
from sora2lib.clip import Clip
from sora2lib.recast import STEPS
from sora2lib.widgets import PlayerPane, RemixBench, Revision
from sora2lib.widgets import revision as revision_module
from sora2lib.widgets.abreast import GAP
from sora2lib.widgets.remix_bench import lineage, table
from sora2lib.world.difference import Difference

HOSTILE = "<img src=x onerror=alert(1)>"
WIDE = 64


@pytest.fixture(scope="module")
def dropped():
    return sora.simulate("drop", seed=3, size="64x64", seconds=0.5)


@pytest.fixture(scope="module")
def remixed(dropped):
    """A ball on sand that lies on grass now."""
    revision = Revision(clip=dropped, words="on grass", change=["ground"], width=WIDE)
    seen = []
    revision.param.watch(lambda event: seen.append(event.new), "message")
    revision.make()
    assert sum(it.startswith("Casting: step") for it in seen) == 2 * STEPS
    return revision


def test_a_remix_stands_beside_its_clip_and_says_what_differs(remixed, dropped):
    assert remixed.message == "Changed: ground"
    assert remixed.differences == [Difference("", "ground", "sand", "grass")]
    assert remixed.titles == ["The original", "The remix"]
    assert (remixed.reel["size"], remixed.reel["frames"]) == (f"{2 * WIDE + GAP}x64", 12)
    assert np.array_equal(remixed._pictures[:, :, :WIDE], dropped.frames)
    assert np.array_equal(remixed._pictures[:, :, WIDE + GAP :], remixed.made.frames)


def test_the_file_is_the_remix_and_its_lineage_is_told(remixed, tmp_path):
    (tmp_path / "remix.mp4").write_bytes(remixed.file)
    assert sora.load(tmp_path / "remix.mp4").parents == remixed.made.parents
    assert remixed.lineage == ["made: simulate drop, seed 3", f"remix: “on grass”, seed 1, {remixed.made.maker}"]


def test_either_can_be_heard(dropped, remixed):
    other = Revision(clip=dropped, width=WIDE)
    other._pictures, other.made = remixed._pictures, Clip(
        remixed.made.frames, 24, np.zeros_like(remixed.made.sound), world=remixed.made.world
    )  # fmt: skip
    other.heard = "the original"
    assert any(other.reel["wave"])
    other.heard = "the remix"
    assert not any(other.reel["wave"])


def test_a_remix_can_be_gone_on_from(dropped, remixed):
    again = Revision(clip=dropped)
    assert again.reel["size"] == "64x64"
    again.made, again.file = remixed.made, remixed.file
    again.go_on()
    assert (again.clip, again.made, again.file) == (remixed.made, None, b"")
    assert len(again.lineage) == 2


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"words": " "}, "prompt is"),
        ({"clip": None}, "there is no clip yet"),
        (
            {"clip": Clip(np.zeros((12, 64, 64, 3), np.uint8), 24, np.zeros((2, 24000), np.float32))},
            "there is no world",
        ),
        ({"model": "none of these"}, "none of these"),
    ],
)
def test_what_cannot_be_remixed_is_told_and_the_clip_stays(dropped, wrong, told):
    revision = Revision(**{"clip": dropped} | wrong)
    before = revision.reel
    revision.make()
    assert told in revision.message
    assert not revision.running
    assert revision.reel is before


def test_cancel_stops_it(dropped):
    revision = Revision(clip=dropped, words="on grass")
    revision.param.watch(lambda event: event.new.startswith("Casting") and revision.cancel(), "message")
    revision.make()
    assert (revision.message, revision.made) == ("Cancelled", None)


def test_no_film_is_told_and_a_film_is_taken(dropped, tmp_path):
    revision = Revision(clip=dropped)
    revision.open(f"{HOSTILE}.exe", b"")
    assert "is no film" in revision.message
    assert revision.clip is dropped
    revision.open("film.mp4", dropped.save(tmp_path / "film.mp4").read_bytes())
    assert revision.clip.maker == dropped.maker
    assert revision.message == "Say what shall be otherwise."


def test_the_bench_shows_both_and_offers_what_can_be_done(remixed):
    page = RemixBench(remixed).__panel__()
    (player,) = page.select(PlayerPane)
    assert player.reel["label"] == "on grass; from left to right: The original; The remix"
    shown = " ".join(str(it.object) for it in page.select(pn.pane.HTML))
    assert all(f">{word}</td>" in shown for word in ("ground", "sand", "grass"))
    assert "simulate drop, seed 3" in shown
    buttons = {it.label: it for it in page.select(pn.widgets.Button)}
    assert {"Remix", "Cancel", "Go on from the remix"} <= set(buttons)


def test_words_of_strangers_are_no_markup():
    shown = table([Difference(HOSTILE, HOSTILE, HOSTILE, (HOSTILE,))]) + lineage([HOSTILE])
    assert "<img" not in shown
    assert table([]) == lineage([]) == ""
    assert "rgb(255,128,0)" in table([Difference("ball", "colour", (1.0, 0.5, 0.0), None)])


def test_what_is_known_is_apart_from_how_it_is_shown():
    assert not re.search(r"^(from|import) (panel|bokeh|anywidget)", inspect.getsource(revision_module), re.M)
