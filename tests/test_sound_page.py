"""The page of the sound benchmark: what it marks lies where it happens."""

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

import sora2lib
from sora2lib.listening import listen

SPEC = importlib.util.spec_from_file_location(
    "sound_page", Path(__file__).parent.parent / "benchmarks" / "sound_page.py"
)
sound_page = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(sound_page)


@pytest.fixture(scope="module")
def dropped():
    return sora2lib.simulate("drop", seed=3, seconds=2, size="64x64", fps=6)


def test_contacts_and_onsets_are_marked_where_they_are(dropped):
    heard = listen(dropped)
    shown = sound_page.section("drop & <roll>", dropped, heard)
    assert "<roll>" not in shown
    marks = [float(x) for x in re.findall(r'<line x1="([\d.]+)" x2="\1" y1="0" y2="100" stroke="#f', shown)]
    assert marks == pytest.approx(heard.contact_time.values / 2 * sound_page.WIDE, abs=0.01)
    dashed = shown.count('stroke="#ff7a6b"')
    assert dashed == int(np.isnan(heard.heard.values).sum())
    assert shown.count("<path d=") == heard.sizes["onset"]


def test_the_louder_the_brighter_and_high_lies_above_low(dropped):
    heard = listen(dropped)
    heard.mel[:] = sound_page.FAINT
    heard.mel[2, 5] = sound_page.LOUD
    picture = sound_page.painted(heard)
    assert picture.shape == (heard.sizes["band"], heard.sizes["time"], 3)
    assert np.unravel_index(picture.sum(axis=-1).argmax(), picture.shape[:2]) == (heard.sizes["band"] - 3, 5)
    assert tuple(picture[0, 0]) == sound_page.COLOURS[0]


def test_the_strip_shows_each_part_in_its_place(clip):
    strip = sound_page.film_strip(clip)
    across = sound_page.WIDE // sound_page.PICTURES
    assert strip.shape == (sound_page.STRIP, sound_page.WIDE, 3)
    red = (strip[:, :, 0] > 150).any(axis=0).reshape(sound_page.PICTURES, across)
    assert (np.diff(red.argmax(axis=1)) > 0).all()  # the square moves right from picture to picture
