"""What the next body may be like: relations that simulated worlds are full of, found to the millimetre."""

import numpy as np
import pytest
import torch

from sora2lib.model.likeness import Earlier, references
from sora2lib.model.placed import ACROSS, CHANNELS, HEIGHT, TURN, Placed, placed, square, written
from sora2lib.model.resting import setting_order
from sora2lib.model.rollout import stretch
from sora2lib.model.tokens import CLEARANCE_KNEE, encode, order
from sora2lib.world.simulate import simulate


def cast_of(family, seed):
    """Cast rows (1, S, C) of a simulated world, and its assets in their order."""
    world = simulate(family, seed)
    names = [str(world.asset.values[i]) for i in order(world)]
    return torch.as_tensor(encode(world).cast, dtype=torch.float32)[None], names


def suggested(cast):
    """References of all bodies of a cast, and how far the true numbers are from the nearest, (S, C)."""
    them = placed(cast)
    values, source = references(them, Earlier.of(them, cast), them.numbers + 9)
    off = (values - them.numbers[..., None]).abs().masked_fill(source == 0, torch.inf)
    return off.amin(dim=-1)[0]


@pytest.mark.parametrize("family", ["cradle", "tower", "ramp", "basketball", "seesaw"])
def test_rows_are_read_and_written_back(family):
    cast, _ = cast_of(family, 3)
    torch.testing.assert_close(written(cast, placed(cast)), cast, atol=2e-5, rtol=1e-5)


def test_bobs_hang_beside_each_other_from_the_height_of_their_gantry():
    cast, names = cast_of("cradle", 4)
    bobs, gantry = names.count("pendulum"), names.index("gantry")
    off = suggested(cast)
    assert bobs > 2
    assert off[1:bobs, ACROSS].max() < 0.003  # two millimetres of air
    assert off[1:bobs, HEIGHT].max() < 1e-3
    assert off[1:bobs, :3].max() < 1e-5
    assert off[gantry, 2] < 1e-4
    raised = placed(cast).hook[0, :bobs]
    assert float(raised[:, 2].std()) < 1e-5


@pytest.mark.parametrize("seed", [5, 6])
def test_what_is_stacked_rests_on_what_stands_there(seed):
    cast, names = cast_of("tower", seed)
    stacked = [i for i, name in enumerate(names) if i and name in ("can", "box", "block")]
    gaps, tops = stretch(placed(cast).numbers[0, :, HEIGHT], CLEARANCE_KNEE), placed(cast).top[0, :, 0]
    lifted = [i for i in stacked if gaps[i] > 0.01]
    assert lifted
    assert suggested(cast)[lifted, HEIGHT].max() < 0.05
    assert all(min(abs(float(gaps[i] - top)) for top in tops[:i]) < 0.003 for i in lifted)


def test_dominoes_stand_as_far_from_each_other_as_those_before():
    cast, names = cast_of("dominoes", 3)
    them = placed(cast)
    steps = np.diff(them.place[0, : names.count("domino"), 0].numpy())
    even = [i + 2 for i in range(len(steps) - 1) if abs(steps[i + 1] - steps[i]) < 1e-3]
    assert even
    assert suggested(cast)[even, ACROSS.start].max() < 2e-3


def test_a_row_about_the_middle_goes_on_after_a_gap_as_it_began():
    """Five boxes in a row whose second step is twice as long, and five that are as far apart as each other."""
    code = torch.zeros(1, 5, 46)
    code[..., 2:18] = 1.0
    for places, found in (((-0.4, -0.3, -0.1, 0.0, 0.1), (3, 4)), ((0.4, 0.2, 0.0, -0.2, -0.4), (1, 2, 3, 4))):
        numbers = torch.zeros(1, 5, CHANNELS)
        numbers[..., ACROSS.start], numbers[..., TURN.start], numbers[..., TURN.start + 4] = torch.tensor(places), 1, 1
        numbers[..., 0] = -3.0  # no two of them touch
        values, source = references(them := Placed(numbers, torch.zeros(1, 5, 1)), Earlier.of(them, code), numbers + 9)
        off = (values - numbers[..., None]).abs().masked_fill(source != 2, torch.inf).amin(dim=-1)[0, :, ACROSS.start]
        assert off[list(found)].max() < 1e-6


@pytest.mark.parametrize(("family", "seed", "rider"), [("seesaw", 30, "seesaw"), ("ramp", 39, "book")])
def test_what_leans_on_another_is_turned_as_that_asks_for(family, seed, rider):
    """A plank on its fulcrum, one end on the ground; a book that slides is as steep as its ramp."""
    cast, names = cast_of(family, seed)
    order = setting_order(cast, torch.ones(cast.shape[:2], dtype=torch.bool))[0]
    slot = order.tolist().index(names.index(rider))
    assert suggested(cast[:, order])[slot, TURN.start] < 1e-4


def test_a_turn_is_known_from_its_first_numbers():
    columns = torch.tensor([[0.6, 0.48, 0.64, -0.8, 0.36, 0.48], [0.0, 1.0, 0.0, -1.0, 0.0, 0.0]])
    numbers = torch.zeros(1, 2, CHANNELS)
    numbers[0, :, TURN] = columns
    them, cast = Placed(numbers, torch.zeros(1, 2, 1)), torch.zeros(1, 2, 46)
    values, source = references(them, Earlier.of(them, cast), numbers + 9)
    alone = (values - numbers[..., None]).abs().masked_fill(source != 1, torch.inf).amin(dim=-1)[0]
    assert alone[:, TURN.start + 2].max() < 2e-3
    assert alone[:, TURN.start + 5].max() < 2e-3
    assert alone[1, TURN.start + 3] < 1e-3
    torch.testing.assert_close(square(them).numbers, numbers, atol=1e-5, rtol=0)


def test_a_number_is_not_told_by_itself_nor_by_what_comes_later():
    cast, _ = cast_of("tower", 5)
    them = placed(cast)

    def told(numbers):
        changed = Placed(numbers, them.depth)
        return references(changed, Earlier.of(changed, cast), them.numbers + 9)[0]

    then = told(them.numbers)
    for slot, channel in ((1, 0), (1, 2), (2, TURN.start + 1), (2, ACROSS.start), (2, HEIGHT)):
        other = them.numbers.clone()
        other[0, slot, channel:] += 0.3
        other[0, slot + 1 :] -= 0.2
        now = told(other)
        torch.testing.assert_close(now[0, :slot], then[0, :slot])
        torch.testing.assert_close(now[0, slot, : channel + 1], then[0, slot, : channel + 1])


def test_one_channel_is_as_among_all():
    cast, _ = cast_of("cradle", 4)
    them = placed(cast)
    earlier, hint = Earlier.of(them, cast), them.numbers + 9
    values, source = references(them, earlier, hint)
    for channel in range(CHANNELS):
        one, one_source = references(them, earlier, hint, range(channel, channel + 1))
        assert torch.equal(one[..., 0, :], values[..., channel, :])
        assert torch.equal(one_source[0], source[channel])
