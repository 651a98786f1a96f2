"""Files from outside: what is allowed comes through as it is, all else is refused in words, and the parent lives."""

import contextlib
import itertools
import json
import os
import struct
import time
import zlib

import av
import imageio.v3 as imageio
import numpy as np
import pytest
from PIL import Image

import sora2lib
from sora2lib import MediaError, media
from sora2lib.media import foreign, process

RATE = 48000
FILM = {"seconds": (2.0, 10.0), "longest": 160, "fps": 12.0, "rate": 24_000}
FIT = {"first": 0.5, "longest": 640, "most": 60.0}


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
    media.write(folder / "long.mp4", itertools.repeat(frames[0], 360), fps=24, sound=np.tile(sound, 5))
    whole = (folder / "film.mp4").read_bytes()
    (folder / "cut.mp4").write_bytes(whole[: len(whole) * 2 // 3])
    (folder / "text.mp4").write_text("Not a film at all.\n" * 99)
    (folder / "list.mp4").write_text("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n")
    (folder / "empty.mp4").write_bytes(b"")
    Image.new("RGB", (300, 200), (10, 200, 30)).save(folder / "picture.jpg")
    Image.new("RGBA", (300, 200), (10, 200, 30, 128)).save(folder / "cut out.png")
    (folder / "broken.png").write_bytes((folder / "cut out.png").read_bytes()[:60])
    (folder / "huge.png").write_bytes(bomb(10_000))
    (folder / "bomb.png").write_bytes(bomb(2**31 - 1))
    (folder / "lying.png").write_bytes(bomb(5_000))
    return folder


def bomb(side):
    """A PNG of some hundred bytes that claims a picture of side by side pixels."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(100_000))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


# What comes through


@pytest.mark.parametrize("name", ["film.mp4", "film.webm"])
def test_a_film_comes_through(folder, name):
    film = foreign.film(folder / name, **FILM)
    assert film.frames.shape == (36, 90, 160, 3)
    assert film.fps == pytest.approx(12, rel=0.01)
    bright = film.frames[..., 0].astype(float).mean(axis=1) > 120
    middle = (bright * np.arange(160)).sum(axis=1) / bright.sum(axis=1)
    assert np.diff(middle) == pytest.approx(2, abs=1)  # pixels in a twelfth of a second
    assert film.sound.shape[1] / film.rate == pytest.approx(3, abs=0.05)
    spectrum = np.abs(np.fft.rfft(film.sound[0, : film.rate]))
    assert spectrum.argmax() == pytest.approx(220, abs=1)


@pytest.mark.parametrize("width", [160, 150])  # rows of the second end in bytes that hold no pixels
def test_all_frames_are_those_that_the_codec_gives(tmp_path, width):
    noise = np.random.default_rng(0).integers(0, 255, (5, 90, width, 3), dtype=np.uint8)
    media.write(tmp_path / "a.mp4", noise, fps=24, sound=np.zeros((2, 10_000), np.float32))
    film = foreign.whole(tmp_path / "a.mp4")
    with av.open(str(tmp_path / "a.mp4")) as source:
        frames = np.stack([frame.to_ndarray(format="rgb24") for frame in source.decode(video=0)])
    np.testing.assert_array_equal(film.frames, frames)
    assert (film.fps, film.rate) == (24, RATE)
    assert film.time_T == pytest.approx(np.arange(5) / 24, abs=1e-6)


def test_pictures_and_sounds_come_through(folder):
    assert foreign.picture(folder / "picture.jpg", longest=150).frames.shape == (1, 100, 150, 3)
    seen = foreign.picture(folder / "cut out.png", longest=300).frames
    assert seen.shape == (1, 200, 300, 4)
    assert seen[0, 100, 150].tolist() == [10, 200, 30, 128]
    heard = foreign.sound(folder / "sound.wav", seconds=(1, 60), rate=24_000)
    assert heard.sound.shape == (2, 72_000)
    assert np.sqrt(np.square(heard.sound).mean()) == pytest.approx(0.3 / np.sqrt(2), rel=0.02)


def test_a_picture_comes_through_to_the_last_bit_whatever_it_is_called(tmp_path):
    picture = np.random.default_rng(0).integers(0, 255, (60, 100, 3), dtype=np.uint8)
    imageio.imwrite(tmp_path / "photo.png", picture)
    seen = foreign.beginning((tmp_path / "photo.png").rename(tmp_path / "film.mp4"), **FIT)
    np.testing.assert_array_equal(seen.frames, picture[None])
    assert seen.fps == 0


@pytest.mark.parametrize("name", ["film.mp4", "film.webm"])
def test_of_a_film_the_first_seconds_are_read(folder, name):
    seen = foreign.beginning(folder / name, **FIT)
    assert (seen.frames.shape, seen.fps) == ((12, 90, 160, 3), 24)


def test_phones_that_were_held_upright_film_upright(folder, tmp_path):
    with Image.open(folder / "picture.jpg") as picture:
        exif = picture.getexif()
        exif[0x0112] = 6
        picture.save(tmp_path / "turned.jpg", exif=exif)
    assert foreign.picture(tmp_path / "turned.jpg", longest=150).frames.shape == (1, 150, 100, 3)
    film = (folder / "film.mp4").read_bytes()
    lying = struct.pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
    at = film.index(lying, film.index(b"trak"))  # the first track's; a quarter to the left
    turned = struct.pack(">9i", 0, -(1 << 16), 0, 1 << 16, 0, 0, 0, 160 << 16, 1 << 30)
    (tmp_path / "turned.mp4").write_bytes(film[:at] + turned + film[at + 36 :])
    seen, upright = foreign.whole(tmp_path / "turned.mp4").frames, foreign.whole(folder / "film.mp4").frames
    np.testing.assert_array_equal(seen, np.rot90(upright, axes=(1, 2)))


def test_clips_are_not_decoded_here(folder, monkeypatch):
    monkeypatch.setattr(av, "open", None)
    film = sora2lib.load(folder / "film.mp4")
    assert film.frames.shape == (72, 90, 160, 3)
    assert film.sound.shape == (2, 3 * RATE)
    assert sora2lib.clip.opened(folder / "film.mp4")[1] == pytest.approx(np.arange(72) / 24, abs=1e-6)


# What is refused


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("text.mp4", "is damaged, or none of MP4"),
        ("list.mp4", "is damaged, or none of MP4"),
        ("empty.mp4", "is damaged, or none of MP4"),
        ("cut.mp4", "is damaged or cut short|is cut short"),
        ("short.mp4", "lasts 1.* give 2 to 10 s"),
        ("long.mp4", "lasts 15.* give 2 to 10 s"),
        ("picture.jpg", "is a picture; give a film"),
        ("sound.wav", "holds sound alone, and no moving picture"),
        ("nothing.mp4", "there is no file"),
        ("", "there is no file"),
    ],
)
def test_what_is_no_film_is_refused(folder, name, words):
    with pytest.raises(MediaError, match=words):
        foreign.film(folder / name, **FILM)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("huge.png", "100 megapixels; 50 at most"),
        ("bomb.png", "megapixels; 50 at most"),
        ("lying.png", "damaged or cut short"),
        ("broken.png", "damaged or cut short"),
        ("film.mp4", "no picture"),
    ],
)
def test_what_is_no_picture_is_refused(folder, name, words):
    with pytest.raises(MediaError, match=words):
        foreign.picture(folder / name, longest=160)


def test_a_film_that_would_fill_the_memory_is_refused_unread(folder, monkeypatch):
    monkeypatch.setattr(foreign, "ROOM_WHOLE", 2_000_000)
    with pytest.raises(MediaError, match=r"would take 0\.00315 GB in memory; 0\.002 are allowed, so give a part of it"):
        media.read(folder / "film.mp4")


def test_a_file_that_is_too_large_is_refused_unread(folder, monkeypatch):
    monkeypatch.setattr(foreign, "LARGEST_FILE", 100)
    with pytest.raises(MediaError, match=r"GB; give a file of 1e-07 GB at most"):
        foreign.film(folder / "film.mp4", **FILM)


# What goes wrong


def test_a_decoder_that_wants_all_memory_gets_none(folder, monkeypatch):
    monkeypatch.setitem(foreign._ASK, "memory", 100_000_000)
    with pytest.raises(MediaError, match=r"broke its decoder|needs more than"):
        foreign.film(folder / "film.mp4", **FILM)


def test_a_decoder_that_says_nothing_is_stopped(folder, monkeypatch):
    monkeypatch.setattr(process, "PATIENCE", 0.01)
    with pytest.raises(MediaError, match=r"takes more than 0\.01 s of decoding without a picture"):
        sora2lib.load(folder / "film.mp4")


ABOUT = 'say({"about": "mp4", "bytes": 0}); '
TALL = '{"picture": {"width": 4, "height": 3, "channels": 3, "row": 12}, "time": 0, "turn": 0, "bytes": 36}'
PICTURE = '{"picture": {"width": 4, "height": 2, "channels": 3, "row": 12}, "time": 0, "turn": 0, "bytes": 24}'
WORST = {
    "it is shot": ("import signal; os.kill(os.getpid(), signal.SIGSEGV)", r"broke its decoder, .*code -11"),
    "it counts for ever": ("import signal; os.kill(os.getpid(), signal.SIGXCPU)", "more than 300 s of the processor"),
    "it ends early": (f"{ABOUT}say({PICTURE}, 20)", "broke its decoder"),
    "it says nothing": ("", "broke its decoder"),
    "it babbles": ("os.write(1, b'{' * 99_999)", "broke its decoder"),
    "it says no JSON": ("os.write(1, b'yes\\n')", "broke its decoder"),
    "it says a list": ("say([1])", "broke its decoder"),
    "it says too much": ('say({"end": 1, "bytes": 10**12})', "broke its decoder"),
    "its picture is endless": (f"say({PICTURE})".replace('"width": 4', '"width": 1000000'), "broke its decoder"),
    "its pictures differ": (f"say({PICTURE}, 24); say({TALL}, 36)", "broke its decoder"),
    "it steers a terminal": ('say({"refused": "\\x1b[2J is bad", "bytes": 0})', r"film\.mp4  \[2J is bad$"),
}  # fmt: skip


@pytest.mark.skipif(os.name != "posix", reason="only Unix limits processes")
@pytest.mark.parametrize("case", WORST)
def test_whatever_a_decoder_does_the_parent_lives(folder, tmp_path, monkeypatch, case):
    program, words = WORST[case]
    say = "def say(told, count=0): os.write(1, json.dumps(told).encode() + b'\\n' + bytes(count))\n"
    (tmp_path / "child.py").write_text(f"import json, os\n{say}{program}\n")
    monkeypatch.setattr(process, "CHILD", tmp_path / "child.py")
    with pytest.raises(MediaError, match=words):
        foreign.whole(folder / "film.mp4")


@pytest.mark.skipif(os.name != "posix", reason="only Unix limits processes")
def test_a_decoder_has_its_limits(folder, tmp_path, monkeypatch):
    told = (
        "{name: resource.getrlimit(getattr(resource, name))[0] for name in ('RLIMIT_CPU', 'RLIMIT_AS', 'RLIMIT_FSIZE')}"
    )
    whole = process.CHILD.read_text().replace("kind = _kind(source)", f"import resource; _refuse(str({told}))")
    (tmp_path / "child.py").write_text(whole)
    monkeypatch.setattr(process, "CHILD", tmp_path / "child.py")
    with pytest.raises(MediaError, match="'RLIMIT_CPU': 30, 'RLIMIT_AS': 1500000000, 'RLIMIT_FSIZE': 0"):
        foreign.film(folder / "film.mp4", **FILM)


def test_a_decoder_knows_no_secrets(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("API_KEY", "sesame")
    (tmp_path / "child.py").write_text(
        'import json, os; print(json.dumps({"refused": repr(dict(os.environ)), "bytes": 0}))'
    )
    monkeypatch.setattr(process, "CHILD", tmp_path / "child.py")
    with pytest.raises(MediaError, match="PYTHONPATH") as error:
        foreign.whole(folder / "film.mp4")
    assert "sesame" not in str(error.value)


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
        with contextlib.suppress(MediaError):
            assert isinstance(media.read_note(tmp_path / "bent.mp4"), str)


# Notes


@pytest.mark.parametrize("suffix", [".mkv", ".mov", ".webm", ".mp4"])
def test_a_film_that_others_packed_anew_keeps_its_note(tmp_path, suffix):
    note = json.dumps({"a": "x" * 50_000})
    frames = np.zeros((3, 64, 64, 3), np.uint8)
    first = tmp_path / f"a{'.webm' if suffix in ('.webm', '.mkv') else '.mp4'}"
    media.write(first, frames, fps=24, sound=np.zeros((2, 6_000), np.float32), note=note)
    with av.open(str(first)) as source, av.open(str(tmp_path / f"b{suffix}"), "w") as packed:
        packed.metadata["comment"] = note
        stream = packed.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                packed.mux(packet)
    assert media.read_note(tmp_path / f"b{suffix}") == note


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's, of EXIF that breaks off
@pytest.mark.parametrize("suffix", [".mp4", ".webm", ".wav", ".png", ".gif", ".webp"])
def test_a_broken_file_has_a_note_or_none(tmp_path, suffix):
    frames, dice = np.zeros((2, 64, 64, 3), np.uint8), np.random.default_rng(0)
    path = tmp_path / f"a{suffix}"
    media.write(path, frames, fps=24, sound=np.zeros((2, 4_000), np.float32), note="n" * 300)
    assert media.read_note(path) == "n" * 300
    whole = np.frombuffer(path.read_bytes(), np.uint8)
    for _ in range(150):
        bent = whole.copy()
        bent[dice.integers(0, min(len(bent), 2_000), 20)] = dice.integers(0, 256, 20)
        path.write_bytes(bent[: dice.integers(1, 2 * len(bent))].tobytes())
        with contextlib.suppress(MediaError):
            media.read_note(path)


def test_a_file_of_nothing_but_boxes_takes_no_time(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"\0\0\0\x08ftyp" + b"\0\0\0\x08free" * 1_000_000)
    begun = time.process_time()
    assert media.read_note(tmp_path / "a.mp4") == ""
    assert time.process_time() - begun < 1
