"""Cameos in a prompt: ``@rex`` is read as "a dog" by the model, and the dog that it casts is then shown as Rex.

The model never hears of cameos. What it has cast is given to them, of each kind in the order in which they are named.
"""

import re
from collections.abc import Sequence

from sora2lib.cameo import Cameo, library
from sora2lib.cameo.kinds import of_asset
from sora2lib.dialogue import seen
from sora2lib.errors import RequestError
from sora2lib.world.cutouts import PREFIX
from sora2lib.world.grammar import with_article
from sora2lib.world.nouns import lookup
from sora2lib.world.schema import World

MOST = 4  # cameos in a scene
_AT = re.compile(r"(?<![\w@.])@([A-Za-z][A-Za-z0-9_]{0,31})\b")


def named(prompt: str) -> tuple[str, ...]:
    """Return the names of all who are to be seen, in the order in which they come up.

    >>> named('@rex runs to @ann. @ann says "look, @tom!"')
    ('rex', 'ann')
    """
    return tuple(dict.fromkeys(match[1].lower() for match in _AT.finditer(seen(prompt))))


def cast_of(prompt: str) -> tuple[Cameo, ...]:
    """Return the cameos that a prompt names, from the user's library, each with a consent that holds.

    Raises
    ------
    RequestError
        There are more than four.
    CameoError, ConsentError
        One is not there, or must not be shown.
    """
    names = named(prompt)
    if len(names) > MOST:
        raise RequestError(f"{len(names)} cameos are named; a scene has {MOST} at most, so leave some out")
    return tuple(library.find(name) for name in names)


def read(prompt: str, world: World | None = None) -> str:
    """Return what the model reads of a prompt: what is seen, and nouns for the names of cameos.

    Parameters
    ----------
    world : what goes on, where there is one; who is in it already is "the dog", and not "a dog".

    >>> read("a ball rolls")
    'a ball rolls'
    """
    return nouned(seen(prompt), cast_of(prompt), () if world is None else world.cameo.values.tolist())


def nouned(text: str, cameos: Sequence[Cameo], there: Sequence[str] = ()) -> str:
    """Return a text with nouns for the names of cameos, of which some, told by their handles, are known already."""
    nouns = {cameo.name: cameo.noun for cameo in cameos}
    met = [cameo.name for cameo in cameos if cameo.handle in there]

    def noun(match: re.Match[str]) -> str:
        name = match[1].lower()
        if name not in nouns:
            return match[0]
        again, like = name in met, [nouns[it] for it in met if it != name]
        met.append(name)
        if again:
            return f"the {nouns[name]}"
        return f"another {nouns[name]}" if nouns[name] in like else with_article(nouns[name])

    return _AT.sub(noun, text)


def starring(world: World, cameos: Sequence[Cameo]) -> World:
    """Return the world with its actors shown as cameos, and called as they are.

    Who is in it already stays; whom nobody can be shown as is left out, see :func:`uncast`.
    """
    handles, names, colours = (world[name].values.tolist() for name in ("cameo", "actor", "colour"))
    for cameo in cameos:
        index = _part(world, cameo, handles)
        if cameo.handle in handles or index is None or cameo.name in names:
            continue
        handles[index], names[index] = cameo.handle, cameo.name
        if cameo.kind == "person":
            colours[index] = cameo.colour
    cast = {"cameo": ("actor", handles), "colour": (("actor", "rgb"), colours)}
    return world.assign(cast).assign_coords(actor=names).validate()


def _part(world: World, cameo: Cameo, taken: Sequence[str]) -> int | None:
    """The first actor that is what a cameo is, else one of its kind."""
    assets = world.asset.values.tolist()
    match = lookup(cameo.noun)
    free = [index for index, handle in enumerate(taken) if not handle]
    same = [index for index in free if match and assets[index] == match.asset]
    near = [index for index in free if of_asset(assets[index]) == cameo.kind != "thing"]
    like = [index for index in free if cameo.kind == "thing" and assets[index].startswith(PREFIX)]
    return next(iter([*same, *near, *like]), None)


def uncast(world: World, cameos: Sequence[Cameo]) -> tuple[str, ...]:
    """Say which cameos are not to be seen in a world."""
    there = set(world.cameo.values.tolist())
    return tuple(
        f"@{it.name} is not to be seen: the model has cast no {it.noun}; try another seed, or name the {it.noun} first"
        for it in cameos
        if it.handle not in there
    )
