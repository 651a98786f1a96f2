"""From pictures to a cut-out: one subject, in a frame that goes with it, its head where it has one.

T frames, H height, W width.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import (
    binary_closing,
    binary_erosion,
    binary_fill_holes,
    binary_opening,
    gaussian_filter,
    gaussian_filter1d,
    label,
    zoom,
)

from sora2lib.cameo.matting import subject
from sora2lib.errors import CameoError

Pictures = NDArray[np.uint8]
Mask = NDArray[np.bool_]
TALL = 160  # pixels of a cut-out, at most, to either side
FRAMES = 24  # of a cut-out, at most
DARK, FLAT = 28.0, 6.0  # levels: the lightest tenth of a picture is darker; their deviation is smaller
SHAKING = 0.025  # of the picture's width that a camera moves from one picture to the next
SMALL, LARGE = 0.012, 0.9  # share of the picture that a subject fills
JOINED = 6  # pixels between what still is one thing
RIVAL = 0.45  # as large as the subject: another subject
UNSURE = 0.55  # share of what may be the subject that is neither surely it nor surely not
HOLE = 0.05, 2  # chance of what is seen through a subject, and pixels from its edge to its middle, at least
STEEP = (0.35, 0.75)  # chances at which a pixel is clear, and is solid
COLLAR = 0.08  # of the subject's height, below the head, where clothes begin
# Width of a neck and least height of a head, of its width; from where to where in a picture a neck may be.
NECK, CHIN, HEAD = 0.75, 1.15, (0.12, 0.62)


@dataclass(frozen=True, eq=False)
class Cut:
    """A subject without its background.

    Parameters
    ----------
    frames : (T, H, W, 4) uint8, red, green, blue and opacity; H and W at most ``TALL``.
    head : whether they show the head alone.
    colour : of what is seen, or below the head, sRGB 0..1.
    """

    frames: Pictures
    head: bool
    colour: tuple[float, float, float]


def cut(frames: Pictures, kind: str = "thing") -> Cut:
    """Cut a subject out of pictures (T, H, W, 3), or take it as it is from one (1, H, W, 4) that is cut out already.

    Parameters
    ----------
    kind : "person", of whom the head is taken where one is found, "animal" or "thing".

    Raises
    ------
    CameoError
        They are dark or shake, or there is no subject in them, or more than one.
    """
    chosen = frames[np.unique(np.linspace(0, len(frames) - 1, FRAMES).round().astype(int))]
    if frames.shape[-1] == 4:
        opacity, chosen = chosen[..., 3].astype(np.float32) / 255, chosen[..., :3]
    else:
        _check(frames)
        opacity = _opacity(subject(chosen, kind))
    solid = np.stack([_body(one, kind) for one in opacity])
    # A little beyond the body, so that hair and fur stay soft.
    near = gaussian_filter(solid.astype(np.float32), (0, 1.5, 1.5)) > 0.1
    inner = binary_erosion(solid, np.ones((1, 3, 3)), iterations=3, border_value=1)  # without small holes
    seen = np.maximum(opacity * near, inner)
    cropped = _framed(np.concatenate([chosen, (seen * 255).astype(np.uint8)[..., None]], axis=-1), solid)
    small = np.stack([_small(one) for one in cropped])
    head = _head(small[..., 3].mean(axis=0) > 127) if kind == "person" else ()
    if not head:
        return Cut(small, False, _colour(small))
    top, bottom, left, right = (np.array(head) * np.repeat(cropped.shape[1:3], 2)).round().astype(int)
    heads = np.stack([_small(one) for one in cropped[:, top:bottom, left:right]])
    return Cut(heads, True, _colour(small[:, round((head[1] + COLLAR) * small.shape[1]) :]))


def _check(frames: Pictures) -> None:
    light = frames[:: max(1, len(frames) // 8)].mean(axis=-1)
    if np.percentile(light, 90) < DARK:
        raise CameoError("the recording is too dark to see anybody; film again in more light")
    if frames[:: max(1, len(frames) // 8)].std(axis=(0, 1, 2)).max() < FLAT:
        raise CameoError("nothing is to be seen but one plain surface; film again with the subject in the middle")
    if len(frames) > 2 and _shake(frames) > SHAKING:
        raise CameoError("the camera shakes or swings too much to tell the subject; put it down, or hold it still")


def _shake(frames: Pictures) -> float:
    """How far the picture moves as a whole from one frame to the next, of its width: the median over all."""
    step = max(1, frames.shape[2] // 96)
    grey = frames[:, ::step, ::step].mean(axis=-1)
    grey = grey - gaussian_filter(grey, (0, 6, 6))
    spectra = np.fft.rfft2(grey * np.hanning(grey.shape[1])[:, None] * np.hanning(grey.shape[2]))
    cross = spectra[1:] * spectra[:-1].conj()
    match = np.fft.irfft2(cross / np.maximum(np.abs(cross), 1e-9), grey.shape[1:])
    peak = match.reshape(len(match), -1).argmax(axis=1)
    down, across = np.unravel_index(peak, grey.shape[1:])
    sides = [np.minimum(way, size - way) for way, size in ((down, grey.shape[1]), (across, grey.shape[2]))]
    return float(np.median(np.hypot(*sides)) / grey.shape[2])


def _opacity(chance: NDArray[np.float32]) -> NDArray[np.float32]:
    low, high = STEEP
    maybe, unsure = (chance > 0.15).mean(), ((chance > 0.15) & (chance < 0.7)).mean()
    if maybe < SMALL or unsure > UNSURE * maybe:
        raise CameoError(
            "no subject is found, nothing stands out from what lies round it; film it in the middle before a plain wall"
        )
    return np.clip((chance - low) / (high - low), 0, 1)


def _body(opacity: NDArray[np.float32], kind: str) -> Mask:
    """The one connected thing (H, W) that a picture shows; nobody is seen through, but handles and rings are."""
    # What a belt or a collar parts belongs together.
    solid = binary_closing(np.pad(binary_opening(opacity > 0.5), JOINED), iterations=JOINED)[
        JOINED:-JOINED, JOINED:-JOINED
    ]
    named, count = label(solid)
    sizes = np.bincount(named.ravel(), minlength=count + 1)[1:]
    if not count or not sizes.max() / solid.size >= SMALL:
        raise CameoError("no subject is found; film it large, in the middle, before a plain wall")
    if sizes.max() / solid.size > LARGE:
        raise CameoError("the subject cannot be told from what lies round it; film it from further away")
    if count > 1 and np.sort(sizes)[-2] > RIVAL * sizes.max():
        raise CameoError("two subjects are found; a cameo is of one, so film each alone, or crop the picture")
    filled: Mask = binary_fill_holes(named == sizes.argmax() + 1)
    rest = opacity >= HOLE[0]
    return filled & ~binary_opening(~(rest if kind == "thing" else binary_fill_holes(rest)), iterations=HOLE[1])


def _framed(pictures: Pictures, solid: Mask) -> Pictures:
    """Pictures (T, H, W, 4) in a frame that goes with the body and is as large as its largest."""
    rows, columns = np.asarray(solid.any(axis=2)), np.asarray(solid.any(axis=1))
    top, left = rows.argmax(axis=1), columns.argmax(axis=1)
    bottom, right = (it.shape[1] - it[:, ::-1].argmax(axis=1) for it in (rows, columns))
    tall, wide = (int(np.percentile(size, 95)) + 4 for size in (bottom - top, right - left))
    middle = gaussian_filter1d((left + right) / 2, 2.0, mode="nearest")
    low = gaussian_filter1d(bottom.astype(float), 2.0, mode="nearest")
    room = max(tall, wide)
    padded = np.pad(pictures, ((0, 0), (room, room), (room, room), (0, 0)))
    boxes = [(round(y) + room - tall + 2, round(x - wide / 2) + room) for x, y in zip(middle, low, strict=True)]
    return np.stack([one[y : y + tall, x : x + wide] for one, (y, x) in zip(padded, boxes, strict=True)])


def _small(picture: Pictures) -> Pictures:
    """A picture (H, W, 4) of at most ``TALL`` pixels; colours count by their opacity."""
    share = min(1.0, TALL / max(picture.shape[:2]))
    if share == 1.0:
        return picture
    solid = picture[..., 3:].astype(np.float32) / 255 + 1e-3
    seen = np.concatenate([picture[..., :3] * solid, solid * 255], axis=-1)
    soft = gaussian_filter(seen, (0.45 / share - 0.3, 0.45 / share - 0.3, 0))
    small = zoom(soft, (share, share, 1), order=1, grid_mode=True, mode="nearest")
    colour = small[..., :3] * 255 / np.maximum(small[..., 3:], 1e-3)
    return np.concatenate([colour, small[..., 3:]], axis=-1).clip(0, 255).astype(np.uint8)


def _head(body: Mask) -> tuple[float, ...]:
    """Top, bottom, left and right of a head as shares: what is above the narrowest place below the first bulge."""
    wide = gaussian_filter1d(body.sum(axis=1).astype(float), 2.0)
    tall, across = body.shape
    first = int(np.argmax(wide > 2))
    for neck in range(first + round(HEAD[0] * across), round(HEAD[1] * tall)):
        bulge, around = wide[first:neck].max(), wide[neck - 3 : neck + 6]
        if wide[neck] < NECK * bulge and wide[neck] <= around.min() + 0.5 and wide[neck:].max() > bulge:
            columns = np.flatnonzero(body[first:neck].any(axis=0))
            low = max(neck, first + CHIN * bulge)
            return (first / tall, min(float(low) / tall, 1), columns[0] / across, (columns[-1] + 1) / across)
    return ()


def _colour(pictures: Pictures) -> tuple[float, float, float]:
    """The usual colour of what is solid in pictures (T, H, W, 4)."""
    solid = pictures[pictures[..., 3] > 200][:, :3]
    r, g, b = (float(it) / 255 for it in np.median(solid if len(solid) else pictures[..., :3].reshape(-1, 3), axis=0))
    return r, g, b
