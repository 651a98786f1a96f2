"""What is drawn on top of a picture: dust, a round gate, a channel's band."""

import math
from functools import cache

import numpy as np

from sora2lib.render.darkroom import Frame


def scratch(frame: Frame, dice: np.random.Generator, *, time: float, seed: int) -> None:
    """Draw dust and one wandering scratch into a frame."""
    height, width = frame.shape[:2]
    rows, columns = np.indices((height, width), sparse=True)
    for _ in range(dice.poisson(1.2)):
        y, x = dice.integers(0, height), dice.integers(0, width)
        size, squash, tone = height / 720 * dice.uniform(1.5, 4.5), dice.uniform(0.5, 2), dice.choice((38.0, 236.0))
        r, c = slice(max(y - 24, 0), y + 24), slice(max(x - 24, 0), x + 24)
        share = np.clip(size - np.hypot((rows[r] - y) * squash, columns[:, c] - x), 0, 1)[..., None] * 0.7
        frame[r, c] = (frame[r, c] * (1 - share) + tone * share).astype(np.uint8)
    if math.sin(0.9 * time + seed) > 0.2:
        column = int(width * (0.31 + 0.02 * math.sin(1.7 * time) + 0.3 * (seed % 2)))
        frame[:, column] = (frame[:, column] * 0.82 + 0.18 * 235).astype(np.uint8)


def round_gate(frame: Frame, radius: float) -> None:
    """Blacken the corners outside a gate with round corners, soft at its rim."""
    height, width = frame.shape[:2]
    inset = 0.12 * radius
    y = np.maximum(np.abs(np.arange(height) + 0.5 - height / 2) - (height / 2 - inset - radius), 0)
    x = np.maximum(np.abs(np.arange(width) + 0.5 - width / 2) - (width / 2 - inset - radius), 0)
    soft = max(0.06 * radius, 1.0)
    for rows in (slice(0, math.ceil(inset + radius)), slice(height - math.ceil(inset + radius), height)):
        gap = np.hypot(y[rows, None], x[None])
        frame[rows] = (frame[rows] * np.clip((radius - gap) / soft, 0, 1)[..., None]).astype(np.uint8)
    sides = np.clip((radius - x) / soft, 0, 1)
    for columns in (slice(0, math.ceil(inset + soft)), slice(width - math.ceil(inset + soft), width)):
        frame[:, columns] = (frame[:, columns] * sides[columns, None]).astype(np.uint8)


# 5 x 7 capitals, a row of bits each, top first.
_LETTERS = {
    "L": (16, 16, 16, 16, 16, 16, 31),
    "I": (14, 4, 4, 4, 4, 4, 14),
    "V": (17, 17, 17, 17, 17, 10, 4),
    "E": (31, 16, 16, 30, 16, 16, 31),
}


@cache
def _live(scale: int) -> Frame:
    """The word LIVE as a mask (7, 23) of 0 and 1, enlarged."""
    rows = [" ".join(f"{_LETTERS[c][k]:05b}" for c in "LIVE").replace(" ", "0") for k in range(7)]
    small = np.array([[int(bit) for bit in row] for row in rows], np.uint8)
    return np.kron(small, np.ones((scale, scale), np.uint8))


def lower_third(frame: Frame, time: float) -> None:
    """Draw a channel's band and its red LIVE sign into a frame."""
    height, width = frame.shape[:2]
    scale = max(round(height / 240), 1)
    mask = _live(scale)
    pad, low = 2 * scale, round(0.885 * height)
    band = frame[low : low + mask.shape[0] + 2 * pad]
    fade = np.linspace(0.94, 0.45, width)[:, None]
    band[:] = (band * (1 - fade) + fade * np.array((12, 34, 92))).astype(np.uint8)
    frame[low - max(round(0.006 * height), 1) : low] = (228, 232, 240)
    left = round(0.05 * width)
    sign = band[:, : left + mask.shape[1] + 3 * pad]
    # The sign breathes, as on air.
    sign[:] = np.array((186 + 18 * math.sin(2 * math.pi * time), 18, 26), np.uint8)
    inner = sign[pad : pad + mask.shape[0], left : left + mask.shape[1]]
    inner[mask[: inner.shape[0], : inner.shape[1]] > 0] = 255
