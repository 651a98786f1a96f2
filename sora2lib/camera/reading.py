"""Cameras as people write them: a few words, or a table."""

import csv
import itertools
import re
from pathlib import Path

from sora2lib.camera.moves import AMOUNTS, TRACKING, Move, Pose, delayed, duration
from sora2lib.errors import RequestError
from sora2lib.world.vocabulary import CAMERA_MOVES

PLACES = ("eye_x", "eye_y", "eye_z", "target_x", "target_y", "target_z")
COLUMNS = ("time", *PLACES)
LENS = ("roll", "fov")
NEED_AMOUNT = AMOUNTS.keys() - {"handheld"}
BACKWARDS = ("left", "out", "down")
_WAYS = {**CAMERA_MOVES, "handheld": (None,), "static": (None,), "roll": (None,)}
_NUMBER = r"-?\d{1,6}(?:\.\d{1,6})?"
_LASTS = rf"(?:\s+(?:for|over|in)\s+(?P<seconds>{_NUMBER})\s*(?:s|seconds?))?"
_MOVE = re.compile(
    rf"(?P<kind>[a-z]+)(?:\s+(?P<way>left|right|in|out|up|down))?(?:\s+(?P<amount>{_NUMBER}))?"
    rf"\s*(?:°|degrees?|m|metres?|x|times)?{_LASTS}",
    re.IGNORECASE,
)
_TRACK = re.compile(rf"(?P<kind>follow|look at)\s+(?P<actor>.{{1,60}}?){_LASTS}", re.IGNORECASE)
EXAMPLE = "such as 'orbit left 90', 'zoom in 2 for 3 s', 'handheld', 'follow ball' or 'look at ball'"


def read_words(text: str) -> tuple[Move, ...]:
    """Return the moves that a text names; :meth:`sora2lib.Camera.parse` says how it is written."""
    moves: tuple[Move, ...] = ()
    for index, part in enumerate(re.split(r"\s*,?\s*\bthen\b\s*", text.strip(), flags=re.I)):
        before = duration(moves)
        if index and not before:
            raise RequestError(f"in {text!r} a move that another follows has no end; add one, such as 'for 2 s'")
        moves += delayed(tuple(_read_move(it) for it in re.split(r"\s*\+\s*", part)), before or 0.0)
    return moves


def _read_move(text: str) -> Move:
    if match := _TRACK.fullmatch(text):
        return Move(match["kind"].lower().replace(" ", "_"), actor=match["actor"], seconds=_seconds(match))
    match = _MOVE.fullmatch(text)
    if not match or match["kind"].lower() not in _WAYS:
        raise RequestError(f"the camera move {text!r} is not understood; write it {EXAMPLE}")
    kind, way = match["kind"].lower(), match["way"] and match["way"].lower()
    if way not in _WAYS[kind] or (kind in NEED_AMOUNT and not match["amount"]):
        raise RequestError(f"the camera move {text!r} lacks a way or an amount; write it {EXAMPLE}")
    amount = 0.0 if kind == "static" else _amount(kind, way, float(match["amount"] or 1))
    return Move(kind, amount, seconds=_seconds(match))


def _amount(kind: str, way: str | None, told: float) -> float:
    if way not in BACKWARDS:
        return told
    return 1 / max(told, 1e-6) if kind == "zoom" else -told


def _seconds(match: re.Match[str]) -> float | None:
    return float(match["seconds"]) if match["seconds"] else None


def in_words(moves: tuple[Move, ...]) -> str:
    """Return the words that :func:`read_words` reads these moves from, or "" if none tell all of them."""
    ordered = sorted(moves, key=lambda move: move.start)
    groups = [list(them) for _, them in itertools.groupby(ordered, key=lambda move: move.start)]
    words = ", then ".join(" + ".join(map(_in_words, group)) for group in groups)
    try:
        told = read_words(words)
    except RequestError:
        return ""
    return words if sorted(told, key=lambda move: move.start) == ordered else ""


def _in_words(move: Move) -> str:
    lasts = "" if move.seconds is None else f" for {_plainly(move.seconds)} s"
    what = move.actor if move.kind in TRACKING else "" if move.kind == "static" else _far(move)
    return f"{move.kind.replace('_', ' ')} {what}".strip() + lasts


def _far(move: Move) -> str:
    """Which way and how far."""
    ways = [way for way in _WAYS.get(move.kind, ()) if way]
    backward = move.amount < (1 if move.kind == "zoom" else 0)
    if not ways:
        return _plainly(move.amount)
    amount = (1 / move.amount if move.kind == "zoom" else -move.amount) if backward else move.amount
    return f"{next(way for way in ways if (way in BACKWARDS) == backward)} {_plainly(amount)}"


def _plainly(number: float) -> str:
    return f"{number:.6f}".rstrip("0").rstrip(".")


def read_csv(path: str | Path) -> dict[float, Pose]:
    """Return the key poses of a table by their seconds."""
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise RequestError(f"{path} cannot be read as a table ({error}); give a CSV file") from error
    lacking = [name for name in COLUMNS if rows and name not in rows[0]]
    if not rows or lacking:
        raise RequestError(f"{path} lacks {', '.join(lacking or COLUMNS)}; its first line must name the columns")
    keys = [_read_row(path, line, row) for line, row in enumerate(rows, start=2)]
    if len({time for time, _ in keys}) < len(keys):
        raise RequestError(f"{path} has two rows of one time; leave one of them out")
    return dict(keys)


def _read_row(path: str | Path, line: int, row: dict[str, str]) -> tuple[float, Pose]:
    try:
        time, *places = (float(row[name]) for name in COLUMNS)
        eye, target = places[:3], places[3:]
        roll, fov = (float(row[name]) if row.get(name) else None for name in LENS)
        return time, Pose((eye[0], eye[1], eye[2]), (target[0], target[1], target[2]), roll or 0.0, fov)
    except (TypeError, ValueError, RequestError) as error:
        raise RequestError(f"{path}, line {line}: {error}; every cell of {', '.join(COLUMNS)} is a number") from error
