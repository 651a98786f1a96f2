"""Files from outside: what is allowed comes through as it is, all else is refused in words, and the parent lives."""

import contextlib

import numpy as np
import pytest
from PIL import Image

from sora2lib import MediaError, media
from sora2lib.media import foreign

FILM = {"seconds": (2.0, 10.0), "longest": 160, "fps": 12.0}
RATE = 48000


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Three seconds with a bar that moves to the right, and a tone of 220 Hz."""
    folder = tmp_path_factory.mktemp("foreign")
    frames = np.full((72, 90, 160, 3), 40, np.uint8)
    for index, frame in enumerate(frames):
        frame[:, index : index + 20] = (200, 60, 30)
    time = np.arange(3 * RATE) / RATE
    sound = np.stack([0.3 * np.sin(2 * np.pi * 220 * time)] * 2).astype(np.float32)
    media.write(folder / "film.mp4", frames, fps=24, sound=sound)
    media.write(folder / "film.webm", frames, fps=24, sound=sound)
    media.write(folder / "sound.wav", frames, fps=24, sound=sound)
    media.write(folder / "short.mp4", frames[:24], fps=24, sound=sound[:, :RATE])
    media.write(folder / "long.mp4", np.tile(frames, (5, 1, 1, 1)), fps=24, sound=np.tile(sound, 5))
    whole = (folder / "film.mp4").read_bytes()
    (folder / "cut.mp4").write_bytes(whole[: len(whole) * 2 // 3])
    (folder / "text.mp4").write_text("Not a film at all.\n" * 99)
    (folder / "list.mp4").write_text("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n")
    (folder / "empty.mp4").write_bytes(b"")
    Image.new("RGB", (300, 200), (10, 200, 30)).save(folder / "picture.jpg")
    Image.new("RGBA", (300, 200), (10, 200, 30, 128)).save(folder / "cut out.png")
    Image.new("1", (12000, 9000)).save(folder / "huge.png")
    (folder / "broken.png").write_bytes((folder / "cut out.png").read_bytes()[:60])
    return folder


@pytest.mark.parametrize("name", ["film.mp4", "film.webm"])
def test_a_film_comes_through(folder, name):
    film = foreign.film(folder / name, **FILM)
    assert film.frames.shape == (36, 90, 160, 3)
    assert film.fps == pytest.approx(12, rel=0.01)
    bright = film.frames[..., 0].astype(float).mean(axis=1) > 120
    middle = (bright * np.arange(160)).sum(axis=1) / bright.sum(axis=1)
    assert np.diff(middle) == pytest.approx(2, abs=1)  # pixels in a twelfth of a second
    assert len(film.sound) / film.rate == pytest.approx(3, abs=0.05)
    spectrum = np.abs(np.fft.rfft(film.sound[: film.rate]))
    assert spectrum.argmax() == pytest.approx(220, abs=1)


def test_pictures_and_sounds_come_through(folder):
    assert foreign.picture(folder / "picture.jpg", longest=150).frames.shape == (1, 100, 150, 3)
    seen = foreign.picture(folder / "cut out.png", longest=300).frames
    assert seen.shape == (1, 200, 300, 4)
    assert seen[0, 100, 150].tolist() == [10, 200, 30, 128]
    heard = foreign.sound(folder / "sound.wav", seconds=(1, 60))
    assert np.sqrt(np.square(heard.sound).mean()) == pytest.approx(0.3 / np.sqrt(2), rel=0.02)


def test_a_phone_that_was_held_upright_films_upright(folder, tmp_path):
    with Image.open(folder / "picture.jpg") as picture:
        exif = picture.getexif()
        exif[0x0112] = 6
        picture.save(tmp_path / "turned.jpg", exif=exif)
    assert foreign.picture(tmp_path / "turned.jpg", longest=150).frames.shape == (1, 150, 100, 3)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("text.mp4", "is none of MP4"),
        ("list.mp4", "is none of MP4"),
        ("empty.mp4", "is none of MP4"),
        ("cut.mp4", "is damaged|is cut short"),
        ("short.mp4", "lasts 1.* give 2 to 10 s"),
        ("long.mp4", "lasts 15.* give 2 to 10 s"),
        ("picture.jpg", "is a picture; give a film"),
        ("sound.wav", "holds no moving picture"),
        ("nothing.mp4", "cannot be read"),
    ],
)
def test_what_is_no_film_is_refused(folder, name, words):
    with pytest.raises(MediaError, match=words):
        foreign.film(folder / name, **FILM)


@pytest.mark.parametrize(
    ("name", "words"),
    [("huge.png", "108 megapixels; 50 at most"), ("broken.png", "damaged"), ("film.mp4", "no picture")],
)
def test_what_is_no_picture_is_refused(folder, name, words):
    with pytest.raises(MediaError, match=words):
        foreign.picture(folder / name, longest=160)


def test_a_decoder_that_wants_all_memory_gets_none(folder, monkeypatch):
    monkeypatch.setattr(foreign, "MEMORY", 100_000_000)
    with pytest.raises(MediaError, match=r"broke its decoder|needs more than"):
        foreign.film(folder / "film.mp4", **FILM)


def test_a_decoder_that_takes_for_ever_is_stopped(folder, monkeypatch):
    monkeypatch.setattr(foreign, "PATIENCE", 0.01)
    with pytest.raises(MediaError, match=r"takes more than 0\.01 s"):
        foreign.film(folder / "film.mp4", **FILM)


def test_broken_files_never_break_the_parent(folder, tmp_path):
    """Bits turned, parts cut out and doubled: each is decoded or refused."""
    dice = np.random.default_rng(0)
    whole = np.frombuffer((folder / "film.mp4").read_bytes(), np.uint8)
    for number in range(6):
        bent = whole.copy()
        for place in dice.integers(0, len(bent), 30):
            bent[place] ^= 1 << dice.integers(8)
        (tmp_path / "bent.mp4").write_bytes(bent[: len(bent) - number * 100].tobytes())
        with contextlib.suppress(MediaError):
            assert foreign.film(tmp_path / "bent.mp4", **FILM).frames.ndim == 4
