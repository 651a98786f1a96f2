"""Motion as rows: place, speed and every single acceleration, a third of a second to a row.

A row holds redundant views of the same stretch of a track: where it starts, how fast, and the second
difference at each of its samples. Second differences are what physics is about: in free flight they are
exactly ``-g`` for every sample of every row, at rest exactly zero, and a bounce is one large number at one
sample. A network that errs a little in each channel would still jitter if only its positions were kept;
:func:`reconstruct` takes the track that explains all channels best, each trusted by its own precision, and forgives
the few that do not fit at all: a bounce that one channel puts a sample later than another must not bend the flight.

Shapes: T samples = STRIDE * K + 1, K rows, D independent axes.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solveh_banded
from scipy.sparse import csr_matrix, eye, vstack

Array = NDArray[np.float64]
STRIDE = 8
REACH = 2  # samples between the first and the last that one reading looks at
BLOW = 3.0  # m/s^2 off the row's median: what rolls, slides and swings stays below
ROUNDS = 10  # in which misfits lose their say


def squash(value: Array, knee: float) -> Array:
    """Compress many orders of magnitude into a few units: linear below ``knee``, logarithmic above.

    >>> float(squash(np.array(0.0), 1.0))
    0.0
    """
    return np.arcsinh(np.asarray(value) / knee)


def stretch(value: Array, knee: float) -> Array:
    """Undo :func:`squash`."""
    return np.sinh(value) * knee


def differences(track: Array, dt: float, stride: int = STRIDE) -> tuple[Array, Array, Array]:
    """Split a track (..., T, D) into starts (..., K, D), speeds (..., K, D) and accelerations (..., K, stride, D).

    Speeds are central differences at each row's first sample. At the very start, which has no sample before it,
    the acceleration repeats its successor and the speed is what leads to the second sample under it.
    """
    rows = (track.shape[-2] - 1) // stride
    head = track[..., :-1, :]  # (..., stride * K, D)
    second = np.diff(track, n=2, axis=-2) / dt**2  # at samples 1 .. T-2
    accelerations = np.concatenate([second[..., :1, :], second], axis=-2)  # at samples 0 .. T-2
    speeds = np.diff(track, axis=-2) / dt
    initial = speeds[..., :1, :] - accelerations[..., :1, :] * dt / 2
    central = np.concatenate([initial, (speeds[..., 1:, :] + speeds[..., :-1, :]) / 2], axis=-2)
    shape = (*track.shape[:-2], rows, stride, track.shape[-1])
    return head[..., ::stride, :], central[..., ::stride, :], accelerations.reshape(shape)


def blows(accelerations: Array) -> Array:
    """Say which sample of a row holds its hardest blow: that of its channels is 1, or the last for none.

    Samples are struck where their acceleration lies more than ``BLOW`` from the median of the row.

    Parameters
    ----------
    accelerations : (..., stride, D) in m/s^2.

    Returns
    -------
    (..., stride + 1), 0 and 1.

    >>> blows(np.array([[-9.81], [-9.81], [140.0], [-9.81]]))
    array([0., 0., 1., 0., 0.])
    """
    off = np.linalg.norm(accelerations - np.median(accelerations, axis=-2, keepdims=True), axis=-1)  # (..., stride)
    hardest = np.where(off.max(axis=-1) > BLOW, off.argmax(axis=-1), off.shape[-1])
    return np.eye(off.shape[-1] + 1)[hardest]


def _operators(samples: int, dt: float, stride: int) -> list[csr_matrix]:
    """Rows of the linear maps track -> starts (K, T), speeds (K, T; the first forward) and accelerations (T - 2, T)."""
    identity = eye(samples, format="csr")
    forward = (identity[1:] - identity[:-1]) / dt
    central = vstack([forward[:1], (forward[1:] + forward[:-1]) / 2], format="csr")
    return [identity[:-1:stride], central[::stride], (forward[1:] - forward[:-1]) / dt]


def reconstruct(
    starts: Array,
    speeds: Array,
    accelerations: Array,
    *,
    dt: float,
    start_error: Array | float,
    speed_error: Array | float,
    acceleration_error: Array,
    extra: tuple[Array, Array, Array] | None = None,
    stride: int = STRIDE,
) -> Array:
    """Return the track (..., T, D) that explains starts, speeds and accelerations best.

    Parameters
    ----------
    starts, speeds : (..., K, D); accelerations : (..., K, stride, D), as from :func:`differences`.
    start_error, speed_error, acceleration_error : standard errors, of a shape that broadcasts to the values.
    extra : further readings of the track itself: sample indices (J,), values (..., J, D) and their
        standard errors (..., J, D).

    Exact for channels that agree with each other; for channels that do not, a maximum-likelihood track under
    independent errors with Cauchy's heavy tails, by iteratively reweighted least squares (Holland & Welsch 1977).
    """
    *batch, rows, axes = starts.shape
    samples = rows * stride + 1
    operators = _operators(samples, dt, stride)
    flat = accelerations.reshape(*batch, rows * stride, axes)[..., 1:, :]
    flat_error = np.broadcast_to(acceleration_error, accelerations.shape).reshape(*batch, rows * stride, axes)[
        ..., 1:, :
    ]
    onward = speeds.copy()
    onward[..., 0, :] += accelerations[..., 0, 0, :] * dt / 2
    values = [starts, onward, flat]
    errors = [np.broadcast_to(start_error, starts.shape), np.broadcast_to(speed_error, speeds.shape), flat_error]
    if extra is not None:
        operators.append(eye(samples, format="csr")[extra[0]])
        values.append(extra[1])
        errors.append(extra[2])
    value = np.moveaxis(np.concatenate(values, axis=-2), -1, -2)  # (..., D, E)
    weight = 1 / np.moveaxis(np.concatenate(errors, axis=-2), -1, -2) ** 2
    return np.moveaxis(_forgiving(vstack(operators, format="csr"), value, weight), -1, -2)


def _forgiving(operator: csr_matrix, value: Array, weight: Array) -> Array:
    """Tracks (..., T) that minimise ``log(1 + r^2)`` of the weighted residuals of ``operator @ track - value``."""
    track = _least_squares(operator, value, weight)
    for _ in range(ROUNDS):
        told = (operator @ track.reshape(-1, track.shape[-1]).T).T.reshape(value.shape)
        track = _least_squares(operator, value, weight / (1 + weight * (told - value) ** 2))
    return track


def _least_squares(operator: csr_matrix, value: Array, weight: Array) -> Array:
    """Tracks (..., T) that minimise the weighted squares of ``operator @ track - value`` (..., E).

    A reading spans three samples at most, so the normal equations are banded and their cost is linear in T.
    """
    samples, flat_weight = operator.shape[1], weight.reshape(-1, operator.shape[0])
    right = (flat_weight * value.reshape(flat_weight.shape)) @ operator
    bands = np.zeros((len(flat_weight), REACH + 1, samples))
    for offset in range(REACH + 1):
        products = operator[:, : samples - offset].multiply(operator[:, offset:])
        bands[:, offset, : samples - offset] = flat_weight @ products
    solved = [solveh_banded(band, one, lower=True) for band, one in zip(bands, right, strict=True)]
    return np.stack(solved).reshape(*weight.shape[:-1], samples)
