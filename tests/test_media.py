"""Files: pictures and sound come back, in step; what fails leaves nothing behind."""

import errno
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from sora2lib import media
from sora2lib.errors import MediaError

FPS = 24


def psnr(a, b):
    return 10 * np.log10(255**2 / max(np.mean((a.astype(float) - b) ** 2), 1e-9))


def write(path, clip, **options):
    media.write(path, clip.frames, fps=clip.fps, sound=clip.sound, rate=clip.rate, **options)


@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_video_brings_frames_and_sound_back_in_step(tmp_path, clip, suffix):
    path = tmp_path / f"a{suffix}"
    write(path, clip, note='{"a": 1}', title="two\nlines")
    film = media.read(path)
    assert film.frames.shape == clip.frames.shape
    assert film.fps == FPS
    assert psnr(film.frames, clip.frames) > 28  # of which colour at half resolution takes most
    assert film.sound.shape == clip.sound.shape
    heard = np.correlate(film.sound[0, 58000:64000], clip.sound[0, 60000:60480], "valid").argmax() + 58000
    assert abs(heard - 60000) <= 2
    assert np.abs(film.sound[1]).max() < 0.1
    assert media.read_note(path) == '{"a": 1}'


def test_colours_survive_the_trip(tmp_path):
    colours = np.array([[200, 30, 20], [30, 160, 60], [20, 40, 190], [240, 240, 240], [128, 128, 128]], np.uint8)
    frames = np.broadcast_to(colours[:, None, None, :], (5, 64, 64, 3))
    media.write(tmp_path / "a.mp4", frames, fps=5, sound=np.zeros((2, 48000), np.float32))
    back = media.read(tmp_path / "a.mp4").frames.mean(axis=(1, 2))
    assert np.abs(back - colours).max() < 4


@pytest.mark.parametrize(("suffix", "quality"), [(".gif", 25), (".webp", 33)])
def test_moving_pictures_keep_the_clock(tmp_path, clip, suffix, quality):
    path = tmp_path / f"a{suffix}"
    write(path, clip, note="hello" * 1000)
    film = media.read(path, fps=FPS)
    assert film.frames.shape == clip.frames.shape
    assert psnr(film.frames, clip.frames) > quality
    assert media.read(path).fps == pytest.approx(FPS, rel=0.01)
    assert media.read_note(path) == "hello" * 1000


@pytest.mark.parametrize("suffix", [".gif", ".webp"])
def test_frames_that_the_encoder_merged_come_back(tmp_path, clip, suffix):
    frames = np.repeat(clip.frames[:3], [5, 1, 6], axis=0)
    media.write(tmp_path / f"a{suffix}", frames, fps=FPS, sound=np.zeros((2, 24000), np.float32))
    film = media.read(tmp_path / f"a{suffix}", fps=FPS)
    assert film.frames.shape == frames.shape
    assert psnr(film.frames, frames) > 25


def test_a_still_is_the_middle_frame_and_exact(tmp_path, clip):
    write(tmp_path / "a.png", clip, note="n")
    film = media.read(tmp_path / "a.png")
    assert np.array_equal(film.frames[0], clip.frames[24])
    assert media.read_note(tmp_path / "a.png") == "n"


def test_wav_is_sixteen_bit_and_clipped(tmp_path, clip):
    import wave

    loud = clip.sound * 2
    media.write(tmp_path / "a.wav", clip.frames, fps=FPS, sound=loud, note="n" * 5000)
    with wave.open(str(tmp_path / "a.wav")) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, 48000)
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2).T / 32768
    assert np.abs(samples - loud.clip(-1, 1)).max() < 2e-4
    assert media.read_note(tmp_path / "a.wav") == "n" * 5000
    with pytest.raises(MediaError, match="sound alone"):
        media.read(tmp_path / "a.wav")


def test_other_sample_rates_reach_opus_and_aac(tmp_path, clip):
    sound = np.zeros((2, 88200), np.float32)
    sound[:, 44100:44150] = 0.5
    for name in ("a.webm", "a.mp4"):
        media.write(tmp_path / name, clip.frames, fps=FPS, sound=sound, rate=44100)
        film = media.read(tmp_path / name)
        assert np.abs(film.sound[0]).argmax() / film.rate == pytest.approx(1.0, abs=0.003)


def test_a_file_is_kept_unless_forced(tmp_path, clip):
    path = tmp_path / "a.wav"
    path.write_bytes(b"mine")
    with pytest.raises(MediaError, match="exists and is kept"):
        write(path, clip)
    assert path.read_bytes() == b"mine"
    write(path, clip, force=True)
    assert path.read_bytes()[:4] == b"RIFF"


def test_a_target_must_make_sense(tmp_path, clip):
    (tmp_path / "folder.mp4").mkdir()
    for name, words in {
        "a.avi": "'.avi'; use one of .mp4, .webm",
        "a": "''; use one of",
        "no/a.mp4": "does not exist; make it first",
        "folder.mp4": "is a folder",
        "x" * 300 + ".mp4": "name is too long",
    }.items():
        with pytest.raises(MediaError, match=words):
            write(tmp_path / name, clip)
    assert [path.name for path in tmp_path.iterdir()] == ["folder.mp4"]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, ValueError])
@pytest.mark.parametrize("suffix", [".mp4", ".webm", ".gif", ".webp", ".png"])
def test_stopping_half_way_leaves_nothing(tmp_path, clip, suffix, stop):
    def frames():
        yield from clip.frames[:20]
        raise stop

    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"mine")
    with pytest.raises(stop):
        media.write(path, frames(), fps=FPS, sound=clip.sound, force=True)
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
    assert path.read_bytes() == b"mine"


@pytest.mark.parametrize("suffix", [".mp4", ".webm", ".gif", ".webp", ".png", ".wav"])
def test_a_full_disk_is_told_and_leaves_nothing(tmp_path, clip, suffix):
    # A limit on the size of files fails each write past it, like a full disk does.
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    noise = np.random.default_rng(0).integers(0, 255, (12, 128, 128, 3), np.uint8)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, hard))
    try:
        with pytest.raises(MediaError, match=r"a\.\w+ could not be written: .*nothing was left behind"):
            media.write(tmp_path / f"a{suffix}", noise, fps=FPS, sound=clip.sound[:, :24000])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="only Unix has users to switch to")
def test_a_read_only_folder_is_told(clip):
    user = os.geteuid()
    with tempfile.TemporaryDirectory() as folder:
        open_folder, locked = Path(folder), Path(folder) / "locked"
        write(open_folder / "first.wav", clip)  # codecs are loaded while their files can still be read
        open_folder.chmod(0o755)
        locked.mkdir(mode=0o555)
        if user == 0:  # whom permissions do not bind
            os.seteuid(65534)
        try:
            with pytest.raises(MediaError, match="read-only; name one that you may write"):
                write(locked / "a.wav", clip)
        finally:
            os.seteuid(user)
        assert list(locked.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="mounting takes root on Linux")
@pytest.mark.parametrize(("options", "words"), [("size=4k", "disk is full"), ("ro", "read-only")])
def test_a_real_full_or_read_only_disk(tmp_path, clip, options, words):
    if subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(tmp_path)], check=False).returncode:
        pytest.skip("this machine lets nobody mount")
    try:
        for suffix in (".mp4", ".wav", ".nc"):
            with pytest.raises(MediaError, match=words):
                clip.save(tmp_path / f"a{suffix}")
        assert list(tmp_path.iterdir()) == []
    finally:
        subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)  # HDF5 holds what it could not write


def test_each_reason_is_plain_words():
    from sora2lib.media.files import _REASONS

    assert "disk is full" in _REASONS[errno.ENOSPC]
    assert all(";" in reason for reason in _REASONS.values())


@pytest.mark.parametrize("name", ["a.mp4", "a.webm", "a.gif", "a.webp", "a.png", "a.wav"])
def test_damaged_files_are_refused(tmp_path, clip, name):
    path = tmp_path / name
    for content in (b"", b"not a film at all" * 100):
        path.write_bytes(content)
        with pytest.raises(MediaError, match="is damaged"):
            media.read(path)
        with pytest.raises(MediaError, match="is damaged"):
            media.read_note(path)
    with pytest.raises(MediaError, match="there is no file"):
        media.read(tmp_path / f"other-{name}")


def test_odd_sides_are_refused(tmp_path, clip):
    with pytest.raises(MediaError, match="255x71 has an odd side"):
        media.write(tmp_path / "a.mp4", clip.frames[:, :71, :255], fps=FPS, sound=clip.sound)
    assert list(tmp_path.iterdir()) == []


def test_the_index_of_an_mp4_comes_first(tmp_path, clip):
    write(tmp_path / "a.mp4", clip)
    content = (tmp_path / "a.mp4").read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_shrinking_averages():
    picture = np.zeros((40, 40, 3), np.uint8)
    picture[:, ::2] = 200
    small = media.shrink(picture, width=10, height=20)
    assert small.shape == (20, 10, 3)
    assert np.abs(small.astype(int) - 100).max() <= 3


def test_ahead_keeps_order_and_works_ahead():
    made = []

    def items():
        for i in range(6):
            made.append(i)
            yield i

    stream = media.ahead(items(), depth=3)
    assert next(stream) == 0
    while len(made) < 4:
        time.sleep(0.01)
    assert list(stream) == [1, 2, 3, 4, 5]


def test_ahead_passes_errors_on_and_ends_its_thread():
    def failing():
        yield 1
        raise ValueError("two")

    with pytest.raises(ValueError, match="two"):
        list(media.ahead(failing()))
    endless = media.ahead(iter(int, 1))
    next(endless)
    endless.close()
    assert not [t for t in threading.enumerate() if t.name.startswith("sora2lib-ahead")]


def test_ahead_drops_what_nobody_will_take():
    made = []

    def slowly():
        for i in range(100):
            time.sleep(0.05)
            made.append(i)
            yield i

    stream = media.ahead(slowly(), depth=10)
    next(stream)
    stream.close()
    assert len(made) <= 4
