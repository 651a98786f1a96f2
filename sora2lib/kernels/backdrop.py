"""A picture that hangs as far away as the sky, before the sky and the far ground."""

import numpy as np

from sora2lib.kernels import layout as at
from sora2lib.kernels.compiled import compiled, inlined
from sora2lib.kernels.layout import FAR, HALF, ONE, TINY, TWO, ZERO
from sora2lib.kernels.light import smooth
from sora2lib.kernels.textures import bilinear

_BEHIND = np.float32(0.02)  # of a direction along the middle of the picture: what has less lies beside or behind it


@inlined
def _place(block, i, hung):
    """Where in the picture ray i points, -1..1 to the right and up; far outside where it points elsewhere."""
    dx, dy, dz = block[at.DX + i], block[at.DY + i], block[at.DZ + i]
    ahead = dx * hung[at.HUNG_AHEAD] + dy * hung[at.HUNG_AHEAD + 1] + dz * hung[at.HUNG_AHEAD + 2]
    inverse = ONE / max(ahead, _BEHIND)
    x = (dx * hung[at.HUNG_RIGHT] + dy * hung[at.HUNG_RIGHT + 1]) * inverse
    y = (dx * hung[at.HUNG_UP] + dy * hung[at.HUNG_UP + 1] + dz * hung[at.HUNG_UP + 2]) * inverse
    return (x if ahead > _BEHIND else TWO), y


@inlined
def _share(block, i, x, y, hung):
    """How much of the picture shows: all in its middle, none at its rims, on bodies, and on the ground near by."""
    name = block[at.ID + i]
    rim = hung[at.HUNG_GROUND_RIM] if name == np.float32(at.GROUND) else hung[at.HUNG_RIM]
    share = smooth((ONE - abs(x)) * rim) * smooth((ONE - abs(y)) * hung[at.HUNG_RIM])
    if name == np.float32(at.GROUND):
        dx, dy = block[at.DX + i], block[at.DY + i]
        away = block[at.T + i] * np.sqrt(max(dx * dx + dy * dy, TINY))
        share *= smooth((away - hung[at.HUNG_NEAR]) * hung[at.HUNG_RISE])
    return share if name < ZERO else ZERO


@compiled
def hang(block, n, hung, fine, coarse):
    """Blend the picture over what the rays of the camera brought from the sky and the far ground.

    Parameters
    ----------
    hung : (HUNG,) float32, where it hangs.
    fine, coarse : (H, W, 3) and (H / 2, W / 2, 3) float32, its light in two levels of detail, mixed as ``hung`` says.
    """
    mix = hung[at.HUNG_COARSE]
    for i in range(n):
        x, y = _place(block, i, hung)
        share = _share(block, i, x, y, hung)
        if share <= ZERO:
            continue
        column, row = HALF + HALF * x, HALF - HALF * y
        r, g, b = _read(fine, column, row)
        r2, g2, b2 = _read(coarse, column, row)
        r, g, b = r + mix * (r2 - r), g + mix * (g2 - g), b + mix * (b2 - b)
        block[at.CR + i] += share * (r - block[at.CR + i])
        block[at.CG + i] += share * (g - block[at.CG + i])
        block[at.CB + i] += share * (b - block[at.CB + i])
        if share > HALF:
            block[at.FEATURE + i] = np.float32(at.BACKDROP)


@inlined
def _read(picture, column, row):
    """The light at a place 0..1 from the left and from the top."""
    height, width = np.float32(picture.shape[0]), np.float32(picture.shape[1])
    column = min(max(column * width - HALF, ZERO), width - np.float32(1.001))
    row = min(max(row * height - HALF, ZERO), height - np.float32(1.001))
    return bilinear(picture, column, row)


@compiled
def far_off(block, n, hung):
    """Make sky of the ground on which more than half of what shows is the picture."""
    for i in range(n):
        if block[at.ID + i] == np.float32(at.GROUND):
            x, y = _place(block, i, hung)
            if _share(block, i, x, y, hung) > HALF:
                block[at.ID + i], block[at.T + i] = np.float32(at.SKY), FAR
