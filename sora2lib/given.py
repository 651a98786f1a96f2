"""What a plan is given: the words, whom they may be cast from, a past to go on from, a camera to film with."""

import math
from dataclasses import dataclass, replace

import numpy as np

from sora2lib.camera import Camera
from sora2lib.camera.paths import first_pose
from sora2lib.model import tokens
from sora2lib.model.camera import encode_camera
from sora2lib.model.tokens import DT, Array, Rows
from sora2lib.model.tracks import STRIDE
from sora2lib.seam import eased
from sora2lib.world.assets import ASSETS
from sora2lib.world.nouns import mentions
from sora2lib.world.schema import RATE, World


@dataclass(frozen=True)
class Ask:
    """What the planner needs of a request; :func:`sora2lib.prompt.shots` says how the seconds are shared out.

    With a ``past`` the plan goes on from the end of that world, with its cast; the seconds are those that are added.
    A ``camera`` films a world from its first sample.
    """

    prompt: str
    seed: int
    seconds: float = 4.0
    past: World | None = None
    camera: Camera | None = None


@dataclass(frozen=True)
class Given:
    """What is known of a world before it is planned.

    Parameters
    ----------
    assets : names that it may be cast from.
    past : what was, up to its last whole row, its actors in cast order; or None.
    camera : how it is filmed; None leaves it to the model.
    samples : how many it shall have; rows may hold some more.
    """

    assets: tuple[str, ...]
    past: World | None
    camera: Camera | None
    samples: int

    @classmethod
    def of(cls, ask: Ask) -> "Given":
        """Take what a plan is given."""
        added = math.ceil(ask.seconds * RATE - 1e-6)
        if ask.past is None:
            return cls(castable(ask.prompt), None, ask.camera, added + 1)
        past = ask.past.isel(time=slice(0, whole_rows(ask.past) * STRIDE + 1), actor=tokens.order(ask.past))
        known = map(str, ask.past.asset.values)
        assets = tuple(dict.fromkeys((*castable(ask.prompt), *known)))
        return cls(assets, past, ask.camera, past.sizes["time"] + added)

    @property
    def roams(self) -> bool:
        """Whether its camera moves from a place that nobody has chosen yet."""
        return self.camera is not None and not self.camera.absolute

    def placed(self, rows: Rows) -> "Given":
        """The same, the camera's moves beginning where the camera of the rows does."""
        if self.camera is None or self.camera.absolute:
            return self
        return replace(self, camera=Camera.static(first_pose(tokens.decode(rows, assets=self.assets))) + self.camera)

    def world(self, rows: Rows, cuts: tuple[int, ...]) -> World:
        """The world that rows tell of so far, filmed as is given."""
        cuts = () if self.camera else cuts
        world = tokens.decode(rows, assets=self.assets, cuts=cuts, past=self.past)
        world = eased(world, self.past.sizes["time"]) if self.past is not None else world
        world = world.isel(time=slice(0, self.samples))
        return self._filmed(world).isel(time=slice(0, world.sizes["time"])) if self.camera else world

    def views(self, rows: Rows, stop: int) -> Array:
        """Rows (stop, CAMERA_WIDTH) of the given camera; what is not in ``rows`` yet is taken for standing still."""
        return encode_camera(_held(self._filmed(self.world(rows, ())), stop * STRIDE + 1))

    def _filmed(self, world: World) -> World:
        """A world of full length, filmed: what a camera does takes all of it."""
        whole = _held(world, self.samples)
        return self.camera.film(whole) if self.camera else whole


def _held(world: World, samples: int) -> World:
    """The world with so many samples, the last of it held."""
    return world.reindex(time=np.arange(samples) * DT, method="ffill")


def whole_rows(world: World | None) -> int:
    """How many rows a world fills; no world fills none."""
    return 0 if world is None else (world.sizes["time"] - 1) // STRIDE


def castable(prompt: str) -> tuple[str, ...]:
    """Assets that a world may be cast from: all modelled things, and the pictures that the prompt names."""
    return tuple(dict.fromkeys((*ASSETS, *(match.asset for match in mentions(prompt)))))
