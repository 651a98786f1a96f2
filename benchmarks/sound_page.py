"""A page on which sound and sight can be compared: ``python benchmarks/sound.py --page FILE`` writes it.

Each clip has its film strip over its spectrogram on one axis of time, with every contact of the world marked through
both and every onset of the sound below; a film beside it plays, and a line shows where it is. All is in the one file.
"""

import base64
import html
import tempfile
from collections.abc import Iterator
from pathlib import Path

import imageio.v3 as imageio
import numpy as np
import xarray as xr
from numpy.typing import NDArray

import sora2lib
from sora2lib import Clip, Levels, media
from sora2lib.listening import listen
from sora2lib.sound.loudness import SILENCE
from sora2lib.world.families import FAMILIES
from sora2lib.world.families.people import PEOPLE

SEED, CLIPS, SECONDS = 15_000_000, 30, 4.0
SIZE, FPS = "320x180", 24.0
WIDE, STRIP, TALL, PICTURES = 960, 68, 168, 8  # pixels across, of the strip and of the spectrum; pictures in a strip
EFFECTS = Levels(ambience=0.0, music=0.0)  # what have onsets of their own
SOFT = 0.1  # of the impulse of the hardest contact
FAINT, LOUD = -95.0, -15.0  # dB at the two ends of the colours
# From silence to loud; bright means loud whether one sees colours or not.
COLOURS = ((8, 6, 24), (62, 18, 94), (146, 38, 104), (221, 81, 58), (251, 164, 20), (252, 250, 164))
PITCHES = {100: "100 Hz", 1000: "1 kHz", 10_000: "10 kHz"}
STYLE = """
:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:82rem;margin:2rem auto;padding:0 1rem}
section{display:grid;grid-template-columns:minmax(12rem,1fr) 3fr;gap:.4rem 1.2rem;margin:0 0 2.2rem;align-items:start}
h2{font-size:1.1rem;margin:0;grid-column:1/-1;border-top:1px solid #8886;padding-top:.8rem}
video{width:100%;height:auto;background:#000}.told{margin:.3rem 0 0;font-size:.87rem}.stack{position:relative}
figure img,figure svg{display:block;width:100%}.stack img+img{height:10.5rem}
.over{position:absolute;inset:0;height:100%}
.now{position:absolute;top:0;bottom:0;width:2px;margin-left:-1px;background:#fff;box-shadow:0 0 0 1px #000;left:0}
.axis{position:relative;height:1.4em;font-size:.8rem;white-space:nowrap}
.axis span{position:absolute;transform:translateX(-50%)}
.axis span:first-child{transform:none}.axis span:last-child{transform:translateX(-100%)}figure{margin:0}
.pitch{position:absolute;left:3px;font-size:.7rem;line-height:1;color:#fff;text-shadow:0 0 3px #000,0 0 3px #000}
table{border-collapse:collapse;margin:1rem 0}td,th{text-align:left;padding:.15rem .9rem .15rem 0;font-size:.87rem}
.key svg{vertical-align:middle}a{color:inherit}
@media(max-width:44rem){section{grid-template-columns:1fr}video{max-width:20rem}}
"""
# Where a film is, is drawn over its strip; a click there leads to that moment.
SCRIPT = """
for (const section of document.querySelectorAll("section")) {
  const film = section.querySelector("video"), stack = section.querySelector(".stack")
  const now = stack.querySelector(".now")
  const draw = () => { now.style.left = 100 * film.currentTime / film.duration + "%"
                       if (!film.paused) requestAnimationFrame(draw) }
  for (const event of ["play", "seeked", "pause"]) film.addEventListener(event, draw)
  stack.addEventListener("click", (e) => { const box = stack.getBoundingClientRect()
    film.currentTime = film.duration * (e.clientX - box.left) / box.width })
}
"""
DASHED = 'stroke-dasharray="3 3"'
MARK = '<line x1="{x:.2f}" x2="{x:.2f}" y1="0" y2="100" stroke="{ink}" stroke-width="{wide}" {dash}/>'


def write_page(path: Path, *, clips: int = CLIPS) -> Path:
    """Write a page of clips, simulated families of things and of people in turn."""
    families = [*FAMILIES, *PEOPLE]
    chosen = [families[n] for n in np.linspace(0, len(families) - 1, clips).round().astype(int)]
    sections, rows = [], []
    for family in chosen:
        clip = sora2lib.simulate(family, seed=SEED, seconds=SECONDS, size=SIZE, fps=FPS).dub(levels=EFFECTS)
        heard = listen(clip)
        sections.append(section(family, clip, heard))
        rows.append(row(family, heard))
    with media.replacing(path, suffixes=(".html",), force=True) as temporary:
        temporary.write_text(page(sections, rows), encoding="utf-8")
    return path


def page(sections: list[str], rows: list[str]) -> str:
    """The whole page."""
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>What is heard is what happens</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body>'
        f"<h1>What is heard is what happens</h1><p>{len(sections)} simulated scenes, drawn and sounded by sora2lib "
        f"{sora2lib.__version__}, each {SECONDS:g} s, without ambience and music. The film strip lies over the "
        f"spectrum (mel scale, both ears, {FAINT:g} to {LOUD:g} dB) on one axis of time. Each line through both is a "
        "contact of the world; each triangle is an onset, found in the sound alone. Click into a strip to go there.</p>"
        f'<p class="key">{_key("#ffd84a", "")} contact with an onset within 20 ms &nbsp; '
        f"{_key('#ff7a6b', DASHED)} contact without one of its own: "
        "soft, a step, or close to another &nbsp; &#9650; onset</p>"
        f"<details><summary>All in numbers</summary><table><tr><th>scene<th>loudness<th>contacts<th>with an onset"
        f"<th>onset after contact, median</tr>{''.join(rows)}</table></details>"
        f"{''.join(sections)}<script>{SCRIPT}</script></body></html>"
    )


def _key(ink: str, dash: str) -> str:
    back = '<rect width="16" height="16" fill="#333"/>'
    return (
        f'<svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">{back}<line x1="8" x2="8" y1="0" y2="16" '
        f'stroke="{ink}" stroke-width="2" {dash}/></svg>'
    )


def section(family: str, clip: Clip, heard: xr.Dataset) -> str:
    """One clip: its film, what is told of it, its strip and its spectrum."""
    film = _data("video/mp4", filmed(clip))
    name = html.escape(family)
    strip = _data("image/jpeg", media.jpeg(film_strip(clip)))
    spectrum = _data("image/png", imageio.imwrite("<bytes>", painted(heard), extension=".png"))
    times = ", ".join(f"{time:.2f}" for time in heard.contact_time.values[:40])
    told = f"Spectrum of {name}. Contacts at {times or 'no time'} s." + (
        " And more." if heard.sizes["contact"] > 40 else ""
    )
    share = 100 / clip.seconds
    seconds = "".join(f'<span style="left:{share * n:g}%">{n} s</span>' for n in range(int(clip.seconds) + 1))
    return (
        f'<section id="{name.replace(" ", "-")}"><h2>{name}</h2><div><video controls loop playsinline '
        f'preload="metadata" aria-label="{name}" src="{film}"></video><p class="told">{_numbers(heard)}</p></div>'
        f'<figure><div class="stack"><img alt="Film strip of {name}" src="{strip}"><img alt="{told}" src="{spectrum}">'
        f'<svg class="over" viewBox="0 0 {WIDE} 100" preserveAspectRatio="none" aria-hidden="true">'
        f'{"".join(_marks(heard, clip.seconds))}</svg>{"".join(_pitches(heard))}<div class="now"></div></div>'
        f'{_onsets(heard, clip.seconds)}<div class="axis" aria-hidden="true">{seconds}</div></figure></section>'
    )


def filmed(clip: Clip) -> bytes:
    """The clip as a small MP4, without its world."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        media.write(path, clip.frames, fps=clip.fps, sound=clip.sound, rate=clip.rate)
        return path.read_bytes()


def _numbers(heard: xr.Dataset) -> str:
    contacts, onsets = heard.sizes["contact"], heard.sizes["onset"]
    found = int(np.isfinite(heard.heard.values).sum())
    return f"{_loudness(heard)}. Contacts: {contacts}, with an onset: {found}. Onsets: {onsets}."


def _loudness(heard: xr.Dataset) -> str:
    loud = heard.attrs["loudness"]
    return "Silent" if loud <= SILENCE else f"{loud:.1f} LUFS"


def row(family: str, heard: xr.Dataset) -> str:
    """A clip in the table."""
    late = heard.heard.values[np.isfinite(heard.heard.values)]
    off = f"{1000 * np.median(late):+.1f} ms" if len(late) else "none"
    cells = (
        html.escape(family),
        _loudness(heard),
        str(heard.sizes["contact"]),
        str(len(late)),
        off,
    )
    return f"<tr><td>{'<td>'.join(cells)}</tr>"


def _marks(heard: xr.Dataset, seconds: float) -> Iterator[str]:
    """A line for each contact, the wider the harder it is; soft ones have no dark rim, so that many hide little."""
    hardest = max(float(heard.impulse.max()) if heard.sizes["contact"] else 0.0, 1e-9)
    for time, impulse, late in zip(heard.contact_time.values, heard.impulse.values, heard.heard.values, strict=True):
        x, wide = time / seconds * WIDE, 0.7 + 1.8 * (impulse / hardest) ** 0.5
        ink, dash = ("#ffd84a", "") if np.isfinite(late) else ("#ff7a6b", DASHED)
        if impulse > SOFT * hardest:
            yield MARK.format(x=x, ink="#0008", wide=f"{wide + 1.5:.1f}", dash="")
        yield MARK.format(x=x, ink=ink, wide=f"{wide:.1f}", dash=dash)


def _onsets(heard: xr.Dataset, seconds: float) -> str:
    shapes = "".join(f'<path d="M{x:.2f} 0l4 9h-8z"/>' for x in heard.onset_time.values / seconds * WIDE)
    return (
        f'<svg viewBox="0 0 {WIDE} 10" width="100%" fill="currentColor" role="img" aria-label="{heard.sizes["onset"]} '
        f'onsets of the sound">{shapes}</svg>'
    )


def _pitches(heard: xr.Dataset) -> Iterator[str]:
    frequency = heard.frequency.values
    for pitch, name in PITCHES.items():
        up = float(np.interp(pitch, frequency, np.arange(len(frequency)))) / len(frequency)
        place = f"bottom:max(2px, calc({up:.3f} * 10.5rem - .35em))"
        yield f'<span class="pitch" style="{place}" aria-hidden="true">{name}</span>'


def film_strip(clip: Clip) -> NDArray[np.uint8]:
    """Pictures side by side, each that of the middle of the time that it covers."""
    moments = (np.arange(PICTURES) + 0.5) / PICTURES * clip.seconds
    return np.concatenate(
        [media.shrink(clip.frame(moment), width=WIDE // PICTURES, height=STRIP) for moment in moments], axis=1
    )


def painted(heard: xr.Dataset) -> NDArray[np.uint8]:
    """The spectrum as a picture (bands, moments, 3), high above low."""
    share = np.clip((heard.mel.values[::-1] - FAINT) / (LOUD - FAINT), 0, 1) * (len(COLOURS) - 1)
    stops = np.arange(len(COLOURS))
    return np.stack([np.interp(share, stops, column) for column in zip(*COLOURS, strict=True)], axis=-1).astype(
        np.uint8
    )


def _data(mime: str, content: bytes) -> str:
    return f"data:{mime};base64,{base64.b64encode(content).decode()}"
