"""A picture that hangs as far away as the sky, before the sky and the far ground, and what goes on around it."""

import numpy as np

from sora2lib.kernels import layout as at
from sora2lib.kernels.compiled import compiled, inlined
from sora2lib.kernels.layout import FAR, HALF, ONE, TINY, ZERO
from sora2lib.kernels.light import smooth
from sora2lib.kernels.textures import bilinear

_BEHIND = np.float32(0.02)  # of a direction along the middle of the picture: what has less lies beside or behind it
_WHOLE = np.float32(0.999)  # of the picture: then nothing around it is seen
_HALF_TURN = np.float32(1 / (2 * np.pi))


@inlined
def _distance(block, i, hung):
    """How much what ray i met is distance: all of the sky, none of bodies and of the ground near by."""
    name, dx, dy = block[at.ID + i], block[at.DX + i], block[at.DY + i]
    away = block[at.T + i] * np.sqrt(max(dx * dx + dy * dy, TINY))
    ground = smooth((away - hung[at.HUNG_NEAR]) * hung[at.HUNG_RISE])
    return ONE if name == np.float32(at.SKY) else ground if name < ZERO else ZERO


@inlined
def _between(picture, column, row):
    """The light at a place in texels, counted from the upper left corner, held within the picture."""
    height, width = np.float32(picture.shape[0]), np.float32(picture.shape[1])
    column = min(max(column - HALF, ZERO), width - np.float32(1.001))
    row = min(max(row - HALF, ZERO), height - np.float32(1.001))
    return bilinear(picture, column, row)


@inlined
def _mix(block, i, share, colours):
    r, g, b = colours
    block[at.CR + i] += share * (r - block[at.CR + i])
    block[at.CG + i] += share * (g - block[at.CG + i])
    block[at.CB + i] += share * (b - block[at.CB + i])


@inlined
def _place(block, i, hung):
    """Column and row 0..1 of ray i in the picture, and how much of that shows there, none beyond its rims."""
    dx, dy, dz = block[at.DX + i], block[at.DY + i], block[at.DZ + i]
    ahead = dx * hung[at.HUNG_AHEAD] + dy * hung[at.HUNG_AHEAD + 1] + dz * hung[at.HUNG_AHEAD + 2]
    inverse = ONE / max(ahead, _BEHIND)
    x = (dx * hung[at.HUNG_RIGHT] + dy * hung[at.HUNG_RIGHT + 1]) * inverse
    y = (dx * hung[at.HUNG_UP] + dy * hung[at.HUNG_UP + 1] + dz * hung[at.HUNG_UP + 2]) * inverse
    share = smooth((ONE - abs(x)) * hung[at.HUNG_RIM]) * smooth((ONE - abs(y)) * hung[at.HUNG_RIM])
    return HALF + HALF * x, HALF - HALF * y, (share if ahead > _BEHIND else ZERO)


@inlined
def _go_on(block, i, distance, share, hung, around, cover):
    """Blend in what goes on around the picture, of which a share is to come; returns how much it hides."""
    dx, dy, dz = block[at.DX + i], block[at.DY + i], block[at.DZ + i]
    ahead = dx * hung[at.HUNG_AHEAD] + dy * hung[at.HUNG_AHEAD + 1]
    aside = dx * hung[at.HUNG_RIGHT] + dy * hung[at.HUNG_RIGHT + 1]
    column = (HALF + _HALF_TURN * np.arctan2(aside * hung[at.HUNG_EVEN], ahead)) * np.float32(around.shape[1])
    row = (HALF - HALF * dz) * np.float32(around.shape[0])
    opacity, _, _ = _between(cover, column, row)
    _mix(block, i, distance * opacity * (ONE - share) / (ONE - distance * share), _between(around, column, row))
    return opacity


@inlined
def _seen(column, row, hung, fine, coarse):
    """The light of the picture between its levels of detail."""
    r, g, b = _between(fine, column * np.float32(fine.shape[1]), row * np.float32(fine.shape[0]))
    mix = hung[at.HUNG_COARSE]
    if mix > ZERO:
        r2, g2, b2 = _between(coarse, column * np.float32(coarse.shape[1]), row * np.float32(coarse.shape[0]))
        r, g, b = r + mix * (r2 - r), g + mix * (g2 - g), b + mix * (b2 - b)
    return r, g, b


@compiled
def hang(block, n, hung, fine, coarse, around, cover):
    """Blend the picture, and what goes on around it, over what the camera's rays brought from the sky and far ground.

    Parameters
    ----------
    hung : (HUNG,) float32, where it hangs.
    fine, coarse : (H, W, 3) and (H / 2, W / 2, 3) float32, its light in two levels of detail, mixed as ``hung`` says.
    around : (R, C, 3) float32, the light all around: columns are the angle from its middle, rows the height's sine.
    cover : (R, C, 3) float32, how much of that shows.
    """
    for i in range(n):
        distance = _distance(block, i, hung)
        if distance <= ZERO:
            continue
        column, row, share = _place(block, i, hung)
        hidden = share
        if share < _WHOLE:
            hidden += (ONE - share) * _go_on(block, i, distance, share, hung, around, cover)
        if share > ZERO:
            _mix(block, i, distance * share, _seen(column, row, hung, fine, coarse))
        if distance * hidden > HALF:
            block[at.FEATURE + i] = np.float32(at.BACKDROP)


@compiled
def far_off(block, n, hung):
    """Make sky of the ground that is mostly distance."""
    for i in range(n):
        if (block[at.ID + i] == np.float32(at.GROUND)) & (_distance(block, i, hung) > HALF):
            block[at.ID + i], block[at.T + i] = np.float32(at.SKY), FAR
