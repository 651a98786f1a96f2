"""Moving pictures with sound written through PyAV: MP4, WebM, and WAV for the sound alone."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import chain
from typing import IO, Any

import av
import numpy as np
from numpy.typing import NDArray

from sora2lib.errors import MediaError

Frame = NDArray[np.uint8]
Sound = NDArray[np.float32]

# Conda-forge's FFmpeg has no x264, so the first that is there is taken.
_CODECS = {"mp4": ("libx264", "libopenh264", "h264_videotoolbox", "h264_nvenc"), "webm": ("libvpx-vp9",)}
_OPTIONS = {
    # Slower presets cost a second a clip and save nothing on these smooth pictures.
    "libx264": {"preset": "veryfast", "crf": "18"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "7", "row-mt": "1", "tile-columns": "2", "crf": "30", "b": "0"},
}
_SOUND = {"mp4": "aac", "webm": "libopus"}
_CAPTIONS = {"mp4": "mov_text", "webm": "webvtt"}
# What FFmpeg's encoders of captions ask for before the first one: how they would be drawn.
_CAPTION_STYLE = (
    "[V4+ Styles]\nFormat: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, "
    "Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, "
    "MarginR, MarginV, Encoding\nStyle: Default,Arial,16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,"
    "10,0\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
)
_TICKS = 1000  # a second, of captions
_OPUS_RATE = 48000
_BT709 = 1  # FFmpeg's number for the colours of HD video and for limited range


def write_video(
    file: str | IO[bytes],
    frames: Iterable[Frame],
    *,
    container: str,
    fps: float,
    sound: Sound,
    rate: int,
    note: str = "",
    title: str = "",
    sound_codec: str = "",
    captions: Sequence[tuple[float, float, str]] = (),
) -> None:
    """Encode frames (H, W, 3) one at a time, and sound (2, samples) and captions as they fall due, into MP4 or WebM."""
    frames = iter(frames)
    first = next(frames)
    step = Fraction(fps).limit_denominator(1001)
    # The index goes to the front, so that a browser can start before the last byte; that takes a real file.
    options = {"movflags": "+faststart"} if container == "mp4" and isinstance(file, str) else {}
    with av.open(file, "w", format=container, options=options) as output:
        output.metadata.update({"title": _plain(title), "comment": note})
        video = _picture_stream(output, container, step, first.shape[1], first.shape[0])
        audio: Any = output.add_stream(
            sound_codec or _SOUND[container], rate=_OPUS_RATE if container == "webm" else rate, layout="stereo"
        )
        audio.bit_rate = 160_000
        written = _caption_stream(output, container) if captions else None
        waiting = sorted(captions)
        heard = 0
        for index, picture in enumerate(chain((first,), frames)):
            frame = video_frame(picture, index, step)
            frame = frame.reformat(format="yuv420p", dst_colorspace=_BT709, dst_color_range=_BT709)
            output.mux(video.encode(frame))
            due = round((index + 1) / step * rate)
            output.mux(_encode_sound(audio, sound[:, heard:due], heard, rate))
            heard = due
            while waiting and waiting[0][0] * step < index + 1:
                output.mux(_caption(written, container, *waiting.pop(0)))
        output.mux(video.encode(None))
        output.mux(audio.encode(None))


def video_frame(picture: Frame, index: int, step: Fraction) -> Any:
    """Wrap a picture (H, W, 3) as PyAV's frame number ``index`` at ``step`` frames a second."""
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
    frame.pts, frame.time_base = index, 1 / step
    return frame


def _picture_stream(output: Any, container: str, step: Fraction, width: int, height: int) -> Any:
    if width % 2 or height % 2:
        raise MediaError(f"a picture of {width}x{height} has an odd side; video needs even ones, so crop or resize it")
    codec = next((name for name in _CODECS[container] if name in av.codecs_available), None)
    if codec is None:
        raise MediaError(f"this PyAV cannot write {container}; install the one from PyPI: pip install av")
    stream = output.add_stream(codec, rate=step, options=_OPTIONS.get(codec, {}))
    stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
    context = stream.codec_context
    context.colorspace = context.color_primaries = context.color_trc = context.color_range = _BT709
    return stream


def _caption_stream(output: Any, container: str) -> Any:
    stream = output.add_stream(_CAPTIONS[container])
    stream.codec_context.subtitle_header = _CAPTION_STYLE.encode()
    stream.time_base = stream.codec_context.time_base = Fraction(1, _TICKS)
    stream.metadata["language"] = "eng"
    return stream


def _caption(stream: Any, container: str, start: float, stop: float, text: str) -> Any:
    """Words as a packet: MP4 wants their number of bytes first, WebM the words alone."""
    words = _plain(text).encode()
    packet = av.Packet(len(words).to_bytes(2, "big") + words if container == "mp4" else words)
    packet.stream, packet.time_base = stream, Fraction(1, _TICKS)
    packet.pts = packet.dts = round(start * _TICKS)
    packet.duration = max(round((stop - start) * _TICKS), 1)
    return packet


def _encode_sound(stream: Any, sound: Sound, start: int, rate: int) -> Any:
    if not sound.shape[1]:
        return []
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound, dtype=np.float32), format="fltp", layout="stereo")
    frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
    return stream.encode(frame)


def _plain(text: str) -> str:
    return " ".join(text.split())[:200].encode("utf-8", "replace").decode()


def write_wav(path: str, sound: Sound, *, rate: int, note: str) -> None:
    """Write 16-bit stereo; what is louder than full scale is clipped."""
    with av.open(path, "w", format="wav") as output:
        output.metadata["comment"] = note
        stream = output.add_stream("pcm_s16le", rate=rate, layout="stereo")
        output.mux(_encode_sound(stream, np.clip(sound, -1, 1), 0, rate))
        output.mux(stream.encode(None))
