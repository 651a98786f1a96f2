"""Families of figures with a play of their own, by name."""

from collections.abc import Callable

import numpy as np

from sora2lib.world.families.acrobatics import acrobatics
from sora2lib.world.families.ball_games import catch, player
from sora2lib.world.families.exercise import exercise
from sora2lib.world.families.explorers import explorers
from sora2lib.world.families.herd import fish, race
from sora2lib.world.families.paddleboard import paddleboard
from sora2lib.world.families.pairs import chase, greet
from sora2lib.world.families.skater import skater
from sora2lib.world.families.swords import swords
from sora2lib.world.stage import Stage

SOLOS: dict[str, Callable[[np.random.Generator], Stage]] = {
    "race": race,
    "fish": fish,
    "paddleboard": paddleboard,
    "skater": skater,
    "chase": chase,
    "greet": greet,
    "catch": catch,
    "player": player,
    "explorers": explorers,
    "exercise": exercise,
    "acrobatics": acrobatics,
    "swords": swords,
}
