"""Tracks cut into pieces of even acceleration, each with its numbers and how certain they are.

Free flight, rest, sliding and uniform motion are all parabolas over time; blows lie between them. Nothing is
differentiated: places are good to a few hundredths of a pixel, accelerations from three of them to a metre a second
squared, but those of a parabola through twenty to a thousandth of g.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from sora2lib.kernels.pieces import LEAST, cut
from sora2lib.physics.tracks import Array, Tracks

PIECE = 45.0  # squared deviations that one more piece must explain
OUTLIER = 25.0  # by which a sample that belongs to no piece is off
THIRD = math.sqrt(20.0)  # deviation of third differences in deviations of the samples
MAD = 1.4826
BENT = 2.5  # deviations of its acceleration from which a piece is bent
SHORT = 3  # samples of a flight that is no piece of its own
FLIGHT = 6  # samples of a flight that is worth fitting
SIDEWAYS = 0.12  # of a fall's acceleration: what is pushed aside by more does not fly freely
LIKE = 0.25  # by which the accelerations of flights of one clip may differ


# n samples of a piece, D axes
@dataclass(frozen=True, eq=False)
class Piece:
    """A stretch in which a thing accelerates evenly.

    Parameters
    ----------
    thing : which one.
    samples : (n,) moments that belong to it.
    first, last : seconds of the first and last of them.
    middle : seconds to which the numbers belong.
    place_D, velocity_D, acceleration_D : at the middle, in units, units/s, units/s^2.
    covariance_33 : of the three, along each axis.
    noise : deviation of a place.
    """

    thing: int
    samples: NDArray[np.intp]
    first: float
    last: float
    middle: float
    place_D: Array
    velocity_D: Array
    acceleration_D: Array
    covariance_33: Array
    noise: float

    def place(self, time: float) -> Array:
        """Place (D,) at a time."""
        u = time - self.middle
        return np.asarray(self.place_D + u * self.velocity_D + u * u / 2 * self.acceleration_D)

    def velocity(self, time: float) -> Array:
        """Velocity (D,) at a time, units/s."""
        return np.asarray(self.velocity_D + (time - self.middle) * self.acceleration_D)

    def place_sd(self, time: float) -> float:
        """Deviation of the place at a time, along an axis."""
        u = time - self.middle
        return _spread(self.covariance_33, np.array([1.0, u, u * u / 2]))

    def velocity_sd(self, time: float) -> float:
        """Deviation of the velocity at a time, along an axis."""
        return _spread(self.covariance_33, np.array([0.0, 1.0, time - self.middle]))

    @property
    def acceleration_sd(self) -> float:
        """Deviation of the acceleration along an axis."""
        return float(np.sqrt(self.covariance_33[2, 2]))


def _spread(covariance_33: Array, weights: Array) -> float:
    return math.sqrt(max(float(weights @ covariance_33 @ weights), 0.0))


def noise_of(tracks: Tracks, thing: int) -> float:
    """Deviation of a place of a thing, from third differences, in which smooth motion is lost.

    >>> noise_of(tracks, 0)  # doctest: +SKIP
    0.011
    """
    third = np.diff(tracks.place_NTD[thing], n=3, axis=0)
    third = third[np.isfinite(third).all(axis=-1)]
    found = MAD * float(np.median(np.abs(third))) / THIRD if len(third) else 0.0
    return max(found, tracks.grain)


def pieces(tracks: Tracks, thing: int) -> list[Piece]:
    """Cut the track of a thing into the fewest parabolas that explain it, in order of time.

    >>> [len(it.samples) for it in pieces(tracks, 0)]  # doctest: +SKIP
    [13, 21, 14]
    """
    whole = np.isfinite(tracks.place_NTD[thing]).all(axis=-1)
    if tracks.together_NT is not None:
        whole = whole & ~tracks.together_NT[thing]
    samples = np.flatnonzero(whole)
    if len(samples) < LEAST:
        return []
    noise, step = noise_of(tracks, thing), tracks.step
    time_n, place_nD = tracks.time_T[samples], tracks.place_NTD[thing, samples]
    names_n = cut(time_n / step, np.ascontiguousarray(place_nD), noise, PIECE, OUTLIER)
    found = [fit(tracks, thing, samples[names_n == name], noise) for name in range(int(names_n.max()) + 1)]
    return [_straight(tracks, it) for it in _joined(tracks, found, noise)]


def _joined(tracks: Tracks, them: list[Piece], noise: float) -> list[Piece]:
    """Neighbours that one parabola explains as well become one: a single sample that was off lay between them."""
    out = them[:1]
    for one in them[1:]:
        both = fit(tracks, one.thing, np.concatenate([out[-1].samples, one.samples]), noise)
        apart = sum(_misfit(tracks, it) for it in (out[-1], one))
        if _misfit(tracks, both) < apart + PIECE * noise**2:
            out[-1] = both
        else:
            out.append(one)
    return out


def _misfit(tracks: Tracks, piece: Piece) -> float:
    """Sum of the squared residuals of a piece."""
    u_n1 = (tracks.time_T[piece.samples] - piece.middle)[:, None]
    fitted_nD = piece.place_D + u_n1 * piece.velocity_D + u_n1**2 / 2 * piece.acceleration_D
    return float(np.square(tracks.place_NTD[piece.thing, piece.samples] - fitted_nD).sum())


def _straight(tracks: Tracks, piece: Piece) -> Piece:
    """A piece whose bend cannot be told from none is fitted again without one, which makes its speed more certain."""
    if np.linalg.norm(piece.acceleration_D) > BENT * piece.acceleration_sd * np.sqrt(len(piece.acceleration_D)):
        return piece
    return held(tracks, piece, np.zeros_like(piece.acceleration_D), 0.0)


def fit(tracks: Tracks, thing: int, samples: NDArray[np.intp], noise: float) -> Piece:
    """Lay a parabola through samples of a thing by least squares."""
    time_n, place_nD = tracks.time_T[samples], tracks.place_NTD[thing, samples]
    middle = float(time_n.mean())
    u_n = time_n - middle
    design_n3 = np.stack([np.ones_like(u_n), u_n, u_n**2 / 2], axis=1)
    found_3D = np.linalg.lstsq(design_n3, place_nD, rcond=None)[0]
    left_nD = place_nD - design_n3 @ found_3D
    free = max((len(samples) - 3) * place_nD.shape[1], 1)
    sigma = max(float(np.sqrt((left_nD**2).sum() / free)), noise / 2, tracks.grain)
    covariance_33 = np.asarray(sigma**2 * np.linalg.pinv(design_n3.T @ design_n3), dtype=np.float64)
    place_D, velocity_D, acceleration_D = found_3D
    ends = float(time_n[0]), float(time_n[-1])
    return Piece(thing, samples, *ends, middle, place_D, velocity_D, acceleration_D, covariance_33, sigma)


def flies(piece: Piece) -> bool:
    """Whether a piece looks like free flight: long enough, bent downwards, and not merely braked."""
    down, sd = -float(piece.acceleration_D[-1]), piece.acceleration_sd
    aside = float(np.linalg.norm(piece.acceleration_D[:-1]))
    if len(piece.samples) < FLIGHT or down <= 8 * sd or aside > SIDEWAYS * down + 4 * sd:
        return False
    start, end = piece.velocity(piece.first), piece.velocity(piece.last)
    # What is braked loses speed along its way all the time; what flies changes its direction or gains speed.
    straight = float(start @ end) > 0.98 * float(np.linalg.norm(start) * np.linalg.norm(end))
    return not (straight and np.linalg.norm(end) < np.linalg.norm(start))


@dataclass(frozen=True, eq=False)
class Fall:
    """How things fall.

    Parameters
    ----------
    acceleration_D : common to all flights, units/s^2.
    sd : its deviation along an axis.
    flights : the pieces that it is taken from, refitted with it.
    """

    acceleration_D: Array
    sd: float
    flights: tuple[Piece, ...]

    @property
    def gravity(self) -> float:
        """How fast falling things speed up, units/s^2."""
        return -float(self.acceleration_D[-1])


def fall(tracks: Tracks, them: Sequence[Piece]) -> Fall | None:
    """Find the acceleration that the flights among some pieces have in common; None without flights.

    Flights of another acceleration than the most certain one's, by more than a quarter, are left out: they are not
    falls, or fall elsewhere.
    """
    flights = [it for it in them if flies(it)]
    if not flights:
        return None
    surest = min(flights, key=lambda it: it.acceleration_sd / -it.acceleration_D[-1])
    flights = [it for it in flights if abs(it.acceleration_D[-1] / surest.acceleration_D[-1] - 1) < LIKE]
    up, weight = np.zeros_like(surest.place_D), 0.0
    for it in flights:
        bow_n = _bow(tracks.time_T[it.samples])
        up = up + bow_n @ tracks.place_NTD[it.thing, it.samples] / it.noise**2
        weight += float(bow_n @ bow_n) / it.noise**2
    common, sd = up / weight, float(1 / np.sqrt(weight))
    return Fall(common, sd, tuple(held(tracks, it, common, sd) for it in flights))


def bridged(tracks: Tracks, them: Sequence[Piece], common: Fall) -> list[Piece]:
    """Add flights too short to be pieces of their own, between two pieces of a thing and after the last one.

    How things fall is known from the longer ones, so that place and speed are all that three samples must tell. Without
    them, a leap just before or after a blow would pass for a part of it.
    """
    out: list[Piece] = []
    for one, after in zip_longest(them, them[1:]):
        end = len(tracks.time_T) if after is None else after.samples[0]
        out.append(one)
        between = np.arange(one.samples[-1] + 1, end)
        short = between[np.isfinite(tracks.place_NTD[one.thing, between]).all(axis=-1)]
        if len(short) != SHORT or np.ptp(short) >= SHORT or not any(it.thing == one.thing for it in common.flights):
            continue
        noise = noise_of(tracks, one.thing)
        loose = replace(fit(tracks, one.thing, short, noise), noise=noise)
        flight = held(tracks, loose, common.acceleration_D, common.sd)
        if _misfit(tracks, flight) < OUTLIER * noise**2:
            out.append(flight)
    return out


def _bow(time_n: Array) -> Array:
    """The part of t^2 / 2 that no straight line explains."""
    u_n = time_n - time_n.mean()
    design_n2 = np.stack([np.ones_like(u_n), u_n], axis=1)
    return np.asarray(u_n**2 / 2 - design_n2 @ np.linalg.lstsq(design_n2, u_n**2 / 2, rcond=None)[0])


def held(tracks: Tracks, piece: Piece, acceleration_D: Array, sd: float) -> Piece:
    """Fit a piece again with a given acceleration."""
    u_n = tracks.time_T[piece.samples] - piece.middle
    design_n2 = np.stack([np.ones_like(u_n), u_n], axis=1)
    rest_nD = tracks.place_NTD[piece.thing, piece.samples] - u_n[:, None] ** 2 / 2 * acceleration_D
    line_2D = np.linalg.lstsq(design_n2, rest_nD, rcond=None)[0]
    # How place and velocity answer to an error of the acceleration.
    answer_2 = -np.linalg.lstsq(design_n2, u_n**2 / 2, rcond=None)[0]
    covariance_33 = np.zeros((3, 3))
    covariance_33[:2, :2] = piece.noise**2 * np.linalg.pinv(design_n2.T @ design_n2)
    along_3 = np.append(answer_2, 1.0)
    covariance_33 += sd**2 * np.outer(along_3, along_3)
    return replace(
        piece,
        place_D=line_2D[0],
        velocity_D=line_2D[1],
        acceleration_D=acceleration_D,
        covariance_33=covariance_33,
    )
