"""Leaps in tracks that are known to the last digit: worlds need no parabolas to tell where something jumped."""

from collections.abc import Iterator

import numpy as np

from sora2lib.physics.tracks import Array, Tracks

Row = tuple[str, float, float, float, str]  # what, time, value, score, why
SMALLEST_LEAP = 0.05  # of its radius and of its way in a step: less is no leap


# V = T - 1 intervals
def leaps(tracks: Tracks) -> Iterator[Row]:
    """M4 where every place is known: within a step a thing moves with the speed before, the one after, or between."""
    for i, name in enumerate(tracks.names):
        velocity_VD = np.diff(tracks.place_NTD[i], axis=0) / tracks.step
        if len(velocity_VD) < 5:
            yield name, np.nan, np.nan, np.nan, "too few moments"
            continue
        before_VD = velocity_VD[1:-3] + (velocity_VD[1:-3] - velocity_VD[:-4])
        after_VD = velocity_VD[3:-1] - (velocity_VD[4:] - velocity_VD[3:-1])
        excess_V = _beside(velocity_VD[2:-2], before_VD, after_VD) * tracks.step
        pace_V = np.maximum(np.linalg.norm(before_VD, axis=-1), np.linalg.norm(after_VD, axis=-1)) * tracks.step
        score_V = excess_V / (SMALLEST_LEAP * tracks.radius_N[i] + SMALLEST_LEAP * pace_V)
        k = int(np.argmax(score_V))
        missed = float(excess_V[k] / tracks.radius_N[i])
        yield (
            name,
            float(tracks.time_T[k + 2]),
            missed,
            float(score_V[k]),
            f"its path breaks by {missed:.2f} of its size",
        )


def _beside(velocity_VD: Array, before_VD: Array, after_VD: Array) -> Array:
    """How far (V,) velocities lie beside the line from those before to those after."""
    change_VD = after_VD - before_VD
    length2_V = np.maximum((change_VD**2).sum(axis=-1), 1e-12)
    share_V = np.clip(((velocity_VD - before_VD) * change_VD).sum(axis=-1) / length2_V, 0, 1)
    return np.asarray(np.linalg.norm(velocity_VD - before_VD - share_V[:, None] * change_VD, axis=-1))
