"""Words that change a world: the model casts it again, and what the words settle is taken over.

The rows of cast and scene are noised again and denoised under the new words, several times, and as often without any.
Where draws under the words agree with each other, but neither with what was nor with the draws without words, the words
decide; there the world takes the new value. All else stays as it is, to the last bit.

Shapes: N draws, C channels of a part, T samples.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sora2lib.casting import cast, set_out
from sora2lib.errors import RequestError
from sora2lib.model import tokens
from sora2lib.model.tokens import ASSET_CODE, GROUND_CODE, MATERIAL_CODE, Rows
from sora2lib.model.tracks import STRIDE
from sora2lib.model.weights import Model
from sora2lib.request import Edit
from sora2lib.sampler import State
from sora2lib.world.schema import World
from sora2lib.world.support import depth_below

Array = NDArray[np.float64]
Watch = Callable[[Iterable[State]], Iterable[State]]
DRAWS, STEPS = 16, 8  # castings, and denoising steps of each
AGREE = 0.7  # share of the draws under the words that must be alike
BY_WORDS = 0.6  # by how much more of the draws under the words than of those without must be like that
NEAR = 0.6  # distance of what is alike, in standard deviations of a channel

WHAT = slice(2, 2 + ASSET_CODE)
_SIZE = slice(2 + ASSET_CODE, 5 + ASSET_CODE)
_COLOUR = slice(_SIZE.stop, _SIZE.stop + 3)
_MATERIAL = slice(_COLOUR.stop, _COLOUR.stop + MATERIAL_CODE)
_STUFF = ("material", "density", "restitution", "friction", "gloss")
_SUN, _SOUND = GROUND_CODE, GROUND_CODE + 5


@dataclass(frozen=True)
class Part:
    """What words may change: its name in ``sora2lib.request.PARTS``, the channels that tell it, the variables it is."""

    name: str
    channels: slice
    variables: tuple[str, ...]


ACTOR_PARTS = (
    Part("size", _SIZE, ("size",)),
    Part("colour", _COLOUR, ("colour",)),
    Part("material", _MATERIAL, _STUFF),
)
SCENE_PARTS = (
    Part("ground", slice(0, GROUND_CODE), ("ground",)),
    Part("light", slice(_SUN + 2, _SUN + 3), ("sun_azimuth", "sun_elevation")),
    Part("weather", slice(_SUN + 3, _SUN + 4), ("cloud",)),
    Part("weather", slice(_SUN + 4, _SUN + 5), ("fog",)),
    Part("weather", slice(_SOUND + 7, _SOUND + 8), ("rain",)),
    Part("weather", slice(_SOUND + 8, _SOUND + 9), ("snow",)),
    Part("ambience", slice(_SOUND, _SOUND + 6), ("ambience", "ambience_level")),
)


@dataclass(frozen=True)
class Change:
    """That a part of an actor, or of the scene where ``actor`` is "", takes the value of another world's only actor."""

    part: Part
    source: World
    actor: str = ""

    def __str__(self) -> str:
        return f"{self.actor}'s {self.part.name}" if self.actor else self.part.name


@dataclass(frozen=True)
class Draws:
    """Castings in standardised channels: cast (N, SLOTS, CAST_WIDTH), scene (N, SCENE_WIDTH), and who is there."""

    cast: Tensor
    scene: Tensor
    there: Tensor  # (N, SLOTS)

    def alike(self, actor: Array, place: int) -> list[tuple[int, int]]:
        """Draws, and slots in them, with who is the same thing as an actor (CAST_WIDTH,), at a place among its like."""
        same = self.there.numpy() & (_distance(self.cast.numpy()[..., WHAT] - actor[WHAT]) < NEAR)
        slots = [np.flatnonzero(row) for row in same]
        return [(draw, int(found[place])) for draw, found in enumerate(slots) if len(found) > place]


def changes(
    model: Model, world: World, prompt: str, edit: Edit, *, seed: int, guidance: float, watch: Watch = iter
) -> list[Change]:
    """Return what the words of a prompt change in a world; nothing where the model reads nothing of the kind.

    Parameters
    ----------
    world : its first moment is cast again.
    seed : draws differ by it.
    guidance : how strongly to follow the words.
    watch : is given the ``STEPS`` denoising steps under the words, and as many without any, and returns them.
    """
    if world.sizes["time"] <= STRIDE:
        raise RequestError(
            f"a world of {world.sizes['time']} samples is too short to be cast again; give {STRIDE + 1} or more"
        )
    now = world.isel(time=slice(0, STRIDE + 1), actor=tokens.order(world))
    rows = tokens.encode(now)
    level = 1 - edit.strength
    said = _draw(model, rows, prompt, seed=seed, level=level, guidance=guidance, watch=watch)
    silent = _draw(model, rows, "", seed=seed, level=level, guidance=1.0, watch=watch)  # there is nothing to follow
    found = [*_in_the_scene(model, rows, said, silent), *_in_the_cast(model, now, rows, said, silent)]
    return [change for change in found if edit.allows(change.part.name)]


def _draw(model: Model, rows: Rows, words: str, *, seed: int, level: float, guidance: float, watch: Watch) -> Draws:
    generators = [torch.Generator().manual_seed((seed * DRAWS + index) % 2**32) for index in range(DRAWS)]
    prompts, before = [words] * DRAWS, [rows] * DRAWS
    steps = cast(model, prompts, generators, steps=STEPS, guidance=guidance, before=before, level=level)
    *_, (actors, scene) = watch(steps)
    return Draws(actors, scene, model.scales.leave("cast", actors)[..., 0] > 0)


def _in_the_scene(model: Model, rows: Rows, said: Draws, silent: Draws) -> Iterator[Change]:
    now = _standard(model, "scene", rows.scene)
    for part in SCENE_PARTS:
        pick = settled(now[part.channels], said.scene[:, part.channels].numpy(), silent.scene[:, part.channels].numpy())
        if pick is not None:
            yield Change(part, _world(model, said, pick, 0))


def _in_the_cast(model: Model, world: World, rows: Rows, said: Draws, silent: Draws) -> Iterator[Change]:
    names, assets = world.actor.values.tolist(), world.asset.values.tolist()
    for index, (name, asset) in enumerate(zip(names, assets, strict=True)):
        now, place = _standard(model, "cast", rows.cast[index]), assets[:index].count(asset)
        there, without = said.alike(now, place), silent.alike(now, place)
        for part in ACTOR_PARTS:
            told = np.stack([said.cast[it][part.channels].numpy() for it in there]) if there else np.zeros((0, 1))
            untold = np.array([silent.cast[it][part.channels].numpy() for it in without])
            pick = settled(now[part.channels], told, untold)
            if pick is not None:
                yield Change(part, _world(model, said, *there[pick]), name)


def _standard(model: Model, kind: str, row: Array) -> Array:
    return model.scales.enter(kind, torch.as_tensor(row, dtype=torch.float32)).double().numpy()


def _world(model: Model, draws: Draws, draw: int, slot: int) -> World:
    """A world of one of the draws' actors and the draw's scene."""
    rows = set_out(model, draws.cast[draw, slot : slot + 1], draws.scene[draw], ())
    return tokens.decode(rows)


def settled(now: Array, said: Array, silent: Array) -> int | None:
    """Return which of the values (N, C) under the words is what the words settle on, or None if they settle on none.

    Fewer than ``DRAWS`` values are those of draws in which the part is there at all.
    """
    if len(said) < AGREE * DRAWS:
        return None
    near = _distance(said[:, None] - said[None]) < NEAR
    pick = int(near.sum(axis=1).argmax())
    agreed, by_chance = near[pick].sum(), (_distance(silent - said[pick]) < NEAR).sum() if len(silent) else 0
    by_words = agreed >= AGREE * DRAWS and agreed - by_chance >= BY_WORDS * DRAWS
    return pick if by_words and float(_distance(said[pick] - now)) > NEAR else None


def _distance(difference: Array) -> Array:
    return np.sqrt((difference**2).mean(axis=-1))


def apply(world: World, changed: list[Change]) -> World:
    """Return the world with the changes in it; what grows or shrinks keeps its gap to the ground."""
    again = world
    for change in changed:
        again = _onto_actor(again, change) if change.actor else _onto_scene(again, change)
    # What was told of the old world is not true of the new one.
    again.attrs = {name: value for name, value in world.attrs.items() if name not in ("facts", "events")}
    return again.validate()


def _onto_scene(world: World, change: Change) -> World:
    return world.assign({name: change.source[name] for name in change.part.variables})


def _onto_actor(world: World, change: Change) -> World:
    index, like = world.actor.values.tolist().index(change.actor), change.source.isel(actor=0)
    columns = {name: list(world[name].values) for name in change.part.variables}
    for name, column in columns.items():
        column[index] = like[name].values
    again = world.assign({name: (world[name].dims, np.array(column)) for name, column in columns.items()})
    if change.part.name != "size":
        return again
    position = world.position.values.copy()
    position[index, :, 2] += _taller(world, index, again["size"].values[index])
    return again.assign(position=(world.position.dims, position))


def _taller(world: World, index: int, size: Array) -> Array:
    """How much higher (T,) an actor's middle is over what it stands on when it has another size."""
    asset, turn = str(world.asset.values[index]), world.rotation.values[index]
    return depth_below(asset, size, turn) - depth_below(asset, world["size"].values[index], turn)
