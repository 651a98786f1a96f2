"""What two worlds do not share, channel by channel: what a remix changed, and that it changed nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sora2lib.world.schema import VARIABLES, World

Array = NDArray[Any]
Value = float | str | bool | tuple[Any, ...] | None


@dataclass(frozen=True)
class Difference:
    """A channel that is otherwise in another world.

    Parameters
    ----------
    actor : whose it is; "" is the scene's, the camera's or of what is said.
    channel : a variable of the world, such as "colour", a joint as in "joint_angle knee_left", or "seconds" or "rate".
    before, after : what it is in the one and in the other; None where the actor is not there.
    time : of what goes on over time, the second at which they are furthest apart, whose values are told.

    >>> print(Difference("ball", "material", "rubber", "steel"))
    ball's material: rubber, then steel
    """

    actor: str
    channel: str
    before: Value
    after: Value
    time: float | None = None

    def __str__(self) -> str:
        whose = f"{self.actor}'s {self.channel}" if self.actor else self.channel
        at = "" if self.time is None else f" at {self.time:.2f} s"
        return f"{whose}{at}: {told(self.before)}, then {told(self.after)}"


def diff(before: World, after: World) -> tuple[Difference, ...]:
    """Return all that differs between two worlds, by a single bit even: actors first, then camera and scene.

    Times that only one of them has are not compared, but "seconds" tells of them.

    >>> again = clip.remix("the ball is blue")                       # doctest: +SKIP
    >>> sora2lib.diff(clip.world, again.world)                       # doctest: +SKIP
    (Difference(actor='ball', channel='colour', before=(0.85, 0.1, 0.1), after=(0.12, 0.2, 0.9), time=None),)
    >>> pandas.DataFrame(sora2lib.diff(clip.world, again.world))     # doctest: +SKIP
    """
    shared = _Shared(*np.intersect1d(before.time.values, after.time.values, return_indices=True))
    return (*_of_the_cast(before, after, shared), *_of_the_scene(before, after, shared))


def told(value: Value) -> str:
    """Return a value in words, numbers to three digits or to whole ones.

    >>> told((0.5, 1.23456, 7850.0)), told(None), told("ice")
    ('0.5, 1.23, 7850', 'not there', 'ice')
    """
    if value is None:
        return "not there"
    if isinstance(value, tuple):
        return ", ".join(map(told, value)) or "none"
    if isinstance(value, float):
        return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
    return str(value)


@dataclass(frozen=True, eq=False)
class _Shared:
    """The T moments that both worlds have, and where they lie in each."""

    seconds: Array
    mine: Array
    theirs: Array


def _of_the_cast(before: World, after: World, shared: _Shared) -> Iterator[Difference]:
    one, other = (world.actor.values.tolist() for world in (before, after))
    for actor in dict.fromkeys([*one, *other]):
        if actor in one and actor in other:
            yield from _of_an_actor(before.sel(actor=actor), after.sel(actor=actor), actor, shared)
        else:
            yield Difference(actor, "asset", _asset(before, actor), _asset(after, actor))


def _asset(world: World, actor: str) -> str | None:
    return str(world.asset.sel(actor=actor).values) if actor in world.actor else None


def _of_an_actor(before: Any, after: Any, actor: str, shared: _Shared) -> Iterator[Difference]:
    for name, (dims, _) in VARIABLES.items():
        if dims[:1] == ("actor",) and name != "joint_angle":
            yield from _channel(actor, name, dims[1:], before[name].values, after[name].values, shared)
    names: list[str] = next((it.joint.values.tolist() for it in (before, after) if it.sizes["joint"]), [])
    # Where a world has no joints, all are straight.
    one, other = (np.resize(it.joint_angle.values, (it.sizes["time"], len(names))) for it in (before, after))
    for index, joint in enumerate(names):
        yield from _channel(actor, f"joint_angle {joint}", ("time",), one[:, index], other[:, index], shared)


def _of_the_scene(before: World, after: World, shared: _Shared) -> Iterator[Difference]:
    for name, (dims, _) in VARIABLES.items():
        if dims[:1] != ("actor",):
            yield from _channel("", name, dims, before[name].values, after[name].values, shared)
    for name in ("seconds", "rate"):
        yield from _differs("", name, *(round(float(getattr(it, name)), 6) for it in (before, after)))


def _channel(
    actor: str, name: str, dims: tuple[str, ...], one: Array, other: Array, shared: _Shared
) -> Iterator[Difference]:
    """What differs in one channel, whose arrays have dimensions ``dims``."""
    if dims[:1] != ("time",):
        yield from _differs(actor, name, _plain(one), _plain(other))
        return
    one, other = one[shared.mine], other[shared.theirs]
    apart_T = np.abs(one.astype(float) - other).reshape(len(one), -1).max(axis=1, initial=0.0)
    if apart_T.any():
        most = int(apart_T.argmax())
        yield Difference(actor, name, _plain(one[most]), _plain(other[most]), float(shared.seconds[most]))


def _differs(actor: str, name: str, one: Value, other: Value) -> Iterator[Difference]:
    if one != other:
        yield Difference(actor, name, one, other)


def _plain(values: Array) -> Value:
    plain = values.tolist()
    return tuple(plain) if isinstance(plain, list) else plain
