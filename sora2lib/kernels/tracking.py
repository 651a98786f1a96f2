"""Loops over the pixels of films: what lies behind, and what stands out from it.

Colours are taken apart as brightness and two differences of colour, the latter weighed by ``CHROMA``: codecs keep them
at half the size and coarsely.

    T frames, H height, W width, h and w cells of ``cell`` by ``cell`` pixels
"""

import numpy as np

from sora2lib.kernels.compiled import compiled, inlined

CHROMA = np.float32(0.35)
RUN = 64  # pixels that are told to be alike at once
UNSEEN = np.float32(0.75)  # what it costs a pixel, of 0..2, to take a colour in which it is never seen
_R, _G, _B = np.float32(0.299), np.float32(0.587), np.float32(0.114)


@inlined
def _apart(red, green, blue):
    """Return brightness and two weighed differences of colour."""
    luma = _R * red + _G * green + _B * blue
    return luma, CHROMA * (blue - luma), CHROMA * (red - luma)


@compiled
def median(frames, chosen):
    """Return the median picture (H, W, 3) float32 of the chosen ones (n,) of some frames (T, H, W, 3) uint8."""
    count, height, width = len(chosen), frames.shape[1], frames.shape[2]
    out, middle = np.empty((height, 3 * width), np.float32), count // 2
    # The smaller half rises, value by value, as bubbles do: of a whole row of pixels at once.
    row = np.empty((count, 3 * width), np.uint8)
    for y in range(height):
        for k in range(count):
            row[k] = frames[chosen[k], y].reshape(3 * width)
        for least in range(middle + 1):
            for k in range(count - 1, least, -1):
                _in_order(row[k - 1], row[k])
        if count % 2:
            out[y] = row[middle]
        else:
            for x in range(3 * width):
                out[y, x] = np.float32(0.5) * (np.float32(row[middle - 1, x]) + np.float32(row[middle, x]))
    return out.reshape(height, width, 3)


@inlined
def _in_order(low, high):
    """Exchange the values (n,) of two rows where the first is the larger."""
    for x in range(low.size):
        one, other = low[x], high[x]
        low[x] = one if one < other else other
        high[x] = other if one < other else one


@inlined
def _differs(one, other, limit):
    """Whether any byte (n,) differs from another by more than a limit, a byte."""
    any_does = np.uint8(0)
    for x in range(one.size):
        a, b = one[x], other[x]
        any_does |= np.uint8((np.uint8(a - b) if a > b else np.uint8(b - a)) > limit)
    return any_does


@inlined
def _calm(threshold):
    """Return by how much bytes may differ from a rounded background, so that no pixel differs by a threshold.

    A pixel differs by no more than the most that one of its three colours does.
    """
    return np.uint8(min(max(threshold - np.float32(0.5), np.float32(0)), np.float32(255)))


@compiled
def standing_out(frame, background, rounded, threshold, cell):
    """Return how many pixels (h, w) of each cell of a frame (H, W, 3) differ from a background by a threshold.

    ``rounded`` is the background in bytes, by which most pixels are told to be alike, many at once.
    """
    height, width = frame.shape[0], frame.shape[1]
    rows, columns = (height + cell - 1) // cell, (width + cell - 1) // cell
    out = np.zeros((rows, columns), np.int32)
    square, calm = np.float32(threshold) * np.float32(threshold), _calm(np.float32(threshold))
    for y in range(height):
        line, behind = frame[y].reshape(3 * width), rounded[y].reshape(3 * width)
        for first in range(0, width, RUN):
            last = min(first + RUN, width)
            if not _differs(line[3 * first : 3 * last], behind[3 * first : 3 * last], calm):
                continue
            for x in range(first, last):
                if _square(frame[y, x], background[y, x]) > square:
                    out[y // cell, x // cell] += 1
    return out


@compiled
def unsettled(frames, chosen, picture, threshold):
    """Return where (H, W) under nine tenths of the chosen (n,) of some frames agree with a picture (H, W, 3)."""
    count, height, width = len(chosen), frames.shape[1], frames.shape[2]
    out = np.zeros((height, width), np.bool_)
    square, calm = np.float32(threshold) * np.float32(threshold), _calm(np.float32(threshold))
    behind, differing = np.empty(3 * width, np.uint8), np.empty(width, np.int32)
    for y in range(height):
        still = picture[y].reshape(3 * width)
        for x in range(3 * width):
            behind[x] = np.uint8(still[x] + np.float32(0.5))
        differing[:] = 0
        for k in range(count):
            line = frames[chosen[k], y].reshape(3 * width)
            for first in range(0, width, RUN):
                last = min(first + RUN, width)
                if not _differs(line[3 * first : 3 * last], behind[3 * first : 3 * last], calm):
                    continue
                for x in range(first, last):
                    differing[x] += _square(frames[chosen[k], y, x], picture[y, x]) > square
        for x in range(width):
            out[y, x] = 10 * (count - differing[x]) < 9 * count
    return out


@inlined
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

    Each takes a colour that it has in some of the frames (T, H, W, 3): one that is like what lies beside it, and that
    it shows when its neighbours show theirs, since things cover neighbours together, whatever is painted on the
    ground. Where it never does, it is never seen, and takes what lies beside it.
    """
    count, height, width = samples.shape[0], samples.shape[1], samples.shape[2]
    out, left = picture.copy(), open_HW.copy()
    square = np.float32(threshold) * np.float32(threshold)
    bare = np.zeros((height, width, count), np.bool_)
    for y in range(height):
        for x in range(width):
            for k in range(count):
                bare[y, x, k] = not left[y, x] and _square(samples[k, y, x], picture[y, x]) <= square
    beside, share = np.zeros(3, np.float32), np.zeros(count, np.float32)
    shown, best = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
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
            _usual_beside(out, left, y, x, beside)
            _share_bare(bare, left, y, x, share)
            least = np.float32(UNSEEN) + share.mean()
            best[:] = False
            for k in range(count):
                cost = min(np.sqrt(_square(samples[k, y, x], beside) / square) / np.float32(2), np.float32(1))
                for other in range(count):
                    shown[other] = _square(samples[other, y, x], samples[k, y, x]) <= square
                    cost += (np.float32(1) - share[other] if shown[other] else share[other]) / np.float32(count)
                if cost < least:
                    least = cost
                    best[:] = shown
            bare[y, x] = best
            _mean_of(samples, best, y, x, beside)
            out[y, x] = beside
        for n in range(size):
            left[layer[n, 0], layer[n, 1]] = False


@inlined
def _mean_of(samples, chosen, y, x, out):
    """Write the mean colour of a pixel in the chosen ones (T,) of some frames into ``out`` (3,), if there are any."""
    number = np.float32(chosen.sum())
    if number == 0:
        return
    out[:] = np.float32(0)
    for k in range(samples.shape[0]):
        if chosen[k]:
            for channel in range(3):
                out[channel] += np.float32(samples[k, y, x, channel]) / number


@compiled
def _share_bare(bare, left, y, x, out):
    """Write the share of the settled pixels near one that show the background in each frame into ``out`` (T,)."""
    height, width = left.shape
    number = np.float32(0)
    out[:] = np.float32(0)
    for v in range(max(y - 2, 0), min(y + 3, height)):
        for u in range(max(x - 2, 0), min(x + 3, width)):
            if not left[v, u]:
                number += np.float32(1)
                for k in range(out.size):
                    out[k] += np.float32(bare[v, u, k])
    for k in range(out.size):
        out[k] /= max(number, np.float32(1))


@compiled
def _at_rim(left, y, x):
    height, width = left.shape
    for v in range(max(y - 1, 0), min(y + 2, height)):
        for u in range(max(x - 1, 0), min(x + 2, width)):
            if not left[v, u]:
                return True
    return False


@compiled
def _usual_beside(picture, left, y, x, out):
    """Write the median colour of the settled pixels near one into ``out`` (3,): few mistaken ones do not count."""
    height, width = left.shape
    near, number = np.empty((3, 25), np.float32), 0
    for v in range(max(y - 2, 0), min(y + 3, height)):
        for u in range(max(x - 2, 0), min(x + 3, width)):
            if not left[v, u]:
                for channel in range(3):
                    near[channel, number] = picture[v, u, channel]
                number += 1
    for channel in range(3):
        out[channel] = np.median(near[channel, :number])


@compiled
def block_means(frames, size):
    """Return the mean colours (T, 3, h, w) of blocks of every second pixel, ``size`` by ``size`` of them, of a film."""
    count, rows, columns = frames.shape[0], (frames.shape[1] + 1) // 2 // size, (frames.shape[2] + 1) // 2 // size
    out, total = np.zeros((count, 3, rows, columns), np.float32), np.empty(frames.shape[2] * 3, np.uint16)
    for k in range(count):
        for v in range(rows):
            total[:] = 0
            for y in range(size):
                line = frames[k, 2 * (v * size + y)].reshape(total.size)
                for x in range(total.size):
                    total[x] += line[x]
            for u in range(columns):
                for x in range(size):
                    for channel in range(3):
                        out[k, channel, v, u] += np.float32(total[6 * (u * size + x) + channel])
    return out / np.float32(size * size)


@compiled
def apart(frame, background):
    """Return by how much (h, w, 3) a window of a frame differs from the background: brightness, and two colours."""
    out = np.empty(frame.shape, np.float32)
    for y in range(frame.shape[0]):
        for x in range(frame.shape[1]):
            out[y, x, 0], out[y, x, 1], out[y, x, 2] = _apart(
                np.float32(frame[y, x, 0]) - background[y, x, 0],
                np.float32(frame[y, x, 1]) - background[y, x, 1],
                np.float32(frame[y, x, 2]) - background[y, x, 2],
            )
    return out


@compiled
def covered(offset, colour, background, overshoot):
    """Return how far (h, w) pixels that differ from a background by ``offset`` (h, w, 3) are covered by a colour (3,).

    From 0 to 1, and by ``overshoot`` beyond either.
    """
    out, one = np.empty(offset.shape[:2], np.float64), np.float32(1)
    red, green, blue = np.float32(colour[0]), np.float32(colour[1]), np.float32(colour[2])
    for y in range(offset.shape[0]):
        for x in range(offset.shape[1]):
            a, b, c = _apart(red - background[y, x, 0], green - background[y, x, 1], blue - background[y, x, 2])
            along = np.float32(offset[y, x, 0]) * a + np.float32(offset[y, x, 1]) * b + np.float32(offset[y, x, 2]) * c
            share = along / max(a * a + b * b + c * c, one)
            out[y, x] = min(max(share, -overshoot), one + overshoot)
    return out


@compiled
def dimmed(frame, background, darkest, lightest, tinted):
    """Return where (h, w) all colours of a window are alike a share of the background's, between two given ones."""
    out, one = np.empty(frame.shape[:2], np.bool_), np.float32(1)
    for y in range(frame.shape[0]):
        for x in range(frame.shape[1]):
            red = (np.float32(frame[y, x, 0]) + one) / (background[y, x, 0] + one)
            green = (np.float32(frame[y, x, 1]) + one) / (background[y, x, 1] + one)
            blue = (np.float32(frame[y, x, 2]) + one) / (background[y, x, 2] + one)
            most, least = max(red, max(green, blue)), min(red, min(green, blue))
            out[y, x] = most < lightest and least > darkest and most - least < tinted
    return out


@compiled
def grown(mask, by, outside):
    """Return where (h, w) a mask is set within ``by`` pixels along both axes; ``outside`` tells what lies beyond it."""
    height, width = mask.shape
    along, out = np.zeros((height, width), np.bool_), np.zeros((height, width), np.bool_)
    for y in range(height):
        for x in range(width):
            if mask[y, x]:
                along[y, max(x - by, 0) : min(x + by + 1, width)] = True
        if outside:
            along[y, :by] = True
            along[y, max(width - by, 0) :] = True
    for y in range(height):
        for v in range(max(y - by, 0), min(y + by + 1, height)):
            for x in range(width):
                out[y, x] |= along[v, x]
    if outside:
        out[:by] = True
        out[max(height - by, 0) :] = True
    return out


@compiled
def opened(mask):
    """Return what is left of a mask (h, w) without what no square of two by two pixels fits into."""
    height, width = mask.shape
    out = np.zeros((height, width), np.bool_)
    for y in range(height - 1):
        for x in range(width - 1):
            if mask[y, x] and mask[y, x + 1] and mask[y + 1, x] and mask[y + 1, x + 1]:
                out[y, x] = out[y, x + 1] = out[y + 1, x] = out[y + 1, x + 1] = True
    return out
