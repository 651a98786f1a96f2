"""How a camera is held: on a wide lens, by hand, at arm's length."""

import math

import numpy as np

from sora2lib.render.motion import Camera

# Frequencies in Hz, amplitudes and phases of a hand: it drifts, breathes and trembles.
_HAND = ((0.23, 1.0, 0.3), (0.61, 0.62, 2.1), (1.37, 0.36, 4.4), (2.9, 0.13, 1.2), (6.3, 0.045, 5.0))


def sway(time: float, axis: int) -> float:
    """How far a hand has wandered along one of six axes, about -1..1; smooth, and the same every time.

    >>> abs(sway(1.0, 0) - sway(1.001, 0)) < 0.01
    True
    """
    total = 0.0
    for rate, size, phase in _HAND:
        total += size * math.sin(2 * math.pi * rate * (1 + 0.07 * axis) * time + phase + 1.9 * axis)
    return 0.6 * total


def by_hand(camera: Camera, time: float, *, metres: float, degrees: float) -> Camera:
    """Hold a camera by hand: its place wanders by some metres, its aim and roll by some degrees."""
    eye, target, roll, fov = camera
    shift = metres * np.array([sway(time, axis) for axis in range(3)])
    shift[2] = max(shift[2], 0.05 - eye[2])
    far = float(np.linalg.norm(target - eye))
    turn = math.radians(degrees)
    aim = far * turn * np.array([sway(time, axis) for axis in range(3, 6)])
    return eye + shift, target + shift + aim, roll + 0.5 * turn * sway(time, 6), fov


def wide_camera(camera: Camera, _: float) -> Camera:
    """Leave room for the bars above and below."""
    eye, target, roll, fov = camera
    return eye, target, roll, 2 * math.atan(1.2 * math.tan(fov / 2))


def handheld_camera(camera: Camera, time: float) -> Camera:
    """Hold it in both hands, on the move."""
    return by_hand(camera, time, metres=0.03, degrees=0.9)


def news_camera(camera: Camera, time: float) -> Camera:
    """Rest it on a reporter's shoulder."""
    return by_hand(camera, time, metres=0.01, degrees=0.25)


def selfie_camera(camera: Camera, time: float) -> Camera:
    """Hold it at arm's length: closer and wider, so that what is near looms; the subject keeps its size."""
    eye, target, roll, fov = camera
    near = 0.70
    eye, tangent = target + near * (eye - target), math.tan(fov / 2) / near
    return by_hand((eye, target, roll + 0.05, 2 * math.atan(min(tangent, 1.6))), time, metres=0.05, degrees=1.3)
