"""A report as HTML: verdicts, numbers, plots over time, pictures. All text is escaped; colours are the page's own."""

import base64
import html
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sora2lib.physics.laws import Check

if TYPE_CHECKING:
    from sora2lib.physics.report import Report

WIDE, HIGH, EDGE = 640, 180, 36
SIGNS = {True: "holds", False: "broken", None: "not measured"}
INK = {True: "#2a7f3f", False: "#c22f2f", None: "#8a8a8a"}
MOST_ROWS = 60
STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}
table{border-collapse:collapse;width:100%;margin:1rem 0}td,th{text-align:left;padding:.25rem .6rem;vertical-align:top}
tr{border-bottom:1px solid #8884}svg,img,video{max-width:100%;height:auto}h1{font-size:1.5rem}h2{font-size:1.15rem}
"""


def page(report: "Report", *, video: bytes = b"") -> str:
    """Return a whole page."""
    film = f'<video controls loop src="{_data("video/mp4", video)}"></video>' if video else ""
    title = html.escape(report.title)
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body>'
        f"<h1>{title}</h1>{film}{fragment(report, picture=not film)}</body></html>"
    )


def fragment(report: "Report", *, picture: bool = True) -> str:
    """Return the part of a page that a notebook shows."""
    shown = (
        f'<img alt="paths of what moves" src="{_data("image/jpeg", report.poster)}">'
        if picture and report.poster
        else ""
    )
    notes = "".join(f"<li>{html.escape(note)}</li>" for note in report.notes)
    return (
        f"<p><b>{html.escape(report.verdict)}</b></p>{shown}{_laws(report)}{_numbers(report)}"
        f"{''.join(_plots(report))}{f'<h2>Good to know</h2><ul>{notes}</ul>' if notes else ''}"
    )


def _laws(report: "Report") -> str:
    rows = "".join(map(_law, _ranked(report.checks)[:MOST_ROWS]))
    return f"<h2>Laws</h2><table><tr><th>law<th>of<th>at<th>verdict<th>why</tr>{rows}</table>"


def _ranked(checks: Sequence[Check]) -> list[Check]:
    """Broken laws first, then those that hold, then those that could not be measured."""
    return sorted(checks, key=lambda it: (it.holds is None, it.holds is True))


def _law(it: Check) -> str:
    time = "" if math.isnan(it.time) else f"{it.time:.2f} s"
    verdict = f'<span style="color:{INK[it.holds]};font-weight:600">{SIGNS[it.holds]}</span>'
    cells = (html.escape(it.law), html.escape(it.what), time, verdict, html.escape(it.why))
    return f"<tr><td>{'<td>'.join(cells)}</tr>"


def _numbers(report: "Report") -> str:
    rows = "".join(
        f"<tr><td>{html.escape(name)}<td>{html.escape(value)}</tr>" for name, value in report.numbers.items()
    )
    return f"<h2>Numbers</h2><table>{rows}</table>" if rows else ""


def _plots(report: "Report") -> list[str]:
    """Height and place sideways over time, of what was seen and of the reference."""
    tracks = report.study.tracks
    if not len(tracks):
        return []
    titles = {-1: f"height, {tracks.unit}", 0: f"sideways, {tracks.unit}"}
    return [
        f"<h2>{title}</h2>{_plot(report, axis)}<p>Solid: what was seen. Dashed: what physics says. Ticks: blows.</p>"
        for axis, title in titles.items()
    ]


def _plot(report: "Report", axis: int) -> str:
    tracks, reference = report.study.tracks, report.reference_NTD
    values = tracks.place_NTD[..., axis]
    if not np.isfinite(values).any():
        return ""
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    span, last = max(high - low, 1e-6), max(float(tracks.time_T[-1]), 1e-6)

    def line(value_T: np.ndarray, colour: str, dash: str) -> str:
        x = EDGE + tracks.time_T / last * (WIDE - 2 * EDGE)
        y = HIGH - EDGE / 2 - np.clip((value_T - low) / span, -0.05, 1.05) * (HIGH - EDGE)
        runs = np.split(np.arange(len(x)), np.flatnonzero(np.diff(np.isfinite(y).astype(int))) + 1)
        paths = [" ".join(f"{x[k]:.1f},{y[k]:.1f}" for k in run) for run in runs if np.isfinite(y[run]).all()]
        return "".join(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2" {dash}/>'
            for path in paths
            if path
        )

    parts = []
    for i, colour in enumerate(tracks.colour_N3):
        ink = f"rgb({','.join(str(int(255 * c * 0.85)) for c in colour)})"
        parts.append(line(values[i], ink, ""))
        if reference is not None:
            parts.append(line(reference[i, :, axis], ink, 'stroke-dasharray="4 4" opacity="0.6"'))
    for it in report.study.meetings:
        x = EDGE + it.time / last * (WIDE - 2 * EDGE)
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{HIGH - 16}" y2="{HIGH - 8}" stroke="currentColor"/>')
    parts.append(f'<text x="0" y="14" font-size="11" fill="currentColor">{high:.3g}</text>')
    parts.append(f'<text x="0" y="{HIGH - EDGE / 2}" font-size="11" fill="currentColor">{low:.3g}</text>')
    parts.append(f'<text x="{WIDE - EDGE}" y="{HIGH - 2}" font-size="11" fill="currentColor">{last:.2f} s</text>')
    return f'<svg viewBox="0 0 {WIDE} {HIGH}" width="{WIDE}" role="img">{"".join(parts)}</svg>'


def _data(mime: str, content: bytes) -> str:
    return f"data:{mime};base64,{base64.b64encode(content).decode()}"
