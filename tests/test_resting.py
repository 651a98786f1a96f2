"""What carries stands first, and what lies on it lies on it: heights as formulas and the simulator know them."""

import math

import numpy as np
import pytest
import torch

from sora2lib.model.placed import CHANNELS, HEIGHT, SIDES, TURN, UNIT, Placed, placed
from sora2lib.model.resting import Surfaces, carriers, setting_order
from sora2lib.model.tokens import CAST_WIDTH, asset_code, asset_names, encode
from sora2lib.model.tracks import squash
from sora2lib.world.simulate import simulate


def rows(*things):
    """Cast rows (1, S, CAST_WIDTH) of named things that move or do not."""
    cast = torch.zeros(1, len(things), CAST_WIDTH)
    for row, (name, moves) in zip(cast[0], things, strict=True):
        row[0], row[1], row[2:18] = 1.0, 1.0 if moves else -1.0, torch.as_tensor(asset_code(name))
    return cast


def standing(*bodies):
    """Bodies (1, S, ...) of sides, place and tilt about the y axis in rad; each reaches as far below as a box does."""
    numbers, depths = torch.zeros(1, len(bodies), CHANNELS), torch.zeros(1, len(bodies), 1)
    for slot, (sides, place, tilt) in enumerate(bodies):
        c, s = math.cos(tilt), math.sin(tilt)
        depths[0, slot] = (sides[0] * abs(s) + sides[2] * abs(c)) / 2
        numbers[0, slot, SIDES] = (torch.tensor(sides) / UNIT).log()
        numbers[0, slot, TURN] = torch.tensor([c, 0, -s, 0, 1, 0])
        numbers[0, slot, 13:15] = torch.tensor(place[:2])
        numbers[0, slot, HEIGHT] = float(squash(np.array(place[2] - float(depths[0, slot, 0])), 0.05))
    return Placed(numbers, depths)


def test_what_carries_comes_first_and_scenery_last():
    cast = rows(("ball", True), ("seesaw", True), ("tree", False), ("ramp", False), ("box", True))
    mask = torch.ones(1, 5, dtype=torch.bool)
    assert setting_order(cast, mask).tolist() == [[3, 1, 0, 4, 2]]
    mask[0, 3] = False  # a slot that is not taken
    assert setting_order(cast, mask).tolist() == [[1, 0, 4, 2, 3]]
    ordered = rows(("ramp", False), ("seesaw", True), ("ball", True), ("tree", False), ("ball", True))
    assert carriers(ordered).tolist() == [[0, 0, 1, 1, 1]]


def test_a_ball_touches_a_slope_beside_its_lowest_point():
    slope, radius = math.radians(30), 0.1
    them = standing(((2.0, 1.0, 2 * math.tan(slope)), (0, 0, math.tan(slope)), 0), ((0.2,) * 3, (0.5, 0, 9), 0))
    height = Surfaces.of(them, rows(("ramp", False), ("ball", True))).rest(them)[0, 1]
    assert float(height) == pytest.approx(math.tan(slope) * 1.5 + radius / math.cos(slope), abs=1e-5)


def test_a_box_lies_flat_on_a_plank_that_tilts():
    tilt = 0.2
    them = standing(((2.0, 0.5, 0.1), (0, 0, 0.4), tilt), ((0.4, 0.3, 0.2), (-0.6, 0, 9), tilt))
    height = Surfaces.of(them, rows(("seesaw", True), ("box", True))).rest(them)[0, 1]
    assert float(height) == pytest.approx(0.4 + 0.6 * math.tan(tilt) + 0.15 / math.cos(tilt), abs=1e-5)


@pytest.mark.parametrize(("x", "height"), [(0.0, 0.3), (0.22, 0.3), (0.42, 0.1), (5.0, 0.1)])
def test_what_stands_beside_another_stands_on_the_ground(x, height):
    them = standing(((0.4, 0.4, 0.2), (0, 0, 0.1), 0), ((0.4, 0.4, 0.2), (x, 0, 9), 0))
    assert float(Surfaces.of(them, rows(("box", True), ("box", True))).rest(them)[0, 1]) == pytest.approx(height)


def test_nothing_lies_on_what_comes_later():
    them = standing(((0.4, 0.4, 0.2), (0, 0, 0.1), 0), ((0.4, 0.4, 0.2), (0, 0, 0.3), 0))
    assert float(Surfaces.of(them, rows(("box", True), ("box", True))).rest(them)[0, 0]) == pytest.approx(0.1)


@pytest.mark.parametrize(("family", "names"), [("ramp", ()), ("seesaw", ("book", "can", "cylinder")), ("tower", ())])
def test_in_simulated_worlds_things_lie_where_they_rest(family, names):
    found = 0
    for seed in (30, 31, 32):
        cast = torch.as_tensor(encode(simulate(family, seed)).cast, dtype=torch.float32)[None]
        order = setting_order(cast, torch.ones(cast.shape[:2], dtype=torch.bool))
        cast = cast.take_along_dim(order[..., None], dim=1)
        them, called = placed(cast), asset_names(cast[0].double().numpy())
        off = (Surfaces.of(them, cast).rest(them) - them.place[..., 2:])[0, :, 0].abs()
        lain = [i for i, name in enumerate(called) if name in (names or {"block", "box", "football", "egg", "marble"})]
        found += len(lain)
        assert off[lain].max() < 1e-3
    assert found > 2
