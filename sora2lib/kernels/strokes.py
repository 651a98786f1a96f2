"""Drawing many short strokes and cells into repeating pictures: grass, cracks, tiles of stone."""

import numpy as np

from sora2lib.kernels.compiled import compiled


@compiled
def blades(size, places, angles, lengths, bends, shades):
    """Draw tapering curved blades, later ones on top, into a repeating square.

    Parameters
    ----------
    places : (N, 2) roots in texels; ``angles``, ``lengths``, ``bends``, ``shades`` : (N,).

    Returns
    -------
    shade, height : (size, size) float32; height rises along each blade, 0 is bare earth.
    """
    shade = np.zeros((size, size), np.float32)
    height = np.zeros((size, size), np.float32)
    for k in range(places.shape[0]):
        x, y, angle = places[k, 0], places[k, 1], angles[k]
        steps = int(lengths[k])
        for s in range(steps):
            share = s / steps
            x += np.cos(angle)
            y += np.sin(angle)
            angle += bends[k] / steps
            width = 2.1 * (1 - share) + 0.6
            side_x, side_y = -np.sin(angle), np.cos(angle)
            for w in range(-2, 3):
                if abs(w) > width:
                    continue
                column, row = int(x + w * side_x) % size, int(y + w * side_y) % size
                shade[row, column] = shades[k] * (0.45 + 0.75 * share) * (1 - 0.12 * abs(w) + (0.10 if w > 0 else 0.0))
                height[row, column] = 0.25 + 0.75 * share
    return shade, height


@compiled
def cells(size, sites):
    """Distance to the nearest site and to the second nearest (size, size, 2), repeating, in texels.

    ``sites`` (g, g, 2) holds one site a cell of a g x g grid, in 0..1 within its cell (Worley 1996).
    """
    grid = sites.shape[0]
    out = np.empty((size, size, 2), np.float32)
    scale = size / grid
    for row in range(size):
        for column in range(size):
            i, j = int(row / scale), int(column / scale)
            first, second = 1e9, 1e9
            for di in range(-1, 2):
                for dj in range(-1, 2):
                    a, b = (i + di) % grid, (j + dj) % grid
                    y, x = (i + di + sites[a, b, 1]) * scale, (j + dj + sites[a, b, 0]) * scale
                    gap = (y - row) ** 2 + (x - column) ** 2
                    if gap < first:
                        first, second = gap, first
                    elif gap < second:
                        second = gap
            out[row, column, 0], out[row, column, 1] = np.sqrt(first), np.sqrt(second)
    return out
