"""Styles: how a world is dressed before it is drawn, how it is filmed, and what becomes of the picture.

A style is a value; ``LOOKS`` holds one for each name of ``vocabulary.STYLES``. ``realistic`` changes nothing.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sora2lib.kernels import lens
from sora2lib.kernels.film import draw_lines, flatten, halve, sharpen, wash
from sora2lib.kernels.passes import outlines
from sora2lib.kernels.patterns import CLAY, FLAT
from sora2lib.render.darkroom import (
    Frame,
    Plate,
    Stock,
    blur_motion,
    defocus,
    dice_of,
    expose,
    paper_field,
    pigment_field,
)
from sora2lib.render.handling import handheld_camera, news_camera, selfie_camera, wide_camera
from sora2lib.render.motion import Camera
from sora2lib.render.overlays import lower_third, round_gate, scratch


@dataclass(frozen=True)
class Dress:
    """What a style makes of everything in a world.

    Parameters
    ----------
    stuff : number of the material whose relief everything gets; None leaves each its own.
    gloss : greatest gloss of bodies. mirror : factor of the ground's reflection.
    metal : factor of what shines like metal, 0..1. clear : factor of what lets light through, 0..1.
    saturation : of colours; 1 leaves them.
    blocks : tones that the sky is painted in, and half of those of the ground; 0 leaves both as they are.
    cel : whether light falls in flat tones.
    """

    stuff: int | None = None
    gloss: float = 1.0
    mirror: float = 1.0
    metal: float = 1.0
    clear: float = 1.0
    saturation: float = 1.0
    blocks: int = 0
    cel: bool = False


@dataclass(frozen=True)
class Style:
    """How a world is dressed and filmed, and what becomes of the picture.

    Parameters
    ----------
    dress : of all things.
    film : the camera as it is held, from the planned one and the time in seconds.
    develop : the finished picture (H, W, 3); None leaves it as it was drawn.
    hold : seconds for which a pose stands still, 0 for never.
    """

    dress: Dress = Dress()
    film: Callable[[Camera, float], Camera] = lambda camera, _: camera
    develop: Callable[[Plate], Frame] | None = None
    hold: float = 0.0


_CINEMA = Stock((5, 9, 14), (255, 247, 231), contrast=1.22, gamma=1.06, saturation=0.88, falloff=0.34, grain=2.2)


def _cinematic(plate: Plate) -> Frame:
    frame = defocus(blur_motion(plate.frame, plate), plate, share=0.009)
    frame = expose(frame, plate, _CINEMA)
    height, width = frame.shape[:2]
    bar = max(round((height - width / 2.39) / 2), 0)
    frame[:bar], frame[height - bar :] = 0, 0
    return frame


_CEL = Stock(contrast=1.06, gamma=0.92, saturation=1.22)


def _anime(plate: Plate) -> Frame:
    edges = outlines(plate.depth, plate.actors, plate.normals)
    height = len(edges)
    for _ in range(round(height / 1000)):
        edges[1:], edges[:, 1:] = np.maximum(edges[1:], edges[:-1]), np.maximum(edges[:, 1:], edges[:, :-1])
    weight = min(max(height / 720, 0.6), 0.95)
    return draw_lines(expose(plate.frame, plate, _CEL), edges, np.array((30.0, 22, 38)), weight)


_TRI_X = Stock((3, 3, 3), (250, 250, 250), contrast=1.70, gamma=1.50, saturation=0.0, falloff=0.85, grain=3.4)


def _noir(plate: Plate) -> Frame:
    return expose(defocus(plate.frame, plate, share=0.005), plate, _TRI_X)


_SUPER8 = Stock((30, 20, 26), (255, 243, 206), contrast=1.30, gamma=1.02, saturation=0.84, falloff=0.62, grain=3.6)


def _retro(plate: Plate) -> Frame:
    height, dice = plate.frame.shape[0], dice_of(plate, 1)
    unit = height / 720
    weave, roll = 0.9 * unit * dice.standard_normal(), 0.7 * unit * dice.standard_normal()
    frame = expose(lens.slide(plate.frame, weave + unit * math.sin(2.1 * plate.time), roll), plate, _SUPER8)
    gain = 1 + 0.018 * dice.standard_normal()
    frame = np.clip(frame * gain, 0, 255).astype(np.uint8)
    scratch(frame, dice, time=plate.time, seed=plate.seed)
    round_gate(frame, 0.075 * height)
    return frame


def _watercolor(plate: Plate) -> Frame:
    height = plate.frame.shape[0]
    frame = expose(plate.frame, plate, Stock(gamma=0.86, saturation=1.18))
    patches = flatten(halve(frame), max(round(height / 180), 1))
    edges = outlines(plate.depth, plate.actors, plate.normals)
    return wash(patches, edges, pigment_field(), paper_field(), height / 480, 0.035 * height)


_STUDIO = Stock((6, 5, 4), (255, 250, 240), contrast=1.06, gamma=0.96, saturation=1.10, falloff=0.22)


def _clay(plate: Plate) -> Frame:
    return expose(defocus(plate.frame, plate, share=0.013), plate, _STUDIO)


_BROADCAST = Stock((4, 4, 6), (255, 255, 255), contrast=1.12, gamma=0.94, saturation=1.14)


def _news(plate: Plate) -> Frame:
    frame = expose(sharpen(plate.frame, 0.55), plate, _BROADCAST)
    lower_third(frame, plate.time)
    return frame


_PHONE = Stock((3, 3, 5), (255, 254, 250), contrast=1.04, gamma=0.86, saturation=1.20, falloff=0.10)


def _selfie(plate: Plate) -> Frame:
    return expose(sharpen(plate.frame, 0.35), plate, _PHONE)


def _handheld(plate: Plate) -> Frame:
    return blur_motion(plate.frame, plate)


LOOKS: dict[str, Style] = {
    "realistic": Style(),
    "cinematic": Style(film=wide_camera, develop=_cinematic),
    "anime": Style(Dress(stuff=FLAT, saturation=1.25, blocks=5, cel=True), develop=_anime),
    "noir": Style(develop=_noir),
    "retro": Style(develop=_retro),
    "watercolor": Style(develop=_watercolor),
    "clay": Style(
        Dress(stuff=CLAY, gloss=0.35, mirror=0.15, metal=0.0, clear=0.0, blocks=6), develop=_clay, hold=1 / 12
    ),
    "news": Style(film=news_camera, develop=_news),
    "selfie": Style(film=selfie_camera, develop=_selfie),
    "handheld": Style(film=handheld_camera, develop=_handheld),
}
