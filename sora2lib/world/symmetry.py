"""Which way a thing may be seen in a mirror and still be itself."""

from functools import cache

import numpy as np

from sora2lib.world.assets import find, primitives
from sora2lib.world.parts import Array, reach
from sora2lib.world.turns import back

MIRRORS = {"x": np.array([-1.0, 1.0, 1.0]), "y": np.array([1.0, -1.0, 1.0])}
_DIRECTIONS = np.random.default_rng(0).standard_normal((24, 3))
CLOSE = 1e-6  # metres


@cache
def mirror_axis(asset: str) -> str:
    """Return the axis of the body, "x" or "y", that may be turned round without changing its shape; "" for none.

    >>> mirror_axis("ball"), mirror_axis("ramp")
    ('x', 'y')
    """
    return next((axis for axis, signs in MIRRORS.items() if _same(_outline(asset, 1.0), _outline(asset, signs))), "")


def _outline(asset: str, signs: Array | float) -> Array:
    """How far each part reaches (P, 24) in fixed directions, seen in a mirror."""
    size, way = np.array(find(asset).size), _DIRECTIONS * signs
    return np.stack(
        [reach(part.shape, part.half, back(part.rotation, way)) + way @ part.centre for part in primitives(asset, size)]
    )


def _same(one: Array, other: Array) -> bool:
    """Whether both hold the same rows, in any order."""
    apart = np.abs(one[:, None] - other[None]).max(axis=-1) < CLOSE
    return bool(apart.any(axis=0).all() and apart.any(axis=1).all())
