"""The net that finds people in pictures: MediaPipe's selfie segmentation, run in NumPy.

A MobileNet that was taught on people who film themselves; NOTICE says by whom. It keeps hair and hands, knows nothing
of whose they are, and calls many a pet a person. :mod:`sora2lib.train.person_pack` builds the file read here: arrays by
number, and the steps that lead from one to the next.

H height, W width, C channels; one picture at a time, so that a picture stays in the processor's cache.
"""

import io
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.ndimage import zoom

from sora2lib import packaged

Array = NDArray[np.float32]
DATA, WEIGHTS = Path(__file__).with_name("data"), "person.npz"
SIDE = 256  # pixels of the picture that it looks at


def people(frames: NDArray[np.uint8]) -> Array:
    """Return how surely each pixel of pictures (T, H, W, 3) shows a person (T, H, W), 0..1.

    >>> people(frames).shape == frames.shape[:3]  # doctest: +SKIP
    True
    """
    return np.stack([_person(frame) for frame in frames])


def _person(frame: NDArray[np.uint8]) -> Array:
    height, width = frame.shape[:2]
    steps, weights = _net()
    seen = _resized(np.asarray(frame / 255, np.float32), (SIDE / height, SIDE / width, 1))
    known: dict[int, Array] = {steps[0]["takes"][0]: seen}
    for step in steps:
        takes = [known[it] if it in known else weights.get(it) for it in step["takes"]]
        known[step["gives"]] = _STEPS[step["step"]](step.get("stride", 1), *takes)
    return _resized(known[steps[-1]["gives"]][..., 0], (height / SIDE, width / SIDE))


def _resized(picture: Array, times: tuple[float, ...]) -> Array:
    return np.asarray(zoom(picture, times, order=1, grid_mode=True, mode="nearest"), np.float32)


@cache
def _net() -> tuple[list[dict[str, Any]], dict[int, Array]]:
    with np.load(io.BytesIO(packaged.read(WEIGHTS, folder=DATA))) as packed:
        steps: list[dict[str, Any]] = json.loads(packed["told"].tobytes())
        weights = {int(name[1:]): packed[name].astype(np.float32) for name in packed.files if name != "told"}
    return steps, weights


def _windows(x_HWC: Array, size: int, stride: int) -> Array:
    """What lies under a square of some size (H', W', C, size, size) at each place that it is moved to."""
    pads = []
    for side in x_HWC.shape[:2]:
        lacking = max((-(-side // stride) - 1) * stride + size - side, 0)
        pads.append((lacking // 2, lacking - lacking // 2))
    padded = np.pad(x_HWC, (*pads, (0, 0)))
    return sliding_window_view(padded, (size, size), axis=(0, 1))[::stride, ::stride]


def _convolve(stride: int, x_HWC: Array, weight: Array, bias: Array) -> Array:
    size = weight.shape[1]
    if size == 1:
        return np.asarray(x_HWC[::stride, ::stride] @ weight[:, 0, 0].T + bias)
    return np.asarray(np.einsum("hwcij,dijc->hwd", _windows(x_HWC, size, stride), weight, optimize=True) + bias)


def _convolve_each(stride: int, x_HWC: Array, weight: Array, bias: Array) -> Array:
    size = weight.shape[1]
    windows = _windows(x_HWC, size, stride)
    total = np.broadcast_to(bias, windows.shape[:3]).copy()
    for i in range(size):
        for j in range(size):
            total += windows[..., i, j] * weight[0, i, j]
    return total


def _enlarge(_: int, x_HWC: Array, size: None) -> Array:
    """Twice as large, each pixel a mixture of the nearest ones, counted from their middles."""
    for axis in (0, 1):
        x = np.moveaxis(x_HWC, axis, 0)
        before, after = np.concatenate([x[:1], x[:-1]]), np.concatenate([x[1:], x[-1:]])
        both: Array = np.stack([0.75 * x + 0.25 * before, 0.75 * x + 0.25 * after], axis=1)
        x_HWC = np.moveaxis(both.reshape((-1, *x.shape[1:])), 0, axis)
    return x_HWC


def _spread(_: int, x_HWC: Array, weight: Array, bias: Array) -> Array:
    """Each pixel to a square of four."""
    height, width, _ = x_HWC.shape
    square = np.einsum("hwc,dijc->hiwjd", x_HWC, weight) + bias
    return np.asarray(square.reshape(2 * height, 2 * width, -1))


def _logistic(_: int, x: Array) -> Array:
    return np.asarray(0.5 + 0.5 * np.tanh(0.5 * x))


_STEPS: dict[str, Callable[..., Array]] = {
    "CONV_2D": _convolve,
    "DEPTHWISE_CONV_2D": _convolve_each,
    "RELU": lambda _, x: np.maximum(x, 0),
    "HARD_SWISH": lambda _, x: x * np.clip(x + 3, 0, 6) / 6,
    "LOGISTIC": _logistic,
    "ADD": lambda _, x, y: x + y,
    "MUL": lambda _, x, y: x * y,
    "AVERAGE_POOL_2D": lambda _, x: x.mean(axis=(0, 1), keepdims=True),
    "RESIZE_BILINEAR": _enlarge,
    "CUSTOM": _spread,
}
