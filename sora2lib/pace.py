"""How fast the time of a world goes, and the world as it then is: evenly, or now faster and now slower.

K knots, T samples.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sora2lib.errors import RequestError
from sora2lib.render.motion import camera_at, joints_at, positions_at, read_motion, rotations_at
from sora2lib.world.schema import World

Array = NDArray[np.float64]
SAME = 1e-6  # s; what is shown so near to the moment of a sample is that sample
TOLD_ONCE = ("facts", "events")  # attributes of a world that hold at its first pace alone


@dataclass(frozen=True)
class Pace:
    """Seconds of a world that pass in a second.

    Parameters
    ----------
    time_K : seconds since the world begins, rising.
    speed_K : (K,) above 0; straight between the knots, and even before the first and after the last.

    >>> Pace(np.array([0.0, 1.0]), np.array([1.0, 2.0])).shown(np.array([0.0, 1.0, 2.0]))
    array([0. , 1.5, 3.5])
    """

    time_K: Array
    speed_K: Array

    @classmethod
    def even(cls, times: float) -> "Pace":
        """Take one speed for all."""
        return cls(np.zeros(1), np.full(1, times))

    def shown(self, time: Array) -> Array:
        """The second of the world (...,) that is shown at a second (...,)."""
        ways_K = np.diff(self.time_K) * (self.speed_K[1:] + self.speed_K[:-1]) / 2
        passed_K = np.cumsum([self.time_K[0] * self.speed_K[0], *ways_K])
        gain_K = np.pad(np.diff(self.speed_K) / np.diff(self.time_K), 1)
        after = np.searchsorted(self.time_K, time, side="right")
        k = np.maximum(after - 1, 0)
        since = time - self.time_K[k]
        return np.asarray(passed_K[k] + since * (self.speed_K[k] + since * gain_K[after] / 2))


def paced(world: World, pace: Pace) -> World:
    """Return a world as it is at another pace, or say that somebody speaks in it, who keeps to his own.

    At an even pace the samples stay and only their rate changes. Otherwise the rate and the length stay, and each
    sample is what the renderer would have shown at its moment; samples that are shown when they were stay to the last
    bit.
    """
    if world.sizes["line"]:
        raise RequestError("somebody speaks in this clip, which cannot be faster or slower; take a part without speech")
    again = _at_even_pace(world, pace) if len(pace.time_K) == 1 else _resampled(world, pace)
    again.attrs = {name: value for name, value in world.attrs.items() if name not in TOLD_ONCE}
    return again.validate()


def _at_even_pace(world: World, pace: Pace) -> World:
    return world.assign_coords(time=world.time / float(pace.speed_K[0]))


def _resampled(world: World, pace: Pace) -> World:
    own_T = world.time.values - float(world.time[0])
    return sampled(world, own_T, np.minimum(pace.shown(own_T), own_T[-1]))


def sampled(world: World, time_T: Array, shown_T: Array) -> World:
    """Return a world that shows at its seconds (T,) what the world shows at others, rising; both since it begins."""
    begun, own = float(world.time[0]), world.time.values - float(world.time[0])
    motion, moments = read_motion(world), (begun + shown_T).tolist()
    cameras = [camera_at(motion, moment) for moment in moments]
    tracks = {
        "position": np.stack([positions_at(motion, moment) for moment in moments], axis=1),
        "rotation": np.stack([rotations_at(motion, moment) for moment in moments], axis=1),
        "joint_angle": np.stack([joints_at(motion, moment) for moment in moments], axis=1).clip(-2 * np.pi, 2 * np.pi),
        "camera_eye": np.stack([eye for eye, _, _, _ in cameras]),
        "camera_target": np.stack([target for _, target, _, _ in cameras]),
        "camera_roll": np.array([roll for _, _, roll, _ in cameras]),
        "camera_fov": np.array([fov for _, _, _, fov in cameras]),
    }
    # What is shown at the moment of a sample is that sample, to the last bit.
    last_T = np.searchsorted(own, shown_T + SAME, side="right") - 1
    same_T = np.abs(own[last_T] - shown_T) < SAME
    for name, track in tracks.items():
        axis = world[name].dims.index("time")
        stays = same_T.reshape([-1 if dim == axis else 1 for dim in range(track.ndim)])
        tracks[name] = np.where(stays, world[name].values.take(last_T, axis=axis), track)
    # A shot begins with the first sample that shows it.
    shot_T = np.cumsum(world.camera_cut.values)[last_T]
    cut_T = np.diff(shot_T, prepend=shot_T[0]) > 0
    cut_T[0] = world.camera_cut.values[0]
    told = {name: (world[name].dims, track) for name, track in (tracks | {"camera_cut": cut_T}).items()}
    return world.drop_vars(list(told)).assign_coords(time=begun + time_T).assign(told)
