"""Loops over the pixels of films: what lies behind, and what stands out from it.

Colours are taken apart as brightness and two differences of colour, the latter weighed by ``CHROMA``: codecs keep them
at half the size and coarsely.

    T frames, H height, W width, h and w cells of ``cell`` by ``cell`` pixels
"""

import numpy as np

from sora2lib.kernels.compiled import compiled, inlined

CHROMA = np.float32(0.35)
_R, _G, _B = np.float32(0.299), np.float32(0.587), np.float32(0.114)


@inlined
def _apart(red, green, blue):
    """Return brightness and two weighed differences of colour."""
    luma = _R * red + _G * green + _B * blue
    return luma, CHROMA * (blue - luma), CHROMA * (red - luma)


@compiled
def median(frames):
    """Return the median picture (H, W, 3) float32 of a few frames (T, H, W, 3) uint8."""
    count, height, width = frames.shape[0], frames.shape[1], frames.shape[2]
    out = np.empty((height, width, 3), np.float32)
    row = np.empty(count, np.uint8)
    for y in range(height):
        for x in range(width):
            for channel in range(3):
                for k in range(count):
                    value, at = frames[k, y, x, channel], k
                    while at > 0 and row[at - 1] > value:
                        row[at] = row[at - 1]
                        at -= 1
                    row[at] = value
                middle = count // 2
                if count % 2:
                    out[y, x, channel] = np.float32(row[middle])
                else:
                    out[y, x, channel] = np.float32(0.5) * (np.float32(row[middle - 1]) + np.float32(row[middle]))
    return out


@compiled
def standing_out(frame, background, threshold, cell):
    """Return how many pixels (h, w) of each cell of a frame (H, W, 3) differ from a background by a threshold."""
    height, width = frame.shape[0], frame.shape[1]
    rows, columns = (height + cell - 1) // cell, (width + cell - 1) // cell
    out = np.zeros((rows, columns), np.int32)
    square = np.float32(threshold) * np.float32(threshold)
    for y in range(height):
        for x in range(width):
            luma, blue, red = _apart(
                np.float32(frame[y, x, 0]) - background[y, x, 0],
                np.float32(frame[y, x, 1]) - background[y, x, 1],
                np.float32(frame[y, x, 2]) - background[y, x, 2],
            )
            if luma * luma + blue * blue + red * red > square:
                out[y // cell, x // cell] += 1
    return out


@compiled
def unsettled(samples, picture, threshold):
    """Return where (H, W) fewer than three quarters of a few frames (T, H, W, 3) agree with a picture (H, W, 3)."""
    count, height, width = samples.shape[0], samples.shape[1], samples.shape[2]
    out = np.zeros((height, width), np.bool_)
    square = np.float32(threshold) * np.float32(threshold)
    for y in range(height):
        for x in range(width):
            agree = 0
            for k in range(count):
                agree += _square(samples[k, y, x], picture[y, x]) <= square
            out[y, x] = 4 * agree < 3 * count
    return out


@compiled
def _square(one, other):
    luma, blue, red = _apart(
        np.float32(one[0]) - np.float32(other[0]),
        np.float32(one[1]) - np.float32(other[1]),
        np.float32(one[2]) - np.float32(other[2]),
    )
    return luma * luma + blue * blue + red * red


@compiled
def settle(samples, picture, open_HW, threshold):
    """Fill the open pixels (H, W) of a background (H, W, 3) from their rim inwards; returns a new one.

    Each takes the colour that it has in some of the frames (T, H, W, 3) and that is most like what lies beside it;
    where none is like it, what lies beside it.
    """
    count, height, width = samples.shape[0], samples.shape[1], samples.shape[2]
    out, left = picture.copy(), open_HW.copy()
    square = np.float32(threshold) * np.float32(threshold)
    beside = np.zeros(3, np.float32)
    total = np.zeros(3, np.float32)
    layer = np.empty((height * width, 2), np.int64)
    while True:
        size = 0
        for y in range(height):
            for x in range(width):
                if left[y, x] and _at_rim(left, y, x):
                    layer[size, 0], layer[size, 1] = y, x
                    size += 1
        if size == 0:
            return out
        for n in range(size):
            y, x = layer[n, 0], layer[n, 1]
            _mean_beside(out, left, y, x, beside)
            nearest, best = -1, np.float32(1e9)
            for k in range(count):
                away = _square(samples[k, y, x], beside)
                if away < best:
                    nearest, best = k, away
            if best > np.float32(4) * square:
                out[y, x] = beside
                continue
            agree = 0
            total[:] = np.float32(0)
            for k in range(count):
                if _square(samples[k, y, x], samples[nearest, y, x]) <= square:
                    agree += 1
                    for channel in range(3):
                        total[channel] += np.float32(samples[k, y, x, channel])
            for channel in range(3):
                out[y, x, channel] = total[channel] / np.float32(agree)
        for n in range(size):
            left[layer[n, 0], layer[n, 1]] = False


@compiled
def _at_rim(left, y, x):
    height, width = left.shape
    for v in range(max(y - 1, 0), min(y + 2, height)):
        for u in range(max(x - 1, 0), min(x + 2, width)):
            if not left[v, u]:
                return True
    return False


@compiled
def _mean_beside(picture, left, y, x, out):
    """Write the mean colour of the settled pixels near one into ``out`` (3,)."""
    height, width = left.shape
    number = np.float32(0)
    out[:] = np.float32(0)
    for v in range(max(y - 2, 0), min(y + 3, height)):
        for u in range(max(x - 2, 0), min(x + 3, width)):
            if not left[v, u]:
                number += np.float32(1)
                for channel in range(3):
                    out[channel] += picture[v, u, channel]
    for channel in range(3):
        out[channel] /= max(number, np.float32(1))
