"""What the colours and the texture of a picture tell: its ground, its light, its weather, and what colour things have.

A few dozen numbers of a picture are weighed by tables that ``benchmarks/calibrate_start.py`` fitted to drawn worlds:
logistic regressions for what has a name, linear ones for colours. The shares that they give say how sure each is.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sora2lib.fitting.picture import MARGIN, ROWS, horizon_features
from sora2lib.physics.blobs import APART

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Frame = NDArray[np.uint8]
CLIPPED = 4.0  # deviations from all that was drawn, beyond which a number says no more
GRAINS = (0.0, 1.5, 5.0, 12.0)  # pixels: blurs between which texture is measured


@dataclass(frozen=True, eq=False)
class Table:
    """A regression: numbers (F,) are centred, scaled, and weighed (F + 1, K), the last row without a number."""

    middle: Array
    spread: Array
    weights: Array
    names: tuple[str, ...]

    @classmethod
    def of(cls, plain: dict[str, Any]) -> "Table":
        """Take a table of JSON."""
        middle, spread, weights = (np.array(plain[it]) for it in ("middle", "spread", "weights"))
        return cls(middle, spread, weights, tuple(plain["names"]))

    def __call__(self, numbers: Array) -> Array:
        """What numbers (..., F) weigh, (..., K)."""
        scaled = np.clip((numbers - self.middle) / self.spread, -CLIPPED, CLIPPED)
        return np.asarray(scaled @ self.weights[:-1] + self.weights[-1])

    def strange(self, numbers: Array) -> int:
        """How many numbers (F,) lie beyond all that was drawn."""
        return int((np.abs(numbers - self.middle) > CLIPPED * self.spread).sum())

    def shares(self, numbers: Array) -> dict[str, float]:
        """How likely each name is."""
        return dict(zip(self.names, softmax(self(numbers)).tolist(), strict=True))


def softmax(scores: Array) -> Array:
    """Shares (K,) that add up to one."""
    share = np.exp(scores - scores.max())
    return np.asarray(share / share.sum())


@cache
def tables() -> dict[str, Table]:
    """The tables of the package by what they tell: horizon, nowhere, ground, light, weather, colour."""
    plain = json.loads(files("sora2lib.fitting").joinpath("data/looks.json").read_text(encoding="utf-8"))
    return {name: Table.of(it) for name, it in plain.items()}


def horizon_of(frame: Frame) -> tuple[int | None, float]:
    """The first row of the ground, or None where no horizon is seen, and how sure that is."""
    features = horizon_features(frame)
    rows, none = tables()["horizon"](features)[:, 0], tables()["nowhere"](features.max(axis=0))
    share = softmax(np.concatenate([rows, none]))
    best = int(share.argmax())
    near = float(share[max(0, best - 3) : best + 4][: len(rows) - max(0, best - 3)].sum())
    return (None, float(share[-1])) if best == len(rows) else (best + MARGIN, near)


def look(frame: Frame, horizon: int | None, things: Flags) -> Array:
    """What a picture (H, W, 3) looks like (F,), but for its things (H, W)."""
    colours = frame @ APART.T
    first = max(horizon or 0, ROWS // 3)
    below, above = slice(min(first + 6, ROWS - 30), ROWS), slice(0, max(8, min((horizon or 30) - 6, 60)))
    free, sky = ~things[below], ~things[above]
    ground, upper = (_usual(frame[part][mask]) for part, mask in ((below, free), (above, sky)))
    far = _usual(frame[below.start : below.start + 12][free[:12]])
    near = _usual(frame[-25:][~things[-25:]])
    bright = colours[below][..., 0][free]
    numbers = [
        *_tints(ground), *_tints(upper), *_tints(far), *_tints(near),
        float(horizon is not None), 1 - 2 * (horizon or 0) / ROWS,
        *np.log1p(np.quantile(bright if bright.size else [0.0], [0.02, 0.25, 0.75, 0.98]) / 16),
        *_textures(colours[below], free), *_textures(colours[above], sky)[:4],
    ]  # fmt: skip
    told = np.array(numbers)
    main = told[:12]
    return np.concatenate([told, main**2, main[:3] * main[3:6], [main[0] * main[1], main[0] * main[2]]])


def _usual(colours: Array | Frame) -> Array:
    return np.median(colours, axis=0).astype(np.float64) if len(colours) else np.full(3, 128.0)


def _tints(colour: Array) -> Array:
    """Brightness and two hues of a colour (3,) of 0..255, on a scale of light."""
    red, green, blue = np.log(np.maximum(colour / 255, 0.01))
    return np.array([green, red - green, blue - green])


def _textures(colours: Array, free: Flags) -> Array:
    """How strong texture is, from fine to coarse, in brightness and hue, and along rows against columns."""
    if not free.any():
        return np.zeros(9)
    blurred = [ndimage.gaussian_filter(colours, (it, it, 0)) if it else colours for it in GRAINS]
    bands = [np.abs(a - b)[free] for a, b in pairwise(blurred)]
    told = [np.log1p(value) for band in bands for value in (band[:, 0].mean(), band[:, 1:].mean())]
    fine = (blurred[0] - blurred[1])[free][:, 0]
    across, down = (np.abs(np.diff(blurred[0][..., 0], axis=axis)).mean() for axis in (1, 0))
    extremes = np.quantile(fine, [0.005, 0.995])
    return np.array([*told, np.log1p(extremes[1]), np.log1p(-extremes[0]), np.log((across + 0.2) / (down + 0.2))])


def appearance(frame: Frame, mask: Flags, numbers: Array) -> Array:
    """What tells of the colour of a thing (H, W) in a picture that looks like ``numbers``."""
    inside = mask & ndimage.binary_erosion(mask, iterations=2)
    pixels = frame[inside if inside.sum() > 20 else mask].astype(np.float64)
    bright = pixels[np.argsort(pixels @ APART[0])]
    parts = [part.mean(axis=0) for part in np.array_split(bright, 4)]
    return np.concatenate([np.ravel(parts) / 255, _tints(parts[1]), _tints(parts[2]), numbers[:6]])
