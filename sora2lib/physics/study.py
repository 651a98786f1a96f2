"""All that is measured of a clip's tracks, and nothing that is judged: pieces, falls, swings, blows, scale."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from sora2lib.physics.clarity import unsteady, wavering
from sora2lib.physics.meetings import Kick, Meeting, kicks, meetings
from sora2lib.physics.outcome import Shot
from sora2lib.physics.pieces import Fall, Piece, bridged, fall, pieces
from sora2lib.physics.swings import Swing, swing
from sora2lib.physics.tracks import Array, Tracks
from sora2lib.world.schema import GRAVITY

FEWEST = 10  # pictures from which a change of size over a film is told
CERTAIN, LEAST_APPROACH = 5.0, 0.02  # deviations, and of the size: what changes by less keeps its distance


@dataclass(frozen=True, eq=False)
class Study:
    """What tracks tell.

    Parameters
    ----------
    tracks : where things are.
    sound : seconds at which something is heard to set in; None where there is no sound.
    shots : at hoops, where the world is known.

    >>> Study(tracks).fall.gravity  # doctest: +SKIP
    392.4
    """

    tracks: Tracks
    sound: Array | None = None
    shots: tuple[Shot, ...] = ()

    @cached_property
    def swings(self) -> dict[int, Swing]:
        """Pendulums, by thing."""
        found = {i: swing(self.tracks, i) for i in range(len(self.tracks)) if self.tracks.clear([i])}
        return {i: it for i, it in found.items() if it is not None}

    @cached_property
    def _pieces(self) -> list[list[Piece]]:
        return [[] if i in self.swings else pieces(self.tracks, i) for i in range(len(self.tracks))]

    @cached_property
    def fall(self) -> Fall | None:
        """How things fall that are seen clearly; None where nothing does."""
        return fall(self.tracks, [it for them in self._pieces for it in them if self.tracks.clear([it.thing])])

    @cached_property
    def pieces(self) -> list[list[Piece]]:
        """Pieces of even acceleration of each thing; flights have the acceleration that they share."""
        if self.fall is None:
            return self._pieces
        flights = {(it.thing, it.first): it for it in self.fall.flights}
        found = [[flights.get((it.thing, it.first), it) for it in them] for them in self._pieces]
        return [bridged(self.tracks, them, self.fall) for them in found]

    @cached_property
    def single(self) -> list[Piece]:
        """Flights, each with an acceleration of its own."""
        shared = {(it.thing, it.first) for it in (self.fall.flights if self.fall else ())}
        return [it for them in self._pieces for it in them if (it.thing, it.first) in shared]

    @cached_property
    def kicks(self) -> list[Kick]:
        """Where pieces pass into each other."""
        return [it for them in self.pieces for it in kicks(self.tracks, them)]

    @cached_property
    def meetings(self) -> list[Meeting]:
        """Blows, in order of time."""
        return meetings(self.tracks, self.kicks)

    @property
    def gravity(self) -> tuple[float, float]:
        """How fast things fall, units/s^2, and its deviation; of a pendulum where nothing falls; NaN without either."""
        if self.fall is not None:
            return self.fall.gravity, self.fall.sd
        best = min(self.swings.values(), key=lambda it: it.gravity_sd / it.gravity, default=None)
        return (best.gravity, best.gravity_sd) if best else (float("nan"), float("nan"))

    @property
    def metres(self) -> tuple[float, str]:
        """Metres that a unit is, and where that is known from: "given", "gravity" or ""."""
        if np.isfinite(self.tracks.metres):
            return self.tracks.metres, "given"
        gravity, sd = self.gravity
        if np.isfinite(gravity) and sd < 0.1 * gravity:
            return GRAVITY / gravity, "gravity"
        return float("nan"), ""

    @cached_property
    def approach_N(self) -> Array:
        """Share by which the size of each thing varies while it is seen; 0 where that cannot be told from none.

        What comes nearer grows, and its flight is no parabola in a picture: as much must be allowed for.
        """
        return np.array([grown if grown > max(CERTAIN * sd, LEAST_APPROACH) else 0.0 for grown, sd in self._growths])

    @cached_property
    def vague_N(self) -> Array:
        """Share by which the size of each thing varies, or may vary unseen."""
        return np.maximum(self.approach_N, [sd for _, sd in self._growths])

    @cached_property
    def wavering_N(self) -> Array:
        """Share of its area by which the outline of each thing wavers; NaN where that cannot be told."""
        return np.array([wavering(self.tracks, i) for i in range(len(self.tracks))])

    @cached_property
    def unsteady_N(self) -> Array:
        """Radii by which the ends of each thing that is not seen clearly come and go, and its middle with them."""
        tracks = self.tracks
        return np.array([0.0 if tracks.clear([i]) else unsteady(tracks, i) for i in range(len(tracks))])

    @cached_property
    def _growths(self) -> list[tuple[float, float]]:
        """By which share the size of each thing varies, and how certain that is."""
        return [self._growth(i) for i in range(len(self.tracks))]

    def _growth(self, i: int) -> tuple[float, float]:
        if self.tracks.unit == "m":
            return 0.0, 0.0
        cover_T = np.where(np.isfinite(self.tracks.place_NTD[i, :, 0]), self.tracks.cover_NT[i], np.nan)
        seen = np.flatnonzero(cover_T > 0)
        if len(seen) < FEWEST:
            return 0.0, LEAST_APPROACH
        share_n, size_n = np.linspace(-1, 1, len(seen)), np.log(cover_T[seen]) / 2
        fitted_n = np.polyval(np.polyfit(share_n, size_n, 2), share_n)
        return float(np.ptp(fitted_n)), float(np.std(size_n - fitted_n)) * np.sqrt(12 / len(seen))

    @property
    def seen(self) -> float:
        """Share of the moments from first to last sight in which things are seen whole; NaN without things."""
        shares = []
        for place_TD in self.tracks.place_NTD:
            whole = np.flatnonzero(np.isfinite(place_TD[:, 0]))
            if len(whole):
                shares.append(len(whole) / (whole[-1] - whole[0] + 1))
        return float(np.mean(shares)) if shares else float("nan")


def scaled(tracks: Tracks, *, scale: float | None, diameter: float | None) -> Tracks:
    """Return tracks that know how long a pixel is: given outright, or by the diameter of the first thing, in metres."""
    if diameter is not None and len(tracks):
        scale = diameter / (2 * float(tracks.radius_N[0]))
    return tracks if scale is None else replace(tracks, metres=scale)
