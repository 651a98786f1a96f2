"""What a sample brings: a small network that learns how bodies push each other, and goes on from there.

An interaction network (Battaglia et al. 2016; Sanchez-Gonzalez et al. 2020): every pair of near bodies says what it
does to the first of them, a node adds up what is said and what the ground and the air do. It reads one moment and
answers with the accelerations until the next, for all movers together, so that both of a pair are struck at once; eight
such steps foresee a row. It knows no law: what it adds up are vectors that such laws are made of - the direction of a
contact, the speed of closing, the slip, the way to where a string hangs - each times a number that it has learned to
give (as in EGNN, Satorras et al. 2021). It therefore turns with the world, and what is twice as fast is struck twice as
hard.

Within a sample a blow goes through a row of bodies that touch: what each is given is passed on to those beside it, in
a few rounds. And of some bodies a point stays where it is, the top of the string or the middle: of which, is learned
from what they are.

Its forecast is for the world transformer to take or leave (:mod:`sora2lib.model.foresight`).

Shapes: N moments of worlds, S bodies, the movers M first, E pairs that a mover takes part in. Metres, m/s, rad/s.
"""

import torch
from torch import Tensor, nn

from sora2lib.model import frames
from sora2lib.model.blocks import Perceptron
from sora2lib.model.pairs import (
    BLOW_FEATURES,
    BLOW_PUSHES,
    FALL,
    PAIR_FEATURES,
    PAIR_PUSHES,
    PAIR_TWISTS,
    Pairs,
    meet,
    pass_on,
)
from sora2lib.model.states import WHAT, Bodies, Moment, hook
from sora2lib.model.tokens import DT, SCENE_WIDTH
from sora2lib.model.tracks import STRIDE
from sora2lib.model.vectors import columns_in, heading, into, near, slow, sum_of, upwards

SAID = 64  # width of what pairs say to the node
ROUNDS = 4  # in which blows are passed on, at most
BACK = STRIDE * DT  # seconds in which what is held comes back, about
NODE_PUSHES, NODE_TWISTS, SWINGS = 5, 5, 3  # vectors that are there
NODE_FEATURES = 4 + 5 * 3 + 6 + WHAT + SCENE_WIDTH + SAID


class Interaction(nn.Module):
    """Moment -> accelerations (N, M, 3) and changes of the turn rate (N, M, 3) of the movers until the next."""

    def __init__(self, pair: int = 128, node: int = 256, blow: int = 64, kind: int = 32) -> None:
        super().__init__()
        self.pair = Perceptron(PAIR_FEATURES, pair, SAID + PAIR_PUSHES + 3 + PAIR_TWISTS + 1 + 3)
        self.blow = Perceptron(PAIR_FEATURES + BLOW_FEATURES, blow, BLOW_PUSHES)
        self.node = Perceptron(NODE_FEATURES, node, NODE_PUSHES + 3 + NODE_TWISTS + 3)
        # What a body is decides whether a point of it stays, and how it swings: the same numbers at every moment.
        self.hold, self.swing = Perceptron(WHAT, kind, 1), Perceptron(WHAT, kind, SWINGS)

    def forward(self, now: Moment, them: Bodies, movers: int) -> tuple[Tensor, Tensor]:
        """Arguments as :class:`Moment` and :class:`Bodies` say; the first ``movers`` bodies move."""
        pairs = meet(now, them, movers)
        said, push, twist = self._pairs(pairs)
        push = self._passed_on(pairs, push)
        own, turn = self._nodes(now, them, said)
        given, twist = push + own, twist + turn
        held = self.holds(them, movers) > 0
        if held.any():  # in most worlds everything is free
            twist = torch.where(held & (them.string[:, :movers] > 0), self._swings(now, them, push), twist)
            given = torch.where(held, _held(now, them, twist), given)
        return given / DT, twist

    def holds(self, them: Bodies, movers: int) -> Tensor:
        """By how many nats it is likelier that movers are held than that they are free, (N, M, 1)."""
        nats: Tensor = self.hold(them.what[:, :movers])
        return nats

    def _pairs(self, pairs: Pairs) -> tuple[Tensor, Tensor, Tensor]:
        """What is said to each mover (N, M, SAID), and the speeds and turn rates it is given, (N, M, 3) each."""
        out = self.pair(pairs.features) * pairs.there
        said, pushes, twists = out.split([SAID, PAIR_PUSHES + 3, PAIR_TWISTS + 1 + 3], dim=-1)
        push = sum_of(pushes, pairs.pushes, pairs.frame * FALL)
        torque = torch.linalg.cross(pairs.lever, push) / pairs.radius**2
        vectors = torch.cat([pairs.twists, torque[..., None, :]], dim=-2)
        twist = sum_of(twists, vectors, pairs.frame * FALL / pairs.radius[..., None])
        return said.sum(dim=2), push.sum(dim=2), twist.sum(dim=2)

    def _passed_on(self, pairs: Pairs, push: Tensor) -> Tensor:
        """Speeds (N, M, 3) that movers are given once blows have gone through those that touch."""
        fresh = push
        for _ in range(min(push.shape[1] - 2, ROUNDS)):
            features, vectors = pass_on(pairs, push, fresh)
            numbers = self.blow(torch.cat([pairs.features, features], dim=-1)) * pairs.there
            fresh = (numbers[..., None] * vectors).sum(dim=(2, 3))
            push = push + fresh
        return push

    def _nodes(self, now: Moment, them: Bodies, said: Tensor) -> tuple[Tensor, Tensor]:
        """Speeds and turn rates that movers are given by the ground, the air and themselves, (N, M, 3) each."""
        first = slice(0, said.shape[1])
        speed, rate, gain, turned = (x[:, first] for x in (now.speed, now.rate, now.gain, now.turned))
        radius = them.radius[:, first]
        up = upwards(speed)
        roll = torch.linalg.cross(rate, up) * radius
        frame = heading(speed + roll / 2)
        tall = (frames.orthonormal(now.columns[:, first])[..., 2, :].abs() * them.half[:, first]).sum(-1, keepdim=True)
        heights = now.gap[:, first], now.place[:, first, 2:] - tall
        falls = [near(h + shift) for h in heights for shift in (0.0, (speed[..., 2:] - FALL) * DT)]
        seen = [speed, roll, rate * radius, gain * DT, turned * radius]
        features = torch.cat(
            [
                *falls, *(slow(into(frame, v)) for v in seen),
                columns_in(frame, now.columns[:, first]) * (1 - them.even[:, first]),
                them.what[:, first], them.scene[:, None].expand(-1, said.shape[1], -1), said,
            ],
            dim=-1,
        )  # fmt: skip
        pushes, twists = self.node(features).chunk(2, dim=-1)
        flat = speed * (1 - up)
        push = torch.stack([gain * DT, up * FALL, up * speed, flat, roll], dim=-2)
        twist = torch.stack([turned, torch.linalg.cross(up, flat) / radius, rate, up * rate, rate - up * rate], dim=-2)
        return sum_of(pushes, push, frame * FALL), sum_of(twists, twist, frame * FALL / radius[..., None])

    def _swings(self, now: Moment, them: Bodies, push: Tensor) -> Tensor:
        """Turn rates (N, M, 3) that movers are given about the tops of their strings by what pushes them (N, M, 3)."""
        movers = push.shape[1]
        speed, rate = now.speed[:, :movers], now.rate[:, :movers]
        top, string = hook(now.columns[:, :movers], them.string[:, :movers]), them.string[:, :movers]
        grip = top / (string**2).clamp(min=1e-4)
        slip = speed + (top - frames.spun(top, -rate * DT)) / DT  # of the top, over the sample before
        vectors = [torch.linalg.cross(given, grip) for given in (upwards(speed) * FALL, push, slip)]
        return (self.swing(them.what[:, :movers])[..., None] * torch.stack(vectors, dim=-2)).sum(dim=-2)


def _held(now: Moment, them: Bodies, twist: Tensor) -> Tensor:
    """Speeds (N, M, 3) to give to movers whose turn rates change by ``twist``, for their fixed points to stay.

    What has strayed comes back.
    """
    movers = twist.shape[1]
    top = hook(now.columns[:, :movers], them.string[:, :movers])
    strayed = now.place[:, :movers] + top - them.pivot[:, :movers]
    swept = (frames.spun(top, (now.rate[:, :movers] + twist) * DT) - top) / DT
    return -(now.speed[:, :movers] + swept + strayed / BACK)
