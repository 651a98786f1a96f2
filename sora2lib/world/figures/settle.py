"""The last word on a limb: Newton's method on its four angles, where the closed form goes round in circles.

:func:`sora2lib.world.figures.reach.plant` repeats itself until the foot is right, which fails when a long foot stands
under a folded leg. From what it found, a few steps of Newton lead there.
"""

import numpy as np

from sora2lib.world.figures.motion import Target
from sora2lib.world.figures.reach import Limb
from sora2lib.world.figures.skeleton import Array, Figure, pose
from sora2lib.world.parts import rotate
from sora2lib.world.turns import about, product

STEPS = 5
NUDGE = 1e-5  # rad, of the differences
MOST = 0.25  # rad, of one step
STILL = 1e-4  # rad: after a smaller step the next one, a hundredth of it, would not be seen
SOFT = 1e-4  # m: where the leg is stretched the steps stay short
AHEAD = np.array([1.0, 0.0, 0.0])


def settle(figure: Figure, angles_TJ: Array, *, root_T3: Array, turn_T4: Array, target: Target) -> Array:
    """Return the angles (T, J) with those of a limb bettered until its sole and its pitch are as told.

    The limb's turn stays; ball joint, hinge and end move, within the limits of the figure.

    >>> settle(horse, angles_TJ, root_T3=root_T3, turn_T4=turn_T4, target=hoof).shape  # doctest: +SKIP
    """
    limb, skeleton = target.limb, figure.skeleton
    upper = limb.links[0]
    parent = skeleton.link(skeleton.links[skeleton.link(upper)].parent)
    frames = pose(figure, angles_TJ)
    base_T4 = product(turn_T4, frames.turn_TL4[:, parent])
    from_T3 = root_T3 + rotate(turn_T4, frames.place_TL3[:, skeleton.link(upper)])
    joints = [limb.joint(name) for name in (f"{limb.ball} swing", f"{limb.ball} spread", limb.hinge, limb.end)]
    turn_T = angles_TJ[:, limb.joint(f"{limb.ball} turn")]
    low_4, high_4 = skeleton.limits_J2[joints].T
    size = float(np.linalg.norm(limb.sole)) + 0.1

    def missing(angles_T4: Array) -> Array:
        """What lacks (T, 4): metres to the place, and the pitch as metres at the sole."""
        place_T3, pitch_T = _sole(figure, limb, base_T4, from_T3, angles_T4, turn_T)
        return np.concatenate([target.place_T3 - place_T3, size * (target.pitch_T - pitch_T)[:, None]], axis=1)

    angles_T4 = angles_TJ[:, joints]
    for _ in range(STEPS):
        error_T4 = missing(angles_T4)
        slopes = [(missing(angles_T4 + NUDGE * one) - error_T4) / -NUDGE for one in np.eye(4)]
        slope_T44 = np.stack(slopes, axis=-1)
        across_T44 = np.swapaxes(slope_T44, 1, 2)
        square_T44 = across_T44 @ slope_T44 + SOFT * np.eye(4)
        step_T4 = np.linalg.solve(square_T44, across_T44 @ error_T4[..., None])[..., 0]
        before_T4, angles_T4 = angles_T4, np.clip(angles_T4 + np.clip(step_T4, -MOST, MOST), low_4, high_4)
        if np.abs(angles_T4 - before_T4).max() < STILL:
            break
    settled_TJ = angles_TJ.copy()
    settled_TJ[:, joints] = angles_T4
    return settled_TJ


def _sole(
    figure: Figure, limb: Limb, base_T4: Array, from_T3: Array, angles_T4: Array, turn_T: Array
) -> tuple[Array, Array]:
    """Where the sole is (T, 3) and how the last link is pitched (T,) at ball swing and spread, hinge and end."""
    sign = 1.0 if limb.side == "left" else -1.0
    swing_T, spread_T, fold_T, end_T = angles_T4.T
    turned_T4, rolled_T4 = about("z", -sign * turn_T), product(about("y", -swing_T), about("x", sign * spread_T))
    ball_T4 = product(turned_T4, rolled_T4) if limb.turns_first else product(rolled_T4, turned_T4)
    upper_T4 = product(base_T4, ball_T4)
    lower_T4 = product(upper_T4, about("y", limb.fold * fold_T))
    last_T4 = product(lower_T4, about("y", -end_T))
    a, b = (figure.offset(link) for link in limb.links[1:])
    place_T3 = from_T3 + rotate(upper_T4, a) + rotate(lower_T4, b) + rotate(last_T4, limb.sole)
    return place_T3, np.arcsin(np.clip(rotate(last_T4, AHEAD)[:, 2], -1, 1))
