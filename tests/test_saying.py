"""Another engine in place of the packaged voice: what it says is heard, what it cannot say the packaged voice says."""

from dataclasses import dataclass, field

import numpy as np
import pytest

import sora2lib
from sora2lib.errors import RequestError
from sora2lib.script import script
from sora2lib.sound import voicebox
from sora2lib.sound.loudness import lufs
from sora2lib.sound.saying import LOUDNESS, lasting, say
from sora2lib.sound.speakers import SPEAKERS
from sora2lib.sound.speech import openings

MAN = SPEAKERS["man"]


@dataclass
class Hum:
    """Says everything as a hum of half a second, at 16 kHz, in two channels."""

    name: str = "hum"
    asked: list = field(default_factory=list)

    def say(self, text, speaker):
        self.asked.append((text, speaker.name))
        if "!" in text:
            raise ValueError("I cannot shout")
        time = np.arange(8_000) / 16_000
        return np.stack([0.1 * np.sin(2 * np.pi * 220 * time)] * 2), 16_000


@pytest.fixture
def hum():
    engine = Hum()
    sora2lib.use_voice(engine)
    yield engine
    sora2lib.use_voice(None)


def test_an_engine_is_heard_at_the_loudness_of_speech(hum):
    said = say("good morning", MAN)
    assert hum.asked == [("good morning", "man")]
    assert said.seconds == pytest.approx(0.5, abs=0.01)
    assert lufs(np.stack([said.sound, said.sound]), voicebox.RATE) == pytest.approx(LOUDNESS, abs=0.2)
    spectrum = np.abs(np.fft.rfft(said.sound))
    assert np.argmax(spectrum) / said.seconds == pytest.approx(220, abs=3)
    assert lasting("good morning", MAN) == said.seconds
    assert not said.refused
    assert openings(said, np.array([0.25]), 1 / 24)[0] > 0.5  # the mouth follows its level


def test_it_says_what_the_packaged_voice_cannot(hum):
    assert lasting("добрый день", MAN) == pytest.approx(0.5, abs=0.01)
    assert not script('The man says "добрый день"', 4).notices
    sora2lib.use_voice(None)
    assert lasting("добрый день", MAN) == 0


def test_what_it_cannot_say_the_packaged_voice_says_and_tells(hum):
    told = script('The man shouts "Land!"', 4)
    assert told.notices == ("hum: I cannot shout; the packaged voice says it",)
    instead = say("Land!", MAN)
    sora2lib.use_voice(None)
    own = say("Land!", MAN)
    assert np.array_equal(instead.sound, own.sound)
    assert not own.refused


@pytest.mark.parametrize(
    ("sound", "rate"),
    [(np.full(100, np.nan), 16_000), (np.zeros(0), 16_000), (np.zeros(16_000 * 200), 16_000), ("hello", 1), (None, 1)],
)
def test_sounds_that_are_none_are_refused(hum, sound, rate):
    hum.say = lambda text, speaker: (sound, rate)
    said = say("good morning", MAN)
    assert said.refused.startswith("hum")
    assert 0.3 < said.seconds < 3


@pytest.mark.parametrize("engine", [3, "espeak", object()])
def test_what_is_no_engine_is_told(engine):
    with pytest.raises(RequestError, match="give an object with a name"):
        sora2lib.use_voice(engine)
