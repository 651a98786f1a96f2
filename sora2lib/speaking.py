"""Who of a planned world says the lines of a script, and when: asked of the network that takes turns."""

from dataclasses import replace

from sora2lib.dialogue import timed
from sora2lib.model.players import Turn, company
from sora2lib.model.turns import take_turns
from sora2lib.request import Request
from sora2lib.script import Script
from sora2lib.sound.speech import mouths_of
from sora2lib.starring import read
from sora2lib.world.schema import World


def decided(world: World, told: Script, request: Request, *, after: float = 0.0) -> Script:
    """Return a script whose lines have their actors and starts; what the world says already was said before.

    Parameters
    ----------
    world : planned, with its cast as it is called.
    told : the lines of the request.
    after : second of the world with which what is asked begins.

    Raises
    ------
    RequestError
        One who says two lines has to wait so long that they do not fit into the clip any more.

    >>> decided(world, script(request.prompt, 4), request).lines[0].actor  # doctest: +SKIP
    'woman'
    """
    if not told.lines:
        return told
    them = company(world, read(request.prompt), mouths_of(world), after=after)
    numbers = {player.name: number for number, player in enumerate(them.players)}
    before = map(Turn, world.line_speaker.values.tolist(), world.line_text.values.tolist())
    turns = [
        Turn(it.speaker, it.text, it.manner, length, it.start, it.earliest)
        for it, length in zip(told.lines, told.lasting, strict=True)
    ]
    known = [numbers.get(name) for name in world.line_actor.values.tolist()]
    who, pauses = take_turns(them, [*before, *turns], known, seed=request.seed)
    actors = ["" if one is None else them.players[one].name for one in who]
    said = [replace(line, actor=actor) for line, actor in zip(told.lines, actors, strict=True)]
    return replace(told, lines=timed(said, told.lasting, pauses, request.seconds))
