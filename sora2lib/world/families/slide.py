"""Something goes down a playground slide."""

import math

import numpy as np

from sora2lib.world.stage import Event, Stage, Take
from sora2lib.world.staging import (
    GRIPPY,
    LEAST,
    between,
    body,
    draw_look,
    pick,
    scaled,
    set_piece,
    set_stage,
    side,
    standing,
    thing,
    turned,
)

RIDERS = ("ball", "football", "beach ball", "pumpkin", "box", "toy car", "rubber duck", "block")
SMOOTH = 0.08  # friction of the slide
# Where a ride begins, as shares of the slide's length from its middle and of its height from the ground.
TOP_ALONG, TOP_HIGH = -0.14, 0.72
STEEP = math.radians(38)


def slide(rng: np.random.Generator) -> Stage:
    """Draw a slide 1.6 to 2.2 m long and what starts at its top."""
    sign, direction = side(rng)
    look = draw_look(rng, pick(rng, RIDERS), sizes=("small", "medium"))
    piece = scaled(set_piece(rng, "slide"), between(rng, 2.2, 2.8))
    length, _, high = piece.extents
    chute = body(
        rng,
        piece,
        "slide",
        position=(0.0, 0.0, standing(piece)),
        rotation=turned("z", 0.0 if sign > 0 else math.pi),
        joint="fixed",
        friction=SMOOTH,
    )
    above = max(look.extents) / 2 + between(rng, 0.02, 0.06)
    start = (
        sign * (TOP_ALONG * length + above * math.sin(STEEP)),
        between(rng, -0.02, 0.02),
        TOP_HIGH * high + above * math.cos(STEEP),
    )
    rider = body(rng, look, look.asset, position=start, rotation=turned("y", sign * STEEP))

    def judge(take: Take) -> Event | None:
        path = take.path(look.asset)
        way, low = (path[:, 0] - path[0, 0]) * sign, path[0, 2] - path[-1, 2] > 0.5 * high
        return Event("ride down", "", direction) if way.max() > 0.4 * length and low else None

    return set_stage(
        rng,
        "slide",
        bodies=[rider, chute],
        things=[thing("subject", look, look.asset), thing("prop", piece, "slide")],
        ground=pick(rng, GRIPPY),
        judge=judge,
        watch=(look.asset, "slide"),
        least=LEAST,
    )
