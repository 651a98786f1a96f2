"""Decode one file from outside, read from standard input, and write pictures and sound to standard output.

Runs as a program of its own (:mod:`sora2lib.media.foreign` starts it) that may neither open files for writing nor take
more than its share of time and memory: whatever a hostile file does to a decoder, it does here. It imports nothing of
sora2lib.

The answer is one line of JSON, then frames (T, H, W, C) uint8 and sound (samples,) float32, mono, as they are in
memory. A file that is refused gives ``{"refused": why}`` and exit code 3.
"""

import contextlib
import json
import sys
from typing import Any, BinaryIO, NoReturn

import av
import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

REFUSED = 3
VIDEO_CODECS = ("h264", "hevc", "vp8", "vp9", "av1")
SOUND_CODECS = ("aac", "mp3", "opus", "vorbis", "flac", "alac", "pcm_s16le", "pcm_s24le", "pcm_f32le", "pcm_u8")
PICTURES = ("PNG", "JPEG", "WEBP")
LARGEST_FRAME, LARGEST_PICTURE = 4096 * 2304, 50_000_000  # pixels
RATE = 24_000  # samples a second of the answer


def main() -> None:
    """Answer the question that the first argument asks, in JSON."""
    ask: dict[str, Any] = json.loads(sys.argv[1])
    _limit(ask["memory"], ask["cpu"])
    with open(0, "rb", closefd=False) as source:
        try:
            kind = _kind(source)
            if kind in PICTURES:
                frames, fps, sound = _picture(source, ask), 0.0, np.zeros(0, np.float32)
            else:
                frames, fps, sound = _film(source, kind, ask)
        except (av.error.FFmpegError, OSError, ValueError, SyntaxError, UnidentifiedImageError) as error:
            _refuse(f"is damaged or not what its name says ({error})")
        except MemoryError:
            _refuse(f"needs more than {ask['memory'] / 1e9:.2g} GB of memory")
    told = {"shape": frames.shape, "fps": fps, "samples": len(sound), "rate": RATE}
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + frames.tobytes() + sound.tobytes())


def _limit(memory: int, seconds: int) -> None:
    if sys.platform != "win32":  # where the parent's clock is the only limit
        import resource

        limits = {"AS": memory, "CPU": seconds, "FSIZE": 0, "CORE": 0, "NOFILE": 64}
        for name, value in limits.items():
            with contextlib.suppress(ValueError, OSError):  # macOS refuses some
                resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, value))


def _refuse(why: str) -> NoReturn:
    sys.stdout.buffer.write(json.dumps({"refused": why}).encode())
    sys.stdout.flush()
    sys.exit(REFUSED)


def _kind(source: BinaryIO) -> str:
    """What the first bytes say; the name of a file says nothing."""
    head = source.read(16)
    source.seek(0)
    if head[4:8] == b"ftyp":
        return "mp4"
    if head[:4] == b"\x1aE\xdf\xa3":
        return "matroska"
    if head[:4] == b"RIFF" and head[8:12] in (b"WAVE", b"WEBP"):
        return {b"WAVE": "wav", b"WEBP": "WEBP"}[head[8:12]]
    if head[:8] == b"\x89PNG\r\n\x1a\n":
        return "PNG"
    if head[:3] == b"\xff\xd8\xff":
        return "JPEG"
    _refuse("is none of MP4, MOV, WebM, MKV, WAV, PNG, JPEG or WebP")


def _picture(source: BinaryIO, ask: dict[str, Any]) -> Any:
    if not ask["pictures"]:
        _refuse("is a picture; give a film or a sound")
    Image.MAX_IMAGE_PIXELS = None  # what Pillow would only warn of is refused below, before a pixel is decoded
    with Image.open(source, formats=PICTURES) as picture:
        if picture.width * picture.height > LARGEST_PICTURE:
            _refuse(f"has {picture.width * picture.height / 1e6:.0f} megapixels; {LARGEST_PICTURE / 1e6:.0f} at most")
        picture.draft("RGB", (2 * ask["longest"], 2 * ask["longest"]))
        upright = ImageOps.exif_transpose(picture)
    seen = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    seen.thumbnail((ask["longest"], ask["longest"]))
    return np.asarray(seen)[None]


def _film(source: BinaryIO, kind: str, ask: dict[str, Any]) -> tuple[Any, float, Any]:
    """Frames (T, H, W, 3) at most ``fps`` a second, their rate, and sound (samples,)."""
    if ask["pictures"]:
        _refuse("is no picture; give a PNG, JPEG or WebP, or record the film")
    opened: Any = av.open(source, format=kind)
    with opened as container:
        video = next(iter(container.streams.video), None) if ask["film"] else None
        audio = next(iter(container.streams.audio), None)
        if ask["film"] and video is None:
            _refuse("holds no moving picture")
        if not ask["film"] and audio is None:
            _refuse("holds no sound")
        _check(video, audio)
        _check_length((container.duration or 0) / 1e6, ask, whole=container.duration is not None)
        frames, times, sound = _decoded(container, video, audio, ask)
        heard = np.concatenate(sound) if sound else np.zeros(0, np.float32)
        lasts = max(times[-1] + 1 / ask["fps"] if times else 0.0, 0.0 if video else len(heard) / RATE)
        if container.duration is not None and lasts < 0.85 * container.duration / 1e6 - 0.2:
            _refuse(f"is cut short: it ends after {lasts:.3g} of {container.duration / 1e6:.3g} s; copy it again")
        _check_length(lasts, ask, whole=True)
    if not video:
        return np.zeros((0, 1, 1, 3), np.uint8), 0.0, heard
    fps = (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 else 1.0
    return np.stack(frames), fps, heard


def _check(video: Any, audio: Any) -> None:
    for stream, known in ((video, VIDEO_CODECS), (audio, SOUND_CODECS)):
        if stream is not None and stream.codec_context.codec.canonical_name not in known:
            _refuse(f"uses the codec {stream.codec_context.codec.canonical_name}; use one of {', '.join(known)}")
    if video is not None and video.codec_context.width * video.codec_context.height > LARGEST_FRAME:
        _refuse(f"is {video.codec_context.width}x{video.codec_context.height}; film with 4096x2304 at most")


def _check_length(seconds: float, ask: dict[str, Any], *, whole: bool) -> None:
    least, most = ask["seconds"]
    if seconds > most + 0.5 or (whole and seconds < least - 0.1):
        _refuse(f"lasts {seconds:.4g} s; give {least:g} to {most:g} s of it")


def _decoded(container: Any, video: Any, audio: Any, ask: dict[str, Any]) -> tuple[list[Any], list[float], list[Any]]:
    frames: list[Any] = []
    times: list[float] = []
    sound: list[Any] = []
    resampler = av.AudioResampler(format="fltp", layout="stereo", rate=RATE)
    size, due, heard = None, -1.0, 0
    for decoded in container.decode([stream for stream in (video, audio) if stream is not None]):
        if isinstance(decoded, av.AudioFrame):
            for part in resampler.resample(decoded):
                sound.append(part.to_ndarray().mean(axis=0).astype(np.float32))
                heard += part.samples
            _check_length(heard / RATE, ask, whole=False)
            continue
        if size not in (None, (decoded.width, decoded.height)):
            _refuse("changes its size midway; film it anew")
        size, time = (decoded.width, decoded.height), float(decoded.time or 0.0)
        _check_length(time - (times[0] if times else time), ask, whole=False)
        if time < due - 1e-3:
            continue
        due = max(due, time) + 1 / ask["fps"] if times else time + 1 / ask["fps"]
        frames.append(_small(decoded, ask["longest"]))
        times.append(time)
    if video is not None and not frames:
        _refuse("holds no whole frame; film it anew")
    start = times[0] if times else 0.0
    return frames, [time - start for time in times], sound


def _small(decoded: Any, longest: int) -> Any:
    """A picture (H, W, 3), upright, at most so many pixels long."""
    share = min(1.0, longest / max(decoded.width, decoded.height))
    width, height = (max(2, round(side * share / 2) * 2) for side in (decoded.width, decoded.height))
    picture = decoded.reformat(width, height, format="rgb24", interpolation="AREA").to_ndarray()
    return np.rot90(picture, round(getattr(decoded, "rotation", 0) / 90) % 4)


if __name__ == "__main__":
    main()
