"""Cameos on the actors that are cast as them: a cut-out that moves as it was recorded, lit like everything else.

People keep the body of their figure, which does what they do, and wear their own head; whoever is no person, or was
filmed so that no head can be told, is a cut-out as a whole. A cut-out faces the camera and keeps upright with its
actor. Heads whose figure speaks open their mouths as wide as it does.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from sora2lib import consent
from sora2lib.cameo import Cameo, library
from sora2lib.render import mouths
from sora2lib.render.cutouts import texels
from sora2lib.world.assets import primitives
from sora2lib.world.figures.library import SKELETONS, posed_parts
from sora2lib.world.figures.skeleton import INDEX
from sora2lib.world.parts import Primitive, rotate
from sora2lib.world.turns import CONJUGATE, product

Array = NDArray[np.float64]
THICK = 0.06  # of the height
HEAD_LINKS = ("head", "jaw")
BEYOND = 1.06  # of the figure's head: hair and chin of a picture reach a little further than clay
AHEAD = 0.6  # of half its width, by which a head stands before its middle: the neck is behind the chin
_REST = np.array([1.0, 0.0, 0.0, 0.0])
JAW = 0.5  # rad of a figure's jaw at which a head's mouth is wide open
OPENINGS = 3  # pictures of a mouth: shut, half and wide open
_MOST = 8  # cameos whose cut-outs are kept at hand, 16 MB each


# K pictures, P parts of an asset
@dataclass(frozen=True)
class Worn:
    """What an actor wears of a cameo.

    Parameters
    ----------
    kept : indices of the parts of its asset that are still to be seen.
    pieces : those parts, in the cameo's colours.
    board : the cut-out.
    scale : pixels a metre of the board, across and up.
    cards : (K, texels, 4), its pictures; of one who speaks first all with the mouth shut, then half and wide open.
    openings : how many of these there are.
    fps : pictures a second.
    anchor : index of the part of a figure that it hangs on; -1 for the body as a whole.
    lift : metres from there to its middle.
    """

    kept: tuple[int, ...]
    pieces: tuple[Primitive, ...]
    board: Primitive
    scale: tuple[float, float]
    cards: NDArray[np.float32]
    openings: int
    fps: float
    anchor: int
    lift: float


def wear(handle: str, asset: str, size: Array, *, speaks: bool = False) -> Worn:
    """Return what an actor of an asset and a size (3,) wears of a cameo, whose mouth moves where it speaks.

    Raises
    ------
    ConsentError, CameoError
        Its consent does not hold, or its likeness is gone.
    """
    consent.check([handle])
    cameo, cards = _pictures(handle)
    parts = primitives(asset, size)
    head = _head_of(asset) if cameo.head else ()
    if head:
        low, high = _span([parts[k] for k in head])
        middle, tall = (low + high) / 2, BEYOND * (high - low)
        kept = tuple(k for k in range(len(parts)) if k not in head)
        lift = middle - float(parts[head[0]].centre[2])
    else:
        low, high = _span(parts)
        kept, tall, lift = (), high - low, (low + high) / 2
    height, width = cameo.frames.shape[1:3]
    half = tall / 2 * np.array([width / height, THICK, 1.0])
    board = Primitive("cutout", half, np.array([0, 0, lift]), _REST, "main", "", False, "foam")
    pieces = tuple(_tinted(parts[k], parts[head[0]].tint if head else "", cameo.picture) for k in kept)
    scale = (width / (2 * half[0]), height / (2 * half[2]))
    said = _opened(handle) if head and speaks else None
    openings, cards = (1, cards) if said is None else (OPENINGS, np.concatenate([cards, said]))
    return Worn(kept, pieces, board, scale, cards, openings, cameo.fps, head[0] if head else -1, lift)


@lru_cache(_MOST)
def _pictures(handle: str) -> tuple[Cameo, NDArray[np.float32]]:
    cameo = library.get(handle)
    return cameo, np.stack([texels(picture) for picture in cameo.frames])


@lru_cache(_MOST // 2)
def _opened(handle: str) -> NDArray[np.float32] | None:
    """The pictures of a head with its mouth half, then wide open; None where no mouth is found."""
    frames = library.get(handle).frames
    mouth = mouths.find(np.median(frames, axis=0).astype(np.uint8))
    if mouth is None:
        return None
    shares = np.linspace(0, 1, OPENINGS)[1:]
    return np.stack([texels(mouths.opened(picture, mouth, share)) for share in shares for picture in frames])


def _head_of(asset: str) -> tuple[int, ...]:
    """Which parts of a person are its head, the skull first; none of what is no person."""
    skeleton = SKELETONS.get(asset)
    if skeleton is None or "jaw" not in {link.name for link in skeleton.links}:
        return ()
    links = [link.name for link in skeleton.links for _ in link.parts]
    return tuple(k for k, name in enumerate(links) if name in HEAD_LINKS)


def _span(parts: "list[Primitive] | tuple[Primitive, ...]") -> tuple[float, float]:
    """From where to where (z) parts reach."""
    tall = [np.abs(rotate(part.rotation, np.diag(part.half)))[:, 2].max() for part in parts]
    middle = [float(part.centre[2]) for part in parts]
    return min(z - h for z, h in zip(middle, tall, strict=True)), max(z + h for z, h in zip(middle, tall, strict=True))


def _tinted(part: Primitive, skin: object, head: NDArray[np.uint8]) -> Primitive:
    """A part of a figure; what has the colour of its skin takes that of the face."""
    if not isinstance(skin, tuple) or part.tint != skin:
        return part
    height, width = head.shape[:2]
    face = head[height // 2 : 3 * height // 4, width // 3 : 2 * width // 3, :3].reshape(-1, 3)
    red, green, blue = (float(it) / 255 for it in np.median(face, axis=0))
    return replace(part, tint=(red, green, blue))


# ---- in motion


@dataclass(frozen=True)
class Board:
    """A cut-out among the rows of a stage.

    Parameters
    ----------
    row : its row; actor : whose it is; card : number of its first picture.
    figure : asset and size (3,) of a figure whose joints move, or None.
    """

    row: int
    actor: int
    card: int
    worn: Worn
    figure: tuple[str, Array] | None

    def shown(self, time: float, joints: Array) -> int:
        """Return which picture is seen at a time: to and fro, so that nothing jumps, the mouth open as the jaw is."""
        count = len(self.worn.cards) // self.worn.openings
        step = int(time * self.worn.fps + 1e-6) % max(2 * count - 2, 1)
        wide = 0.0 if self.worn.openings == 1 else float(np.clip(joints[INDEX["mouth"]] / JAW, 0, 1))
        return self.card + min(step, max(2 * count - 2 - step, 0)) + count * round(wide * (self.worn.openings - 1))

    def part(self, position: Array, rotation: Array, joints: Array, eye: Array) -> Array:
        """Return centre and rotation (7,) in the actor's frame of a board that faces the camera at ``eye``."""
        up, centre = np.array([0.0, 0.0, 1.0]), np.array([0.0, 0.0, self.worn.lift])
        if self.figure is not None:
            posed = posed_parts(*self.figure, joints[None])[0]
            if self.worn.anchor >= 0:
                up = rotate(posed[self.worn.anchor, 3:], up)
                centre = posed[self.worn.anchor, :3] + self.worn.lift * up
            else:
                # Who crouches sinks on its feet, and not into the ground.
                rest = posed_parts(*self.figure, np.zeros_like(joints)[None])[0]
                centre = centre + (posed[:, 2].min() - rest[:, 2].min()) * up
        place = position + rotate(rotation, centre)
        turned = product(rotation * CONJUGATE, facing(rotate(rotation, up), place, eye))
        if self.worn.anchor >= 0:
            centre = centre - AHEAD * self.worn.board.half[0] * rotate(turned, np.array([0.0, 1.0, 0.0]))
        return np.concatenate([centre, turned])


def facing(up: Array, place: Array, eye: Array) -> Array:
    """Return the rotation (4,) of a board at a place that shows its front, -y, to an eye, as upright as ``up``."""
    away = place - eye
    away = away / max(float(np.linalg.norm(away)), 1e-9)
    for wanted in (up, np.array([0.0, 0.0, 1.0]), np.array([0.0, 1.0, 0.0])):
        # What lies towards the camera has no upright; the world's is taken.
        flat = wanted - (wanted @ away) * away
        if np.linalg.norm(flat) > 0.15:
            break
    flat = flat / np.linalg.norm(flat)
    matrix = np.stack([np.cross(away, flat), away, flat], axis=1)
    return np.asarray(Rotation.from_matrix(matrix).as_quat()[[3, 0, 1, 2]])
