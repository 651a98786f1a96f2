"""Speed, energy and momentum over time, read off the pieces of even acceleration and the swings, never off differences.

N things, T moments, D axes
"""

from dataclasses import dataclass

import numpy as np

from sora2lib.physics.study import Study
from sora2lib.physics.swings import pace
from sora2lib.physics.tracks import Array


@dataclass(frozen=True, eq=False)
class Curves:
    """What a study says of every moment; NaN where a thing is not seen, or just being struck.

    Parameters
    ----------
    time_T : seconds.
    speed_NT : units/s.
    kinetic_NT, potential_NT : energy of the motion of the centres, mass times units^2/s^2; the latter above the lowest
        place that anything has, NaN where gravity is not known.
    momentum_NTD : mass times units/s; of a world's pendulums NaN, whose plane is not kept.
    """

    time_T: Array
    speed_NT: Array
    kinetic_NT: Array
    potential_NT: Array
    momentum_NTD: Array

    @property
    def energy_NT(self) -> Array:
        """Energy of each thing: kinetic, and potential where gravity is known."""
        known = np.isfinite(self.potential_NT)
        return self.kinetic_NT + np.where(known.any(), self.potential_NT, 0.0)


def curves(study: Study) -> Curves:
    """Return speed, energy and momentum of the things of a study over time.

    >>> curves(report.study).energy_NT  # doctest: +SKIP
    """
    tracks = study.tracks
    speed_NT, velocity_NTD = _motion(study)
    kinetic_NT = tracks.mass_N[:, None] * speed_NT**2 / 2
    height_NT = tracks.place_NTD[..., -1] - np.nanmin(tracks.place_NTD[..., -1], initial=np.inf)
    potential_NT = tracks.mass_N[:, None] * study.gravity[0] * np.where(np.isfinite(speed_NT), height_NT, np.nan)
    return Curves(tracks.time_T, speed_NT, kinetic_NT, potential_NT, tracks.mass_N[:, None, None] * velocity_NTD)


def _motion(study: Study) -> tuple[Array, Array]:
    """Speeds (N, T) and velocities (N, T, D)."""
    tracks = study.tracks
    velocity_NTD = np.full_like(tracks.place_NTD, np.nan)
    for piece in (it for them in study.pieces for it in them):
        u_n1 = (tracks.time_T[piece.samples] - piece.middle)[:, None]
        velocity_NTD[piece.thing, piece.samples] = piece.velocity_D + u_n1 * piece.acceleration_D
    speed_NT = np.linalg.norm(velocity_NTD, axis=-1)
    for i, it in study.swings.items():
        seen = np.flatnonzero(np.isfinite(tracks.place_NTD[i]).all(axis=-1))
        swung_n2 = pace(it, tracks.time_T[seen] - tracks.time_T[seen[0]])
        speed_NT[i, seen] = np.linalg.norm(swung_n2, axis=-1)
        if velocity_NTD.shape[-1] == 2:
            velocity_NTD[i, seen] = swung_n2
    return speed_NT, velocity_NTD
