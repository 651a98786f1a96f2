import math

import numpy as np
import pytest

from sora2lib.physics.intervals import bootstrap, wilson
from sora2lib.train.evaluate import check, frozen, obeys
from sora2lib.train.looks import camera_of, cielab, nearest_colour
from sora2lib.train.measure import Scene
from sora2lib.world.assets import primitives
from sora2lib.world.captions import caption
from sora2lib.world.facts import Facts
from sora2lib.world.families import FAMILIES
from sora2lib.world.naming import Clause
from sora2lib.world.schema import GRAVITY, build
from sora2lib.world.simulate import simulate
from sora2lib.world.staging import UNTIED
from sora2lib.world.vocabulary import CAMERA_MOVES, COLOURS

TIME = np.arange(97) / 24
SIZE = 0.28
HOOP = (0.46, 0.46, 3.05)
ASIDE = {"left": -1.0, "right": 1.0}


def world(*paths, assets=None, sizes=None, spins=None, colours=None, fixed=None, **more):
    """Balls on given paths (T, 3), in clear afternoon light on concrete, filmed by a camera that stays."""
    count, ones = len(paths), np.ones((len(TIME), 1))
    rotation = np.tile([1.0, 0, 0, 0], (count, len(TIME), 1)) if spins is None else spins
    scene = {
        "asset": assets or ["ball"] * count,
        "material": ["rubber"] * count,
        "size": sizes or [[SIZE] * 3] * count,
        "colour": [COLOURS[name].rgb for name in colours or ["red", "blue", "green", "white"][:count]],
        "density": [1000.0] * count,
        "restitution": [0.8] * count,
        "friction": [0.5] * count,
        "gloss": [0.2] * count,
        "fixed": fixed or [False] * count,
        "position": np.array(paths),
        "rotation": rotation,
        "camera_eye": ones * [0, -6, 1.5],
        "camera_target": ones * [0, 0, 0.5],
        "camera_fov": np.full(len(TIME), 0.7),
        "ground": "concrete",
        "sun_azimuth": 0.5,
        "sun_elevation": math.radians(35),
        "cloud": 0.1,
        "fog": 0.0,
        "ambience": "city",
        "ambience_level": 0.3,
    }
    return build(actors=[f"it {i}" for i in range(count)], time=TIME, **(scene | more))


def at(x=0.0, z=SIZE / 2, y=0.0):
    """A path that stays."""
    return np.tile([x, y, z], (len(TIME), 1))


def along(start, speed, z=SIZE / 2):
    return np.stack([start + speed * TIME, 0 * TIME, np.full_like(TIME, z)], axis=1)


def bouncing(height=2.0, speed=0.0, restitution=0.8):
    """A ball that falls from a height and bounces on, by the formulas of free fall."""
    z, t, up, rise = [], 0.0, 0.0, height
    land = math.sqrt(2 * height / GRAVITY)
    for now in TIME:
        while now - t > land:
            t += land
            up = restitution * (math.sqrt(2 * GRAVITY * rise) if up == 0 else up)
            rise, land = 0.0, max(2 * up / GRAVITY, 0.05)
        z.append(rise + up * (now - t) - GRAVITY * (now - t) ** 2 / 2)
    return np.stack([speed * TIME, 0 * TIME, np.maximum(z, 0) + SIZE / 2], axis=1)


def turning(path, radius=SIZE / 2):
    """Orientations of a ball that rolls along x without slipping."""
    half = (path[:, 0] - path[0, 0]) / radius / 2
    return np.stack([np.cos(half), 0 * half, np.sin(half), 0 * half], axis=1)


def ask(scene, *clauses):
    return list(obeys(scene, [Clause(*clause) for clause in clauses]).values())


def action(name):
    return ("action", "subject", name)


def outcome(name):
    return ("outcome", "subject", name)


def test_looks_and_number():
    scene = world(at(-1), at(1))
    right = [("colour", "subject", "red"), ("asset", "subject", "ball"), ("size", "subject", "medium")]
    assert ask(scene, *right, ("material", "subject", "rubber")) == [True] * 4
    assert ask(scene, ("asset", "subject", "ball"), ("count", "subject", "2")) == [True, True]
    assert ask(scene, ("asset", "subject", "ball"), ("count", "subject", "3")) == [True, False]
    assert ask(scene, ("colour", "subject", "yellow"), ("asset", "subject", "box")) == [False, False]
    assert ask(scene, ("size", "subject", "tiny"), ("material", "subject", "wood")) == [False, False]


def test_one_of_those_whom_a_word_may_mean_is_enough():
    scene = world(at(-1), at(1), assets=["box", "ball"])
    assert ask(scene, ("asset", "subject", "can|box"), ("colour", "subject", "red")) == [True, True]
    assert ask(scene, ("asset", "subject", "can|egg")) == [False]


def test_roles_are_cast_so_that_all_holds_together():
    scene = world(along(-1.2, 1.0), at(0))
    told = [("colour", "subject", "red"), ("colour", "target", "blue"), ("count", "subject", "1")]
    assert ask(scene, *told, ("asset", "subject", "ball"), ("asset", "target", "ball")) == [True] * 5
    assert ask(scene, ("colour", "subject", "blue"), ("colour", "target", "blue")).count(True) == 1


def test_a_fall_with_rebounds_is_a_drop_that_bounces():
    assert ask(world(bouncing()), action("drop/drop"), outcome("bounces")) == [True, True]
    assert ask(world(bouncing(restitution=0.02)), action("drop/drop"), outcome("bounces")) == [True, False]
    assert ask(world(bouncing(speed=2.0)), action("drop/drop"), action("throw/throw")) == [False, True]
    assert ask(world(at()), action("drop/drop"), action("throw/throw")) == [False, False]


@pytest.mark.parametrize("speed", [0.3, -1.5, 6.0])
def test_rolling_and_sliding_differ_in_their_turn(speed):
    path = along(0, speed)
    rolls, slides = world(path, spins=[turning(path)]), world(path)
    assert ask(rolls, action("roll/roll"), action("roll/slide")) == [True, False]
    assert ask(slides, action("roll/roll"), action("roll/slide")) == [False, True]


def test_what_comes_to_rest_stops():
    eased = np.stack([2 * (1 - np.exp(-2 * TIME)), 0 * TIME, 0 * TIME + SIZE / 2], axis=1)
    assert ask(world(eased), action("roll/slide"), outcome("stops")) == [True, True]
    assert ask(world(along(0, 1)), action("roll/slide"), outcome("stops")) == [True, False]


def struck(before, after, when=1.0):
    """Two equal balls that touch at ``when`` in the middle, each with a speed before and after."""
    late = np.maximum(TIME - when, 0)
    early = np.minimum(TIME - when, 0)
    return [
        np.stack([side * SIZE / 2 + early * b + late * a, 0 * TIME, 0 * TIME + SIZE / 2], axis=1)
        for side, b, a in zip((-1, 1), before, after, strict=True)
    ]


KINDS = ("collide/hit", "collide/meet", "collide/chase")


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [((1.0, 0.0), (0.0, 1.0), KINDS[0]), ((1.0, -1.0), (-1.0, 1.0), KINDS[1]), ((2.0, 1.0), (1.0, 2.0), KINDS[2])],
)
def test_collisions_are_told_apart_by_how_both_moved_before(before, after, kind):
    scene = world(*struck(before, after))
    roles = [("colour", "subject", "red"), ("colour", "target", "blue")]
    for name in KINDS:
        assert (ask(scene, *roles, action(name))[2] is True) == (name == kind), name


def test_who_hits_whom_matters():
    scene = world(*struck((1.0, 0.0), (0.0, 1.0)))
    assert ask(scene, ("colour", "subject", "red"), ("colour", "target", "blue"), action("collide/hit")) == [True] * 3
    assert (
        ask(scene, ("colour", "subject", "blue"), ("colour", "target", "red"), action("collide/hit")).count(True) == 2
    )


def test_passing_by_is_no_collision():
    scene = world(along(-1, 1.0), at(0, y=0.6))
    assert ask(scene, ("colour", "subject", "red"), action("collide/hit"))[1] is False


def shot(x, z, speed, up):
    """A ball that flies freely through a place near a hoop at (0, 0, 3.05) at t = 1; a board lies beyond."""
    t = TIME - 1.0
    return np.stack([x + speed * t, 0 * t, z + up * t - GRAVITY * t**2 / 2], axis=1)


def hoop_world(path):
    return world(
        path,
        at(z=3.05),
        assets=["basketball", "hoop"],
        sizes=[[0.24] * 3, HOOP],
        fixed=[False, True],
        colours=["orange", "white"],
    )


def bent(path, after, when=1.0):
    """The same flight, but with another velocity from t = 1 on."""
    late = np.maximum(TIME - when, 0)[:, None]
    there = np.array([np.interp(when, TIME, path[:, k]) for k in range(3)])
    flown = there + late * np.array(after) - np.array([0, 0, GRAVITY / 2]) * late**2
    return np.where((when < TIME)[:, None], flown, path)


def test_a_ball_through_the_ring_scores():
    scene = hoop_world(shot(0, 3.05, 1.5, -3.0))
    asked = ask(scene, action("basketball/shoot"), *map(outcome, ("scores", "in", "miss", "rim", "board")))
    assert asked == [True, True, True, False, False, False]


def test_a_ball_off_the_board_misses():
    board = next(it for it in primitives("hoop", np.array(HOOP)) if it.shape == "box")
    path = shot(float(board.centre[0] - board.half[0]) - 0.12, 3.6, 3.0, -3.0)
    scene = hoop_world(bent(path, (-4.0, 0, 0.5)))
    asked = ask(scene, action("basketball/shoot"), *map(outcome, ("scores", "miss", "board", "rim")))
    assert asked == [True, False, True, True, False]


def test_a_push_far_from_the_hoop_is_no_rebound():
    scene = hoop_world(bent(shot(-0.7, 3.4, 3.0, -3.0), (-4.0, 0, 0.5)))
    assert ask(scene, *map(outcome, ("miss", "board", "rim"))) == [False, False, False]


def test_a_ball_off_the_rim_misses():
    path = shot(-0.23 - 0.09, 3.05 + 0.09, 2.0, -3.0)
    scene = hoop_world(bent(path, (-1.5, 0, 2.5)))
    asked = ask(scene, action("basketball/shoot"), *map(outcome, ("scores", "miss", "rim", "board")))
    assert asked == [True, False, True, True, False]


def test_an_air_ball_touches_nothing_and_is_no_miss_off_the_rim():
    scene = hoop_world(shot(-0.9, 3.05, 1.0, -3.0))
    assert ask(scene, *map(outcome, ("scores", "miss"))) == [False, False]


def test_direction_is_that_of_the_first_picture():
    scene = world(along(0, 1.0))
    assert ask(scene, ("direction", "subject", "right")) == [True]
    ones = np.ones((len(TIME), 1))
    behind = world(along(0, 1.0), camera_eye=ones * [0, 6, 1.5])
    assert ask(behind, ("direction", "subject", "right")) == [False]


def test_speed_words_follow_the_measured_speed():
    for speed, word in ((0.5, "slow"), (3.0, "fast")):
        scene = world(along(0, speed))
        assert ask(scene, ("speed", "subject", word)) == [True]
        assert ask(scene, ("speed", "subject", "fast" if word == "slow" else "slow")) == [False]


@pytest.mark.parametrize(
    ("degrees", "name"),
    [(65, "noon"), (44, "afternoon"), (35, "afternoon"), (7, "sunset"), (-5, "dusk"), (-30, "night")],
)
def test_light_follows_the_sun(degrees, name):
    scene = world(at(), sun_elevation=math.radians(degrees))
    assert [
        it for it in ("noon", "afternoon", "sunset", "dusk", "night") if check(scene, Clause("light", "scene", it), {})
    ] == [name]


def test_weather_follows_fog_and_cloud():
    assert ask(world(at(), fog=0.07, cloud=0.6), ("weather", "scene", "fog"), ("weather", "scene", "clear")) == [
        True,
        False,
    ]
    assert ask(world(at(), cloud=0.95), ("weather", "scene", "overcast"), ("weather", "scene", "fog")) == [True, False]


def _filmed(move, way):
    sign = {"right": 1, "in": 1, "up": 1}.get(way, -1)
    s = sign * np.linspace(-1, 1, len(TIME))[:, None]
    eye, target = np.ones((len(TIME), 1)) * [0, -6, 1.5], np.ones((len(TIME), 1)) * [0, 0, 0.5]
    fov = np.full(len(TIME), 0.7)
    if move == "pan":
        target = target + s * [0.6, 0, 0]
    elif move == "tilt":
        target = target + s * [0, 0, 0.4]
    elif move == "dolly":
        eye = eye + s * [0, 1.2, -0.2]
    elif move == "truck":
        eye, target = eye + s * [0.7, 0, 0], target + s * [0.7, 0, 0]
    elif move == "crane":
        eye = eye + s * [0, 0, 0.8]
    elif move == "orbit":
        angle = 0.4 * s[:, 0]
        eye = np.stack([6 * np.sin(angle), -6 * np.cos(angle), 0 * angle + 1.5], axis=1)
    elif move == "zoom":
        fov = 0.7 - 0.15 * s[:, 0]
    elif move == "handheld":
        eye = eye + 0.02 * np.sin(9 * TIME)[:, None]
        target = target + 0.08 * np.sin(7 * TIME)[:, None]
    return world(at(), camera_eye=eye, camera_target=target, camera_fov=fov)


@pytest.mark.parametrize(("move", "way"), [(move, way) for move in UNTIED for way in CAMERA_MOVES[move]])
def test_camera_moves_are_recognised(move, way):
    scene = _filmed(move, way)
    assert camera_of(scene) == (move, way)
    others = [it for it in CAMERA_MOVES if it != move]
    assert check(scene, Clause("camera", "scene", f"{move} {way}".rstrip()), {})
    assert not any(check(scene, Clause("camera", "scene", it), {}) for it in others)


def test_a_camera_that_goes_along_follows():
    path = along(-2, 1.0)
    beside, ahead = path + np.array([0, -3, 0.5]), path + np.array([0.1, 0, 0])
    fov = 2 * math.atan(SIZE / 0.18 / 2 / math.hypot(3, 0.5))
    scene = world(path, camera_eye=beside, camera_target=ahead, camera_fov=np.full(len(TIME), fov))
    cast = {"subject": (0,)}
    assert check(scene, Clause("camera", "scene", "follow"), cast)
    assert obeys(scene, [Clause("camera", "scene", "follow")]) == {Clause("camera", "scene", "follow"): True}
    for name in ("wide", "medium", "close-up"):
        assert check(scene, Clause("framing", "scene", name), cast) == (name == "medium")
    stays = world(path)
    turns = world(path, camera_target=path)
    away = world(path, camera_eye=-path + np.array([0, -3, 0.5]), camera_target=-path)
    still = world(at(), camera_eye=beside, camera_target=ahead)
    for other in (stays, turns, away, still):
        assert not check(other, Clause("camera", "scene", "follow"), cast)


def test_framing_is_the_share_of_the_picture():
    tall = np.stack([0 * TIME, 0 * TIME, 0.14 + 1.6 * (1 - (TIME / 2 - 1) ** 2)], axis=1)
    for name, share in {"wide": 0.35, "medium": 0.55, "close-up": 0.85}.items():
        fov = 2 * math.atan((1.6 + SIZE) / share / 2 / math.hypot(6, 1.0))
        scene = world(tall, camera_fov=np.full(len(TIME), fov))
        for other in ("wide", "medium", "close-up"):
            assert check(scene, Clause("framing", "scene", other), {}) == (other == name)


def test_colours_are_nearest_in_a_perceptual_space():
    assert cielab(np.array([0.5, 0.5, 0.5]))[0] == pytest.approx(53.39, abs=0.01)
    assert cielab(np.array([1.0, 0.0, 0.0])) == pytest.approx([53.24, 80.09, 67.20], abs=0.02)
    assert {name: nearest_colour(np.array(it.rgb)) for name, it in COLOURS.items()} == {name: name for name in COLOURS}


def test_blows_are_seen_between_the_samples():
    scene = Scene(world(bouncing(height=2.0, restitution=0.8)))
    first = math.sqrt(2 * 2.0 / GRAVITY)
    assert abs(scene.landings(0)[0] / 24 - first) < 0.1


def test_frozen_worlds_keep_looks_and_lose_motion():
    still = frozen(world(bouncing()))
    assert ask(still, ("colour", "subject", "red"), action("drop/drop"), outcome("bounces")) == [True, False, False]
    still.validate()


def test_facts_are_never_read():
    plain = world(bouncing())
    lying = world(bouncing(), attrs={"facts": "not even JSON"})
    clauses = [Clause(*action("drop/drop")), Clause("colour", "subject", "red")]
    assert obeys(plain, clauses) == obeys(lying, clauses)


def test_what_cannot_be_measured_is_none():
    assert check(world(at()), Clause("mood", "scene", "calm"), {}) is None
    assert check(world(at()), Clause("colour", "target", "red"), {}) is None


def test_intervals():
    assert wilson(0, 0) == (0.0, 1.0)
    low, high = wilson(50, 100)
    assert (low, high) == pytest.approx((0.4038, 0.5962), abs=1e-4)
    draws = np.random.default_rng(1).normal(3.0, 1.0, 400)
    assert bootstrap(draws) == pytest.approx((draws.mean() - 0.098, draws.mean() + 0.098), abs=0.015)


@pytest.fixture(scope="module")
def simulated():
    worlds = [simulate(family, 10_000_100 + i) for family in FAMILIES for i in range(2)]
    return [(it, Facts.from_json(it.attrs.pop("facts"))) for it in worlds]


def answers(pairs):
    rng = np.random.default_rng(0)
    return [
        answer
        for scene, facts in pairs
        for _ in range(3)
        for answer in obeys(scene, caption(facts, rng).clauses).values()
    ]


def test_the_simulator_does_what_its_captions_say(simulated):
    said = [answer is True for answer in answers(simulated)]
    assert np.mean(said) > 0.98


def test_captions_of_other_worlds_are_mostly_refused(simulated):
    shifted = [
        (scene, other) for (scene, _), (_, other) in zip(simulated, [*simulated[7:], *simulated[:7]], strict=True)
    ]
    assert np.mean([answer is True for answer in answers(shifted)]) < 0.4


def test_a_mirror_image_goes_the_other_way(simulated):
    scene, facts = next(it for it in simulated if it[1].family == "roll" and it[1].direction)
    mirrored = scene.assign(position=scene.position * [-1, 1, 1])
    clause = Clause("direction", "subject", facts.direction)
    assert obeys(scene, [clause])[clause] is True
    assert obeys(mirrored, [clause])[clause] is False
