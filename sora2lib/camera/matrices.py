"""Camera paths as 4x4 matrices and intrinsics, the language of trackers and of other renderers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sora2lib.camera.moves import Pose
from sora2lib.camera.paths import Array, right_of
from sora2lib.errors import RequestError
from sora2lib.world.filming import CameraPath

# Sign of the columns right, down or up, and forward or backward.
AXES = {"opencv": (1.0, -1.0, 1.0), "opengl": (1.0, 1.0, -1.0)}
SKEW = 1e-3  # by which a rotation may miss being one


@dataclass(frozen=True)
class Lens:
    """Pixels of a picture, and which way a camera's axes point: a key of ``AXES``."""

    width: int
    height: int
    axes: str

    def __post_init__(self) -> None:
        if self.axes not in AXES:
            raise RequestError(f"axes are {self.axes!r}; use one of {', '.join(AXES)}")
        if not (isinstance(self.width, int) and isinstance(self.height, int) and self.width > 0 < self.height):
            raise RequestError(f"the picture is {self.width!r} by {self.height!r} pixels; give whole numbers above 0")


def matrices_of(path: CameraPath, lens: Lens) -> tuple[Array, Array]:
    """Return camera to world (T, 4, 4) and intrinsics (T, 3, 3) of a path."""
    right, up, forward = _frame(path)
    matrices = np.zeros((len(path.eye), 4, 4))
    for column, (sign, axis) in enumerate(zip(AXES[lens.axes], (right, up, forward), strict=True)):
        matrices[:, :3, column] = sign * axis
    matrices[:, :3, 3], matrices[:, 3, 3] = path.eye, 1.0
    intrinsics = np.zeros((len(path.eye), 3, 3))
    intrinsics[:, 0, 0] = intrinsics[:, 1, 1] = lens.height / 2 / np.tan(path.fov / 2)
    intrinsics[:, :, 2] = lens.width / 2, lens.height / 2, 1.0
    return matrices, intrinsics


def _frame(path: CameraPath) -> tuple[Array, Array, Array]:
    """Right, up and forward (T, 3) of a path, rolled as the renderer rolls."""
    ahead = path.target - path.eye
    forward = ahead / np.linalg.norm(ahead, axis=-1, keepdims=True)
    right = right_of(ahead)
    up = np.cross(right, forward)
    cosine, sine = np.cos(path.roll)[:, None], np.sin(path.roll)[:, None]
    return cosine * right + sine * up, cosine * up - sine * right, forward


def poses_of(matrices: ArrayLike, intrinsics: ArrayLike, lens: Lens, distance: float) -> list[Pose]:
    """Return the poses of camera-to-world matrices (N, 4, 4), looking ``distance`` metres ahead."""
    matrix, inner = _numbers("matrices", matrices, (4, 4)), _numbers("intrinsics", intrinsics, (3, 3))
    _check_rotations(matrix)
    right, _, forward = (sign * matrix[:, :3, i] for i, sign in enumerate(AXES[lens.axes]))
    level = right_of(forward)
    roll = np.degrees(np.arctan2((right * np.cross(level, forward)).sum(-1), (right * level).sum(-1)))
    views = np.broadcast_to(_views(inner, lens), len(matrix))
    eye, target = matrix[:, :3, 3], matrix[:, :3, 3] + distance * forward
    rows = zip(eye.tolist(), target.tolist(), np.unwrap(roll, period=360).tolist(), views.tolist(), strict=True)
    return [Pose(tuple(eye), tuple(target), roll, fov) for eye, target, roll, fov in rows]


def _numbers(name: str, given: ArrayLike, shape: tuple[int, int]) -> Array:
    """The given numbers (N, *shape), all finite."""
    try:
        array = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise RequestError(f"the {name} are no numbers ({error}); give an array (N, {shape[0]}, {shape[1]})") from error
    array = array[None] if array.ndim == 2 else array
    if array.ndim != 3 or array.shape[1:] != shape or not len(array):
        raise RequestError(f"the {name} have shape {np.shape(given)}; give (N, {shape[0]}, {shape[1]})")
    if not np.isfinite(array).all():
        raise RequestError(f"the {name} hold values that are not finite numbers; leave those moments out")
    return array


def _check_rotations(matrix: Array) -> None:
    turn = matrix[:, :3, :3]
    if np.abs(turn @ turn.swapaxes(1, 2) - np.eye(3)).max() > SKEW or (np.linalg.det(turn) < 0).any():
        raise RequestError("the matrices scale, shear or mirror; give camera-to-world rotations, orthonormal columns")
    if np.abs(matrix[:, 3] - [0, 0, 0, 1]).max() > SKEW:
        raise RequestError("the matrices' last row is not 0 0 0 1; give camera to world, the place in the last column")


def _views(inner: Array, lens: Lens) -> Array:
    """Vertical fields of view (N,) in degrees."""
    wide, high, middle = inner[:, 0, 0], inner[:, 1, 1], inner[:, :2, 2]
    if (high <= 0).any() or np.abs(wide / high - 1).max() > 0.01:
        raise RequestError(
            f"the focal lengths {wide[0]:g} and {high[0]:g} differ or are not above 0; use square pixels"
        )
    if np.abs(middle - [lens.width / 2, lens.height / 2]).max() > 1:
        raise RequestError(
            f"the principal point is {middle[0].tolist()} in a picture of {lens.width}x{lens.height}; it must be its "
            "middle; crop the picture, or give the width and height that the intrinsics are of"
        )
    return np.asarray(2 * np.degrees(np.arctan(lens.height / 2 / high)))
