"""What two worlds do not share is told, all of it and nothing else."""

import numpy as np
import pytest

from sora2lib import Difference, diff
from sora2lib.world.schema import VARIABLES
from sora2lib.world.simulate import simulate

WORDS = {"asset": "box", "material": "steel", "cameo": "", "ground": "ice", "style": "anime", "ambience": "city"}
WORDS |= {"music": "calm"}


def otherwise(world, name):
    """The world with another value, or other values all along, in one channel."""
    dims, kind = VARIABLES[name]
    values = world[name].values
    if kind == "U":
        return world.assign({name: (dims, np.full(values.shape, WORDS[name]))})
    changed = values.copy()
    changed[...] = ~changed if kind == "b" else changed * 0.9 + 0.01
    return world.assign({name: (dims, changed)})


def test_a_world_differs_in_nothing_from_itself(world):
    assert diff(world, world.copy(deep=True)) == ()


@pytest.mark.parametrize("name", [it for it, (dims, _) in VARIABLES.items() if "line" not in dims and it != "cameo"])
def test_every_channel_is_told_and_no_other(name):
    world = simulate("walk", 1, seconds=0.5) if name == "joint_angle" else simulate("drop", 3, seconds=0.5)
    again = otherwise(world, name)
    told = diff(world, again)
    assert {it.channel.split()[0] for it in told} == {name}
    assert {it.actor for it in told} == ({""} if VARIABLES[name][0][:1] != ("actor",) else set(world.actor.values))


def test_of_motion_the_moment_is_told_at_which_it_is_furthest_apart(world):
    place = world.position.values.copy()
    place[0, 7:10, 0] = [1.0, 3.0, 2.0]
    (told,) = diff(world, world.assign(position=(world.position.dims, place)))
    assert (told.actor, told.channel, told.time) == ("ball", "position", 8 / 24)
    assert told.before == tuple(world.position.values[0, 8])
    assert told.after == tuple(place[0, 8])
    assert str(told) == f"ball's position at 0.33 s: 0, 0, {told.before[2]:.3g}, then 3, 0, {told.before[2]:.3g}"


def test_one_bit_is_a_difference(world):
    again = world.assign(fog=np.nextafter(float(world.fog), 1.0))
    assert diff(world, again) == (Difference("", "fog", 0.0, 5e-324),)


def test_who_is_not_there_and_what_lasts_longer(world):
    alone = simulate("walk", 1, seconds=0.5)
    told = diff(world, alone)
    (name,) = set(alone.actor.values) - set(world.actor.values)
    assert Difference("ball", "asset", "ball", None) in told
    assert Difference(str(name), "asset", None, str(alone.asset.values[0])) in told
    assert Difference("", "seconds", 2.0, 0.5) in told
    shorter = diff(world, world.isel(time=slice(0, 13)))
    assert shorter == (Difference("", "seconds", 2.0, 0.5),)


def test_what_is_said_is_told(world):
    said = {"line_speaker": ["ball"], "line_text": ["Ow!"], "line_start": [0.5], "line_manner": [""]}
    said["line_actor"] = [""]
    told = {
        it.channel: (it.before, it.after) for it in diff(world, world.assign({k: ("line", v) for k, v in said.items()}))
    }
    assert told["line_text"] == ((), ("Ow!",))
    assert told["line_start"] == ((), (0.5,))
