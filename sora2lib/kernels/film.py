"""What film and paper do to a finished picture: tones, grain, ink lines, washes of paint."""

import numpy as np

from sora2lib.kernels.compiled import compiled, inlined
from sora2lib.kernels.layout import HALF, ONE, ZERO

FINE = 4  # entries of a tone curve for each step of a byte
GRAIN = 256  # side of a repeating picture of grain or paper
_WHITE = np.float32(255)


@inlined
def _clip(value):
    return min(max(value, ZERO), _WHITE)


@compiled
def grade(frame, curves, saturation, falloff, grain, strength, shift):
    """Return a frame (H, W, 3) uint8 in other tones: saturation, then a curve for each channel, falloff, grain.

    Parameters
    ----------
    frame : (H, W, 3) uint8.
    curves : (3, 255 * FINE + 1) float32, display value 0..255 for a display value in steps of 1 / FINE.
    saturation : 1 leaves colours, 0 makes them grey.
    falloff : loss of light in the corners, 0..1.
    grain : (GRAIN, GRAIN) float32 of unit variance, repeating; strength : of it in middle tones, 0..255.
    shift : two whole numbers, where the grain begins.
    """
    height, width = frame.shape[0], frame.shape[1]
    out = np.empty_like(frame)
    saturation, falloff, strength = np.float32(saturation), np.float32(falloff), np.float32(strength)
    for y in range(height):
        v = np.float32(2 * y + 1 - height) / np.float32(height)
        for x in range(width):
            u = np.float32(2 * x + 1 - width) / np.float32(width)
            red, green, blue = np.float32(frame[y, x, 0]), np.float32(frame[y, x, 1]), np.float32(frame[y, x, 2])
            grey = np.float32(0.2126) * red + np.float32(0.7152) * green + np.float32(0.0722) * blue
            square = HALF * (u * u + v * v)
            light = ONE - falloff * square * square
            tone = grey * np.float32(1 / 255)
            noise = grain[(y + shift[1]) & (GRAIN - 1), (x + shift[0]) & (GRAIN - 1)]
            noise *= strength * (np.float32(0.35) + np.float32(2.6) * tone * (ONE - tone))
            for channel in range(3):
                value = _clip(grey + saturation * (np.float32(frame[y, x, channel]) - grey))
                value = curves[channel, np.int64(value * np.float32(FINE) + HALF)] * light + noise
                out[y, x, channel] = np.uint8(_clip(value) + np.float32(0.499))
    return out


@compiled
def draw_lines(frame, edges, ink, weight):
    """Return a frame with edges (H, W) drawn as soft lines in a colour, ``ink`` (3,) 0..255; ``weight`` 0..1."""
    height, width = edges.shape
    out = np.empty_like(frame)
    for y in range(height):
        up, down = max(y - 1, 0), min(y + 1, height - 1)
        for x in range(width):
            left, right = max(x - 1, 0), min(x + 1, width - 1)
            dark = edges[y, x] * np.float32(0.34)
            dark += np.float32(0.12) * (edges[y, left] + edges[y, right] + edges[up, x] + edges[down, x])
            dark += np.float32(0.045) * (edges[up, left] + edges[up, right] + edges[down, left] + edges[down, right])
            dark = min(dark * np.float32(1.5), ONE) * np.float32(weight)
            for channel in range(3):
                value = np.float32(frame[y, x, channel])
                out[y, x, channel] = np.uint8(value + dark * (np.float32(ink[channel]) - value) + HALF)
    return out


@compiled
def halve(frame):
    """Return means of 2 x 2 pixels (H / 2, W / 2, 3) float32; an odd last row or column is left out."""
    height, width = frame.shape[0] // 2, frame.shape[1] // 2
    out = np.empty((height, width, 3), np.float32)
    for y in range(height):
        for x in range(width):
            for channel in range(3):
                first = np.float32(frame[2 * y, 2 * x, channel]) + np.float32(frame[2 * y, 2 * x + 1, channel])
                second = np.float32(frame[2 * y + 1, 2 * x, channel]) + np.float32(frame[2 * y + 1, 2 * x + 1, channel])
                out[y, x, channel] = (first + second) * np.float32(0.25)
    return out


@compiled
def flatten(picture, radius):
    """Return a picture (H, W, 3) float32 in flat patches with sharp borders (Kuwahara 1976).

    Each pixel takes the mean of that one of four squares around it, ``radius`` + 1 wide, whose green varies least;
    near-equal squares share, so that patches have no stairs.
    """
    height, width = picture.shape[0], picture.shape[1]
    table = np.zeros((height + 1, width + 1, 4), np.float64)
    for y in range(height):
        row = np.zeros(4)
        for x in range(width):
            green = np.float64(picture[y, x, 1])
            row[0] += np.float64(picture[y, x, 0])
            row[1] += green
            row[2] += np.float64(picture[y, x, 2])
            row[3] += green * green
            for k in range(4):
                table[y + 1, x + 1, k] = table[y, x + 1, k] + row[k]
    out = np.empty_like(picture)
    for y in range(height):
        for x in range(width):
            total, red, green, blue = 0.0, 0.0, 0.0, 0.0
            for quarter in range(4):
                x0, y0 = x - (radius if quarter & 1 else 0), y - (radius if quarter >> 1 else 0)
                x0, x1 = max(x0, 0), min(x0 + radius + 1, width)
                y0, y1 = max(y0, 0), min(y0 + radius + 1, height)
                share = 1.0 / ((x1 - x0) * (y1 - y0))
                mean_red = (table[y1, x1, 0] - table[y0, x1, 0] - table[y1, x0, 0] + table[y0, x0, 0]) * share
                mean_green = (table[y1, x1, 1] - table[y0, x1, 1] - table[y1, x0, 1] + table[y0, x0, 1]) * share
                mean_blue = (table[y1, x1, 2] - table[y0, x1, 2] - table[y1, x0, 2] + table[y0, x0, 2]) * share
                square = (table[y1, x1, 3] - table[y0, x1, 3] - table[y1, x0, 3] + table[y0, x0, 3]) * share
                spread = max(square - mean_green * mean_green, 0.0)
                weight = 1.0 / (1.0 + spread) ** 4
                total += weight
                red, green, blue = red + weight * mean_red, green + weight * mean_green, blue + weight * mean_blue
            out[y, x, 0] = np.float32(red / total)
            out[y, x, 1] = np.float32(green / total)
            out[y, x, 2] = np.float32(blue / total)
    return out


@compiled
def wash(picture, edges, pigment, paper, wobble, margin):
    """Return a frame (H, W, 3) uint8 of watercolour from a picture of half its size.

    Pigment gathers where it is thick, in the valleys of the paper and along outlines: a density d turns a colour c in
    0..1 into c (1 - (1 - c) (d - 1)) (Bousseau et al. 2006, *Interactive Watercolor Rendering*).

    Parameters
    ----------
    picture : (H / 2, W / 2, 3) float32, 0..255; edges : (H, W) float32, 0..1.
    pigment, paper : (GRAIN, GRAIN) float32 of unit variance, repeating: drifts, and the grain of the sheet.
    wobble : pixels by which the paper bends outlines; margin : unpainted border in pixels.
    """
    height, width = edges.shape
    out = np.empty((height, width, 3), np.uint8)
    rows, columns = picture.shape[0], picture.shape[1]
    wobble, margin = np.float32(wobble), np.float32(margin)
    for y in range(height):
        for x in range(width):
            sheet = paper[y & (GRAIN - 1), x & (GRAIN - 1)]
            drift = pigment[(y >> 1) & (GRAIN - 1), (x >> 1) & (GRAIN - 1)]
            sway = pigment[(x >> 1) & (GRAIN - 1), ((y >> 1) + 97) & (GRAIN - 1)]
            u = min(max(np.float32(x) + wobble * drift, ZERO), np.float32(width - 1))
            v = min(max(np.float32(y) + wobble * sway, ZERO), np.float32(height - 1))
            line = edges[np.int64(v), np.int64(u)]
            u, v = max(u * HALF - np.float32(0.25), ZERO), max(v * HALF - np.float32(0.25), ZERO)
            c, r = min(np.int64(u), columns - 2), min(np.int64(v), rows - 2)
            fx, fy = min(u - np.float32(c), ONE), min(v - np.float32(r), ONE)
            density = ONE + np.float32(0.17) * drift + np.float32(0.07) * sheet + np.float32(0.70) * line
            border = min(min(np.float32(x), np.float32(width - 1 - x)), np.float32(min(y, height - 1 - y)))
            bare = (border - margin * (ONE + HALF * sway)) / (np.float32(0.10) * margin + ONE) + np.float32(0.2) * sheet
            # Paint that stops on the sheet dries to a darker rim.
            density += np.float32(0.5) * max(ONE - abs(bare - ONE) * HALF, ZERO)
            painted = min(max(bare, ZERO), ONE)
            blank = np.float32(247) + np.float32(3.5) * sheet
            for channel in range(3):
                top = picture[r, c, channel] * (ONE - fx) + picture[r, c + 1, channel] * fx
                low = picture[r + 1, c, channel] * (ONE - fx) + picture[r + 1, c + 1, channel] * fx
                colour = (top * (ONE - fy) + low * fy) * np.float32(1 / 255)
                # Watercolour is thin: nothing is darker than its pigment laid on white paper.
                colour = np.float32(0.10) + np.float32(0.90) * colour
                colour *= ONE - (ONE - colour) * (density - ONE)
                tint = blank - np.float32(5) if channel == 2 else blank
                value = tint + painted * (_WHITE * min(colour, np.float32(0.97)) - tint)
                out[y, x, channel] = np.uint8(_clip(value) + np.float32(0.499))
    return out


@compiled
def sharpen(frame, amount):
    """Return a frame whose pixels are moved away from the mean of their four neighbours, as video cameras do."""
    height, width = frame.shape[0], frame.shape[1]
    out = np.empty_like(frame)
    amount = np.float32(amount)
    for y in range(height):
        up, down = max(y - 1, 0), min(y + 1, height - 1)
        for x in range(width):
            left, right = max(x - 1, 0), min(x + 1, width - 1)
            for channel in range(3):
                here = np.float32(frame[y, x, channel])
                around = np.float32(frame[y, left, channel]) + np.float32(frame[y, right, channel])
                around += np.float32(frame[up, x, channel]) + np.float32(frame[down, x, channel])
                value = here + amount * (here - np.float32(0.25) * around)
                out[y, x, channel] = np.uint8(_clip(value) + np.float32(0.499))
    return out
