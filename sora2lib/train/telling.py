"""Captions as training has them, of scenes that need not be played."""

from collections.abc import Collection, Iterator

import numpy as np

from sora2lib.world.captions import caption
from sora2lib.world.facts import Facts
from sora2lib.world.families import FAMILIES
from sora2lib.world.families.people import PEOPLE
from sora2lib.world.sayings import SAYINGS


def training_captions(count: int, rng: np.random.Generator | None = None) -> Iterator[str]:
    """Yield captions of scenes as they are drawn, before they are played, of every event there are words for in turn.

    With a generator they begin anywhere, without one at the first, and are the same every time.
    """
    for facts, its in training_facts(count, rng):
        yield caption(facts, its).text


def training_facts(
    count: int, rng: np.random.Generator | None = None, *, without: Collection[str] = ()
) -> Iterator[tuple[Facts, np.random.Generator]]:
    """Yield what :func:`training_captions` tells of, and the generator that draws how; ``without`` some families."""
    families = FAMILIES | PEOPLE
    events = [key for key in SAYINGS if key[0] in families and key[0] not in without]
    first = 0 if rng is None else int(rng.integers(len(events)))
    rng = np.random.default_rng(0) if rng is None else rng
    for i in range(first, first + count):
        family, action, outcome = events[i % len(events)]
        stage = families[family](rng)
        facts = Facts(
            family=family,
            action=action,
            things=stage.things,
            ground=stage.setting.ground,
            light=stage.setting.light,
            weather=stage.setting.weather,
            camera=stage.shot.move,
            camera_direction=stage.shot.direction,
            framing=stage.shot.framing,
            outcome=outcome,
            direction=("", "left", "right")[rng.integers(3)],
            speed=("", "slow", "fast")[rng.integers(3)],
        )
        yield facts, rng
