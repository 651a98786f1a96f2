"""A cast that was planned tells each height twice; here the two are made one, as in every world that was encoded.

They differ by centimetres, and motion that is planned for a ball both on the ground and above it is neither rolling nor
falling.
"""

from collections.abc import Sequence

import numpy as np

from sora2lib.model import rotations
from sora2lib.model.tokens import CLEARANCE_KNEE, COLUMNS, GAP, SIZE, START, Array, asset_names, standing
from sora2lib.model.tracks import squash, stretch
from sora2lib.world.support import depth_below


def settled(cast: Array, *, assets: Sequence[str] = ()) -> Array:
    """Cast rows (A, CAST_WIDTH) whose heights and gaps to the ground agree; ``assets`` as for :func:`decode`.

    Of the two readings the more precise one counts more.
    """
    names, cast = asset_names(cast, assets=assets), cast.copy()
    for row, name in zip(cast, names, strict=True):
        size, rotation = np.clip(np.exp(row[SIZE]) * 0.3, 0.005, 50), rotations.from_columns(row[COLUMNS])
        depth, gap = float(depth_below(name, size, rotation)), float(stretch(row[GAP], CLEARANCE_KNEE)[0])
        height = standing(float(row[START][2]), gap + depth, gap)
        row[START][2] = height
        row[GAP] = squash(np.array(height - depth), CLEARANCE_KNEE)
    return cast
