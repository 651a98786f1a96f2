"""Decode one file from outside, read from standard input, and write pictures and sound to standard output.

Runs as a program of its own (:mod:`sora2lib.media.process` starts it) that may neither write a file nor take more than
its share of time and memory: whatever a hostile file does to a decoder, it does here. It imports nothing of sora2lib,
and no NumPy, which would double the time that it takes to start.

The answer is a row of messages, each a line of JSON with as many bytes behind it as its ``bytes`` says: one ``about``,
then pictures and sounds as they are decoded, then one ``end``. A file that is refused gives ``{"refused": why}`` and
exit code 3.
"""

import contextlib
import json
import math
import sys
from typing import Any, BinaryIO, NoReturn

import av

REFUSED = 3
VIDEO_CODECS = ("h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "mjpeg")
PCM = ("pcm_u8", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s32le", "pcm_f32le", "pcm_f64le")
SOUND_CODECS = ("aac", "mp3", "opus", "vorbis", "flac", "alac", "ac3", *PCM)
PICTURES = ("PNG", "JPEG", "WEBP", "GIF")
LARGEST_FRAME, LARGEST_PICTURE = 4096 * 2304, 50_000_000  # pixels
MOST_STREAMS, MOST_CHANNELS = 16, 8
GUESSED = ("mp3", "aac")  # files that do not say how long they are
PAUSE = 1.0  # s that a picture in a moving file is shown if the file does not say


def main() -> None:
    """Answer the question that the first argument asks, in JSON; :mod:`sora2lib.media.foreign` says what it may be."""
    ask: dict[str, Any] = json.loads(sys.argv[1])
    _limit(ask["memory"], ask["processor"])
    with open(0, "rb", closefd=False) as source:
        kind = _kind(source)
        try:
            if kind in PICTURES:
                _pictures(source, kind, ask)
            else:
                _film(source, kind, ask)
        except MemoryError:
            _refuse(f"needs more than {ask['memory'] / 1e9:.2g} GB of memory; make it smaller")
        # Pillow says SyntaxError where a PNG breaks off.
        except (av.error.FFmpegError, OSError, ValueError, EOFError, SyntaxError) as error:
            _refuse(f"is damaged or cut short ({error}); copy it again")
    _tell({"end": True})
    sys.stdout.flush()


def _limit(memory: int, seconds: int) -> None:
    if sys.platform != "win32":  # where the parent's patience is the only limit
        import resource

        limits = {"AS": memory, "CPU": seconds, "FSIZE": 0, "CORE": 0, "NOFILE": 32}
        for name, value in limits.items():
            with contextlib.suppress(ValueError, OSError):  # macOS refuses some
                resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, value))


def _tell(message: dict[str, Any], content: Any = b"") -> None:
    with memoryview(content) as view:
        sys.stdout.buffer.write(json.dumps(message | {"bytes": view.nbytes}).encode() + b"\n")
        sys.stdout.buffer.write(view)


def _refuse(why: str) -> NoReturn:
    _tell({"refused": why})
    sys.stdout.flush()
    sys.exit(REFUSED)


def _kind(source: BinaryIO) -> str:
    """What the first bytes say; the name of a file says nothing."""
    head = source.read(16)
    if head[:3] == b"ID3" and len(head) >= 10:  # a tag before the sound, as long as seven bits of each byte say
        source.seek(10 + sum((byte & 127) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True)))
        head = source.read(16)
    source.seek(0)
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
        return "mp4"
    if head[:4] == b"RIFF" and head[8:12] in (b"WAVE", b"WEBP", b"AVI "):
        return {b"WAVE": "wav", b"WEBP": "WEBP", b"AVI ": "avi"}[head[8:12]]
    if head[:1] == b"\xff" and head[1:2] > b"\xdf":
        return "aac" if head[1] & 0xF6 == 0xF0 else "mp3"
    known = {b"\x1aE\xdf\xa3": "matroska", b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG", b"GIF8": "GIF",
             b"fLaC": "flac", b"OggS": "ogg"}  # fmt: skip
    for start, kind in known.items():
        if head.startswith(start):
            return kind
    _refuse("is damaged, or none of MP4, MOV, WebM, MKV, AVI, WAV, MP3, FLAC, Ogg, AAC, PNG, JPEG, WebP or GIF")


def _pictures(source: BinaryIO, kind: str, ask: dict[str, Any]) -> None:
    """The pictures of a file that knows no sound, or its first one."""
    if not ask["pictures"]:
        _refuse("is a picture; give a film or a sound")
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # what Pillow would only warn of is refused below, before a pixel is decoded
    with Image.open(source, formats=(kind,)) as picture:
        if picture.width * picture.height > LARGEST_PICTURE:
            _refuse(f"has {picture.width * picture.height / 1e6:.0f} megapixels; {LARGEST_PICTURE / 1e6:.0f} at most")
        count = getattr(picture, "n_frames", 1) if ask["moving"] else 1
        _check_room(picture.width, picture.height, count, ask)
        _tell({"about": kind, "pictures": count})
        for index in range(count):
            picture.seek(index)
            if ask["longest"]:
                picture.draft("RGB", (2 * ask["longest"], 2 * ask["longest"]))
            seen = ImageOps.exif_transpose(picture)
            lasts = (picture.info.get("duration") or 1000 * PAUSE) / 1000
            seen = seen.convert("RGBA" if ask["opacity"] and seen.has_transparency_data else "RGB")
            if ask["longest"]:
                seen.thumbnail((ask["longest"], ask["longest"]))
            channels = len(seen.getbands())
            told = {"width": seen.width, "height": seen.height, "channels": channels, "row": channels * seen.width}
            _tell({"picture": told, "lasts": lasts, "turn": 0}, seen.tobytes())


def _film(source: BinaryIO, kind: str, ask: dict[str, Any]) -> None:
    """Pictures, at most ``fps`` a second, and sound of a film, or the sound of a sound."""
    if not ask["film"] and not ask["sound"]:
        _refuse("is no picture; give a PNG, JPEG or WebP, or record the film")
    opened: Any = av.open(source, format=kind, metadata_errors="replace")
    with opened as container:
        if len(container.streams) > MOST_STREAMS:
            _refuse(f"has {len(container.streams)} streams; {MOST_STREAMS} at most")
        video = next((it for it in container.streams.video if not _cover(it)), None) if ask["film"] else None
        audio = next(iter(container.streams.audio), None) if ask["sound"] else None
        if ask["film"] and video is None:
            _refuse("holds sound alone, and no moving picture; give a film")
        if not ask["film"] and audio is None:
            _refuse("holds no sound; give a file that does")
        _check(video, audio)
        whole = _lasting(container, video or audio)
        _check_length(whole or 0.0, ask, whole=whole is not None)
        fps, count = float(video.average_rate or 0) if video else 0.0, 0
        if video is not None:
            video.thread_type = "NONE"  # one thread keeps to its share of memory
            count = round(min(whole or 0.0, ask["first"] or math.inf) * min(fps, ask["fps"] or math.inf)) + 1
            _check_room(video.width, video.height, count, ask)
        rate = audio.rate if audio else 0
        _tell({"about": kind, "pictures": count, "fps": fps, "rate": rate, "seconds": whole or 0.0})
        lasts = _decoded(container, video, audio, ask)
        if not ask["first"] and whole is not None and kind not in GUESSED and lasts < 0.85 * whole - 0.2:
            _refuse(f"is cut short: it ends after {lasts:.3g} of {whole:.3g} s; copy it again")
        _check_length(lasts, ask, whole=True)


def _cover(video: Any) -> bool:
    """Whether a stream is the picture on the cover of a sound."""
    return bool(getattr(video, "disposition", 0) & 0x400)


def _lasting(container: Any, stream: Any) -> float | None:
    """Seconds that a file says it lasts."""
    if stream.duration:
        return float(stream.duration * stream.time_base)
    return None if container.duration is None else container.duration / 1e6


def _check(video: Any, audio: Any) -> None:
    for stream, known in ((video, VIDEO_CODECS), (audio, SOUND_CODECS)):
        codec = stream and stream.codec_context
        if stream is not None and (codec is None or codec.codec.canonical_name not in known):
            _refuse(
                f"uses the codec {codec.codec.canonical_name if codec else 'of nobody'}; use one of {', '.join(known)}"
            )
    if video is not None and video.width * video.height > LARGEST_FRAME:
        _refuse(f"is {video.width}x{video.height}; film with 4096x2304 at most")
    if audio is not None and not 1 <= audio.codec_context.channels <= MOST_CHANNELS:
        _refuse(f"holds {audio.codec_context.channels} channels; give 1, 2, 6 or 8")


def _check_room(width: int, height: int, count: int, ask: dict[str, Any]) -> None:
    """Whether the pictures fit into what the parent has room for, before one is decoded."""
    share = min(1.0, ask["longest"] / max(width, height, 1)) if ask["longest"] else 1.0
    need = 3 * width * height * share**2 * count
    if need > ask["room"]:
        _refuse(f"would take {need / 1e9:.3g} GB in memory; {ask['room'] / 1e9:g} are allowed, so give a part of it")


def _check_length(seconds: float, ask: dict[str, Any], *, whole: bool) -> None:
    least, most = ask["seconds"]
    if (most and seconds > most + 0.5) or (whole and seconds < least - 0.1):
        _refuse(f"lasts {seconds:.4g} s; give {least:g} to {most:g} s of it")


def _decoded(container: Any, video: Any, audio: Any, ask: dict[str, Any]) -> float:
    """Tell pictures and sound as they come; return the seconds that there were."""
    wanted = {stream for stream in (video, audio) if stream is not None}
    resampler = av.AudioResampler(format="flt", layout=ask["layout"], rate=ask["rate"])
    size, start, time, due, heard = None, None, 0.0, -1.0, 0.0
    for decoded in container.decode(list(wanted)):
        if isinstance(decoded, av.AudioFrame):
            heard += sum(_heard(part) for part in resampler.resample(decoded))
            if not video:
                _check_length(heard, ask, whole=False)
            if ask["first"] and heard >= ask["first"]:
                wanted.discard(audio)
        else:
            if size not in (None, (decoded.width, decoded.height)):
                _refuse("changes its size midway; film it anew")
            size = (decoded.width, decoded.height)
            at = None if decoded.time is None else float(decoded.time)
            start = at if start is None else start
            time = (at or 0.0) - (start or 0.0)
            _check_length(time, ask, whole=False)
            if ask["first"] and time >= ask["first"] - 1e-3:
                wanted.discard(video)
            elif not ask["fps"] or time >= due - 1e-3:
                due = max(due, time) + 1 / ask["fps"] if ask["fps"] else 0.0
                _seen(decoded, at, ask["longest"])
        if not wanted:
            break
    else:
        heard += sum(_heard(part) for part in resampler.resample(None)) if audio is not None else 0.0
    if video is not None and size is None:
        _refuse("is damaged or cut short: it holds no whole frame; film it anew")
    return time + 1 / (ask["fps"] or float(video.average_rate or 1)) if video is not None else heard


def _seen(decoded: Any, time: float | None, longest: int | None) -> None:
    """Tell a picture as it is filmed; phones film lying and note by how much to turn it."""
    share = min(1.0, longest / max(decoded.width, decoded.height)) if longest else 1.0
    width, height = decoded.width, decoded.height
    if share < 1:
        width, height = (max(2, round(side * share / 2) * 2) for side in (width, height))
    picture = decoded.reformat(width, height, format="rgb24", interpolation="AREA" if share < 1 else None)
    plane = picture.planes[0]
    told = {"width": width, "height": height, "channels": 3, "row": plane.line_size}
    turn = round(getattr(decoded, "rotation", 0) / 90) % 4
    _tell({"picture": told, "time": time, "turn": turn}, plane)


def _heard(part: Any) -> float:
    """Tell a piece of sound, sample after sample of all channels; return how many seconds it lasts."""
    channels = len(part.layout.channels)
    with memoryview(part.planes[0]) as plane:  # PyAV's planes apart end at the seventh channel
        _tell({"sound": channels, "rate": part.sample_rate}, plane.cast("B")[: 4 * channels * part.samples])
    return part.samples / part.sample_rate


if __name__ == "__main__":
    main()
