"""What a gallery shows: prompts written as guides to prompting advise, and one of every other family of scenes.

They are told as people tell a film: a shot, one clear action, the light, the sound; some in headed parts, one in two
shots. What each must show is written beside it as clauses (:mod:`sora2lib.world.naming`), so that nobody's eye decides.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sora2lib.train.telling import training_facts
from sora2lib.world.captions import caption
from sora2lib.world.naming import Clause
from sora2lib.world.sayings import SAYINGS
from sora2lib.world.vocabulary import STYLES

CLIPS = 60
Told = tuple[str, str, frozenset[Clause]]  # family, prompt, what must be true


@dataclass(frozen=True)
class Piece:
    """One clip of a gallery: what is asked for, how it is drawn, and what must be true of it."""

    family: str
    prompt: str
    seed: int
    style: str
    clauses: frozenset[Clause]


# Family, what must be true ("role kind value", ...), prompt.
GUIDED: tuple[tuple[str, str, str], ...] = (
    (
        "drop",
        "subject action drop/drop; subject asset ball; subject colour red; scene ground ice; scene light sunset; "
        "scene camera orbit left",
        "Wide establishing shot, eye level. A red rubber ball drops onto the ice at sunset and bounces, each hop lower "
        "than the last. The camera orbits left. A crisp snap with every bounce, no added score.",
    ),
    (
        "roll",
        "subject action roll/roll; subject asset ball; subject colour blue; scene light night; scene camera dolly in",
        "Medium shot. A blue steel ball rolls across the concrete at night while the camera slowly dollies in.",
    ),
    (
        "basketball",
        "subject action basketball/shoot; subject outcome in; scene light noon; scene camera static",
        "Wide shot, camera locked off. A basketball is thrown at the hoop at noon and goes in, nothing but net.",
    ),
    (
        "dominoes",
        "subject action dominoes/tip; subject outcome all fall; scene ground wood floor; scene camera truck right",
        "Style: clean, playful.\n\nA row of six dominoes topples on a wooden floor until all of them have fallen.\n\n"
        "Cinematography:\nCamera: the camera trucks to the right\nLighting: soft afternoon light\n\n"
        "Background Sound:\nA quick run of clicks.",
    ),
    (
        "tower",
        "subject action tower/hit; target count 4; scene camera handheld",
        "Handheld camera. A green ball hits a tower of four wooden boxes on concrete and knocks it over.",
    ),
    (
        "pendulum",
        "subject action pendulum/swing; scene light dusk; scene camera static; scene framing wide",
        "Wide shot, static camera. At dusk a black pendulum swings to and fro, patient as a clock.",
    ),
    (
        "seesaw",
        "subject action seesaw/launch; scene ground grass; scene light afternoon",
        "A yellow box lies on one end of a see-saw on grass in the afternoon. A heavy grey crate falls onto the other "
        "end and launches it into the air.",
    ),
    (
        "rocket",
        "subject action rocket/launch; scene light night; scene camera tilt up",
        "Style: epic, cinematic.\n\nA white rocket launches into the night sky.\n\nCinematography:\n"
        "Camera shot: wide shot\nCamera: the camera tilts up\nMood: tense\n\nActions:\n- The rocket lifts off.",
    ),
    (
        "boat",
        "subject action boat/drift; scene ground water; scene light sunset; scene camera crane up",
        "A red rowboat drifts on calm water at sunset, rocking gently. The camera cranes up.",
    ),
    (
        "cars",
        "subject action cars/overtake; scene camera follow",
        "Two cars drive along the road in the rain, the red car overtakes the other. The camera follows it.",
    ),
    (
        "ninepins",
        "subject action ninepins/bowl; scene camera dolly out; scene ground wood floor",
        "A heavy purple ball rolls at nine pins on a wooden floor. The camera dollies out.",
    ),
    (
        "gymnastics",
        "subject action gymnastics/back flip; scene light afternoon; scene framing wide",
        "Wide shot. In the afternoon a woman stands on grass, and does a back flip, landing on her feet.",
    ),
    (
        "axel",
        "subject action axel/triple axel; scene ground ice; scene light night; scene camera pan right",
        "Under floodlights at night a man jumps a triple axel on the ice. The camera pans right.",
    ),
    (
        "dance",
        "subject action dance/dance; scene light sunset; scene camera orbit right; scene ground sand",
        "Style: warm, nostalgic 16 mm.\n\nA woman in orange dances on the sand at sunset.\n\nCinematography:\n"
        "Camera: slow orbit to the right\nMood: joyful\n\nBackground Sound:\nWaves, a distant drum.",
    ),
    (
        "walk",
        "subject action walk/walk; scene weather snowfall; scene ground snow",
        "Snow falls. A man in a green coat walks through the snow, step by step, the camera beside him.",
    ),
    (
        "race",
        "subject action race/race; scene camera follow",
        "Two brown horses race over the grass at noon. The camera follows them.",
    ),
    (
        "animals",
        "subject action animals/trot; subject asset dog; subject colour white",
        "A white dog trots over the grass on a bright afternoon.",
    ),
    (
        "gesture",
        "subject action gesture/wave; scene framing medium",
        'Medium shot. A woman stands on a wooden floor and waves. The woman says "Good to see you again!"',
    ),
    (
        "explorers",
        "subject action explorers/shout; scene ground snow; scene weather snowfall",
        "Two explorers stand on the snow in a storm and shout to each other in turn.\n\nDialogue:\n"
        '- Man (shouting): "Stay close to me!"\n- Woman (shouting): "I can see the hut!"',
    ),
    (
        "catch",
        "subject action catch/catch; scene camera static",
        "Static camera. A boy throws a red ball to a girl on grass, and she catches it.",
    ),
    (
        "anything",
        "subject asset pizza; target asset robot",
        "A pizza rolls down the stairs and hits a robot.",
    ),
    (
        "anything",
        "subject asset lemon; subject count 3; subject action drop/drop",
        "Close-up. Three lemons fall onto a wooden table top and bounce, one after the other.",
    ),
    (
        "collide",
        "subject action collide/meet; scene ground tiles; scene camera static",
        "A red ball and a blue ball roll towards each other on the tiles and collide. The camera does not move.",
    ),
    (
        "basketball",
        "subject action basketball/shoot; subject outcome rim; scene light sunset",
        "At sunset a basketball is thrown at the hoop, hits the rim and bounces off. A groan from the crowd.",
    ),
    (
        "paddleboard",
        "subject action paddleboard/back flip; scene ground water; scene light sunset; scene framing wide",
        "Style: realistic, golden.\n\nA man does a back flip off a paddleboard on calm water at sunset.\n\n"
        "Cinematography:\nCamera shot: wide shot\n\nActions:\n- The man turns in the air.\n- He splashes down.",
    ),
    (
        "chase",
        "subject action chase/chase; subject asset dog; target asset cat; scene ground grass",
        "A brown dog chases a white cat over the grass.",
    ),
    (
        "throw",
        "subject action throw/throw; subject asset ball; subject size small; subject colour yellow; "
        "subject material rubber; subject direction right; scene light noon; scene camera pan right; "
        "scene framing wide",
        "Wide shot. At noon a small yellow rubber ball is thrown to the right over concrete under a clear sky, while "
        "the camera pans to the right.",
    ),
    (
        "fish",
        "subject action fish/swim; subject asset fish; subject count 4; scene camera follow",
        "Four orange fish swim just below the surface, the camera follows them.",
    ),
    (
        "roll",
        "subject asset ball; subject colour red; scene ground ice",
        "Shot 1 (2 s): A red ball rolls right on the ice, seen from far away.\n"
        "Shot 2 (2 s): Close-up, the ball comes to rest. Cut to silence.",
    ),
)


def programme(seed: int = 7) -> tuple[Piece, ...]:
    """Return what a gallery shows, the same for the same seed: those of guides, then one of each other
    family, then more.

    >>> len({piece.family for piece in programme()}) == len(FAMILIES | PEOPLE)
    True
    """
    told = [(family, prompt, frozenset(_clauses(must))) for family, must, prompt in GUIDED]
    told += _others(frozenset(family for family, _, _ in GUIDED), seed)
    return tuple(
        Piece(family, prompt, seed + n, STYLES[n % len(STYLES)], clauses)
        for n, (family, prompt, clauses) in enumerate(told[:CLIPS])
    )


def _clauses(must: str) -> Iterator[Clause]:
    for told in must.split(";"):
        role, kind, value = told.split(maxsplit=2)
        yield Clause(kind=kind, role=role, value=value)


def _others(shown: frozenset[str], seed: int) -> list[Told]:
    """Captions of all events, one of each family that is not shown yet first, then of the others."""
    first: list[Told] = []
    then: list[Told] = []
    had = set(shown)
    for facts, rng in training_facts(len(SAYINGS), np.random.default_rng([seed, len(SAYINGS)])):
        told = caption(facts, rng)
        (then if facts.family in had else first).append((facts.family, told.text, told.clauses))
        had.add(facts.family)
    return first + then
