"""Files from strangers: what is read, what is refused and how, and that nothing else happens."""

import struct
import zlib

import imageio.v3 as imageio
import numpy as np
import pytest

from sora2lib import media
from sora2lib.errors import MediaError
from sora2lib.media.untrusted import Limits, decode


def film(path, count, fps=24.0):
    frames = (np.full((64, 96, 3), 5 * (index % 50), np.uint8) for index in range(count))
    media.write(path, frames, fps=fps, sound=np.zeros((2, round(count / fps * 48000)), np.float32))
    return path


@pytest.fixture
def photo(tmp_path):
    picture = np.random.default_rng(0).integers(0, 255, (60, 100, 3), dtype=np.uint8)
    imageio.imwrite(tmp_path / "photo.png", picture)
    return tmp_path / "photo.png", picture


def test_a_picture_comes_back_to_the_last_bit_whatever_it_is_called(photo):
    path, picture = photo
    frames, fps = decode(path.rename(path.with_name("film.mp4")))
    np.testing.assert_array_equal(frames, picture[None])
    assert fps == 0


def test_large_pictures_come_back_smaller(photo):
    frames, _ = decode(photo[0], Limits(side=50))
    assert frames.shape == (1, 30, 50, 3)


@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_of_a_film_the_first_seconds_are_read(tmp_path, suffix):
    frames, fps = decode(film(tmp_path / f"film{suffix}", 30), Limits(taken=0.5))
    assert (frames.shape, fps) == ((12, 64, 96, 3), 24)
    np.testing.assert_allclose(frames.mean(axis=(1, 2, 3)), 5 * np.arange(12), atol=3)


def test_transparent_pixels_are_white(tmp_path):
    imageio.imwrite(tmp_path / "clear.png", np.zeros((40, 40, 4), np.uint8))
    assert decode(tmp_path / "clear.png")[0].min() == 255


def bomb(path, side):
    """A PNG of some kilobytes that claims a picture of side by side pixels."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(100_000))) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    return path


def cut(path, share):
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    return path


def named(path, content):
    path.write_bytes(content)
    return path


BAD = {
    "text as a picture": (lambda at: named(at / "a.png", b"no picture\n" * 50), "is no PNG, JPEG"),
    "text as a film": (lambda at: named(at / "a.mp4", b"no film\n" * 50), "is no PNG, JPEG"),
    "a playlist": (lambda at: named(at / "a.mp4", b"#EXTM3U\nfile:///etc/passwd\n"), "is no PNG, JPEG"),
    "nothing": (lambda at: named(at / "a.png", b""), "is no PNG, JPEG"),
    "a hundred megapixels": (lambda at: bomb(at / "a.png", 10_000), "= 100 million pixels; the limit is 50"),
    "a bomb": (lambda at: bomb(at / "a.png", 2**31 - 1), "million pixels; the limit"),
    "a lying header": (lambda at: bomb(at / "a.png", 5_000), "damaged or cut short"),
    "an hour": (lambda at: film(at / "a.mp4", 3600, fps=1), "lasts 3600 s; the limit is 60"),
    "a film cut short": (lambda at: cut(film(at / "a.mp4", 24), 0.5), "damaged or cut short"),
    "a folder": (lambda at: at, "cannot be read"),
    "no file": (lambda at: at / "none.png", "cannot be read"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_files_are_refused_in_plain_words(tmp_path, case):
    make, told = BAD[case]
    with pytest.raises(MediaError, match=told):
        decode(make(tmp_path))


def test_a_picture_cut_short_is_refused(photo):
    with pytest.raises(MediaError, match="damaged or cut short"):
        decode(cut(photo[0], 0.5))


def test_large_files_are_refused_unread(photo):
    with pytest.raises(MediaError, match="MB; the limit is"):
        decode(photo[0], Limits(file_bytes=100))


def test_a_decoder_that_takes_too_long_is_stopped(photo):
    with pytest.raises(MediaError, match="more time or memory"):
        decode(photo[0], Limits(wall_seconds=0.01))


def test_a_decoder_that_takes_too_much_memory_is_stopped(photo):
    with pytest.raises(MediaError, match="memory"):
        decode(photo[0], Limits(memory=50_000_000))
