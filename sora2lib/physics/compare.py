"""Many clips beside each other: how often each law holds, by model and family, with intervals.

A law that could not be measured in a clip is no success: every share is given twice, of the clips in which it could be
measured, and of all.
"""

import html
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from sora2lib.clip import Clip
from sora2lib.errors import InspectError
from sora2lib.physics import physiq, phyworld
from sora2lib.physics.inspector import inspect
from sora2lib.physics.intervals import bootstrap, wilson
from sora2lib.physics.laws import LAWS
from sora2lib.physics.report import Report

if TYPE_CHECKING:
    import pandas

ALL = "all"  # of the families, and of the laws
PHYSIQ = {f"physics-iq: {name}": name for name in ("spatial", "spatiotemporal", "weighted", "mse", "verified")}
PHYWORLD = "phyworld: velocity error"
MEASURES = (*PHYSIQ, PHYWORLD)
AGAINST = ("physics-iq", "phyworld")
Subject = Clip | Report | str | Path
Key = tuple[str, str, str]


@dataclass(frozen=True)
class Row:
    """What many clips say of one law, or of one measure against true clips.

    Parameters
    ----------
    model, family, law : whose clips, of which kind, asked what; "all" families, "all" laws at once.
    clips, measured : how many there are, and in how many an answer was found.
    holds, holds_low, holds_high : share of the measured ones in which the law holds, and its 95 % interval (Wilson);
        NaN for measures.
    counted, counted_low, counted_high : share of all clips, unmeasured ones counted as failures.
    mean, mean_low, mean_high : of a law the largest deviation in each clip, of all laws how often one is broken, of a
        measure its value; mean over the measured clips and its 95 % interval (bootstrap).
    """

    model: str
    family: str
    law: str
    clips: int
    measured: int
    holds: float
    holds_low: float
    holds_high: float
    counted: float
    counted_low: float
    counted_high: float
    mean: float
    mean_low: float
    mean_high: float


KEYS = ("model", "family", "law")
HEADS = (*KEYS, "clips", "measured", "holds, of the measured", "of all", "mean")


@dataclass(frozen=True, repr=False)
class Comparison:
    """Rows by model, family and law.

    >>> compare({"ours": clips, "theirs": others}).to_pandas()  # doctest: +SKIP
    """

    rows: tuple[Row, ...]

    def to_pandas(self) -> "pandas.DataFrame":
        """Return one line a row, indexed by model, family and law."""
        names = [it.name for it in fields(Row)]
        columns = {name: ("row", [getattr(row, name) for row in self.rows]) for name in names}
        return xr.Dataset(columns).to_dataframe().set_index(list(KEYS))

    def to_xarray(self) -> xr.Dataset:
        """Return the numbers over model, family and law; NaN where a family has no clips.

        >>> compare({"ours": clips}).to_xarray().holds.sel(law="gravity", family="all")  # doctest: +SKIP
        """
        axes = {key: list(dict.fromkeys(getattr(row, key) for row in self.rows)) for key in KEYS}
        names = [it.name for it in fields(Row) if it.name not in KEYS]
        grid = {name: np.full([len(it) for it in axes.values()], np.nan) for name in names}
        for row in self.rows:
            at = tuple(axes[key].index(getattr(row, key)) for key in KEYS)
            for name in names:
                grid[name][at] = getattr(row, name)
        return xr.Dataset({name: (KEYS, values) for name, values in grid.items()}, axes)

    def __repr__(self) -> str:
        models = dict.fromkeys(row.model for row in self.rows)
        return f"Comparison({len(models)} models, {len(self.rows)} rows)"

    def __str__(self) -> str:
        lines = [HEADS, *map(_cells, self.rows)]
        wide = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return "\n".join(
            "  ".join(cell.ljust(room) for cell, room in zip(line, wide, strict=True)).rstrip() for line in lines
        )

    def _repr_html_(self) -> str:
        body = "".join(f"<tr><td>{'<td>'.join(map(html.escape, _cells(row)))}</tr>" for row in self.rows)
        return f"<table><tr><th>{'<th>'.join(HEADS)}</tr>{body}</table>"


def _cells(row: Row) -> tuple[str, ...]:
    told = (
        _told(row.holds, row.holds_low, row.holds_high, ".0%"),
        _told(row.counted, row.counted_low, row.counted_high, ".0%"),
        _told(row.mean, row.mean_low, row.mean_high, ".3g"),
    )
    return row.model, row.family, row.law, str(row.clips), str(row.measured), *told


def _told(value: float, low: float, high: float, shape: str) -> str:
    return "" if np.isnan(value) else f"{value:{shape}} [{low:{shape}}, {high:{shape}}]"


def compare(
    models: Mapping[str, Sequence[Subject]],
    *,
    family: Callable[[Report], str] | None = None,
    by: str | None = None,
    truths: Sequence[Subject] | None = None,
    takes: Sequence[Subject] | None = None,
    measures: Sequence[str] = ("physics-iq",),
    each: Callable[[Report], object] | None = None,
) -> Comparison:
    """Inspect many clips and tell, by model and family, how often each law holds.

    Parameters
    ----------
    models : clips, paths or reports under a name each; what needs a scale is inspected first and given as a report.
    family : what kind of clip a report is of; None takes the family of a simulated world, "other" for all others.
    by : as in :func:`~sora2lib.physics.inspector.inspect`.
    truths : what should be seen, clip by clip, in the order of every model's clips.
    takes : a second take of each truth: how much two true films of the same event differ, for Physics-IQ's score.
    measures : what to take against truths: "physics-iq", "phyworld" or both.
    each : called with every report as soon as it is there; none is kept.

    Returns
    -------
    A table of rows, as a pandas frame or an xarray Dataset if you like.

    Raises
    ------
    InspectError
        There are no clips, a measure is not known, or clips and truths are not as many or not alike in size.

    >>> compare({"ours": [clip, "another.mp4"]}).to_xarray().holds  # doctest: +SKIP
    """
    _check(models, truths, takes, measures)
    found: dict[Key, list[tuple[bool | None, float]]] = defaultdict(list)
    true, second = ([_clip(it) for it in them or ()] for them in (truths, takes))
    between = [physiq.likeness(b, a) for a, b in zip(true, second, strict=False)]
    for model, subjects in models.items():
        for k, subject in enumerate(subjects):
            report = subject if isinstance(subject, Report) else inspect(subject, by=by)
            if each:
                each(report)
            kind = (family or _family)(report)
            answers = dict(_answers(report))
            if true:
                answers |= dict(_against(_clip(subject), true[k], between[k] if between else None, measures))
            for law, answer in answers.items():
                for of in dict.fromkeys((kind, ALL)):
                    found[model, of, law].append(answer)
    return Comparison(tuple(_row(key, them) for key, them in found.items()))


def _check(
    models: Mapping[str, Sequence[Subject]],
    truths: Sequence[Subject] | None,
    takes: Sequence[Subject] | None,
    measures: Sequence[str],
) -> None:
    if not models or not all(len(it) for it in models.values()):
        raise InspectError("there is nothing to compare; give a dict with one clip or more under each name")
    for measure in measures:
        if measure not in AGAINST:
            raise InspectError(f"measure {measure!r} is not known; use {' or '.join(AGAINST)}")
    if takes is not None and truths is None:
        raise InspectError("takes are second takes of truths; give the truths, too")
    for name, them in (*(models.items() if truths is not None else ()), ("takes", takes)):
        if truths is not None and them is not None and len(them) != len(truths):
            raise InspectError(f"{name} has {len(them)} clips and there are {len(truths)} truths; give as many of both")


def _clip(subject: Subject) -> Clip:
    if isinstance(subject, Report):
        return subject.clip
    return subject if isinstance(subject, Clip) else Clip.load(subject)


def _family(report: Report) -> str:
    facts = json.loads(report.world.attrs.get("facts", "{}")) if report.world is not None else {}
    return str(facts.get("family") or "other")


def _answers(report: Report) -> Iterator[tuple[str, tuple[bool | None, float]]]:
    """Of each law whether it holds in a clip, and the largest deviation from it."""
    yield ALL, (report.passed, np.nan if report.passed is None else float(len(report.violations)))
    for law in dict.fromkeys((*LAWS, *(it.law for it in report.checks))):
        asked = [it for it in report.checks if it.law == law and it.holds is not None]
        worst = max((abs(it.value) for it in asked), default=np.nan)
        yield law, (all(it.holds for it in asked) if asked else None, float(worst))


def _against(
    clip: Clip, truth: Clip, between: physiq.Likeness | None, measures: Sequence[str]
) -> Iterator[tuple[str, tuple[None, float]]]:
    if "physics-iq" in measures:
        alike = physiq.likeness(clip, truth)
        values = asdict(alike) | ({"verified": physiq.verified(alike, between)} if between else {})
        yield from ((label, (None, values[name])) for label, name in PHYSIQ.items() if name in values)
    if "phyworld" in measures:
        yield PHYWORLD, (None, phyworld.clip_error(clip, truth))


def _row(key: Key, them: list[tuple[bool | None, float]]) -> Row:
    values = np.array([value for _, value in them])
    known = values[np.isfinite(values)]
    mean = float(known.mean()) if len(known) else np.nan
    answers = [holds for holds, _ in them if holds is not None]
    held, nothing = sum(answers), (np.nan, np.nan)
    if key[2] in MEASURES:
        return Row(*key, len(them), len(known), np.nan, *nothing, np.nan, *nothing, mean, *bootstrap(known))
    share = held / len(answers) if answers else np.nan
    given, of_all = wilson(held, len(answers)), wilson(held, len(them))
    return Row(*key, len(them), len(answers), share, *given, held / len(them), *of_all, mean, *bootstrap(known))
