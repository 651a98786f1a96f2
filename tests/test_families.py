import json
import math

import numpy as np
import pytest

from sora2lib.errors import WorldError
from sora2lib.train.looks import followed_share
from sora2lib.world.facts import Facts
from sora2lib.world.families import FAMILIES
from sora2lib.world.families.anything import any_look
from sora2lib.world.families.basketball import passes
from sora2lib.world.families.lab import RADIUS, SPEED, UNIT, lab, training_lab
from sora2lib.world.filming import CameraPath, camera_path, follow_path
from sora2lib.world.mechanics import play
from sora2lib.world.naming import NOUNS
from sora2lib.world.simulate import films, simulate
from sora2lib.world.staging import COLOUR_JITTER, draw_look, size_word
from sora2lib.world.vocabulary import (
    ACCOMPANIED,
    CAMERA_MOVES,
    COLOURS,
    FOLLOWED,
    FRAMINGS,
    GROUNDS,
    LIGHTS,
    MATERIALS,
    SIZES,
)

# Families that give some of their things a surface of their own: wheels, padded walls, waxed pins.
OWN_SURFACE = {"cars", "walls", "ninepins", "spin", "curling"}
WORLDS = {(family, seed): simulate(family, 100 + seed) for family in FAMILIES for seed in range(3)}


def facts_of(world) -> Facts:
    return Facts.from_json(world.attrs["facts"])


@pytest.fixture(params=WORLDS, ids=lambda key: f"{key[0]}-{key[1]}")
def world(request):
    return WORLDS[request.param]


def test_every_actor_is_told_once_and_looks_as_told(world):
    facts = facts_of(world)
    told = [name for thing in facts.things for name in thing.actors]
    assert sorted(told) == sorted(world.actor.values)
    assert len(told) <= 16
    assert int((~world.fixed).sum()) <= 10
    for thing in facts.things:
        for name in thing.actors:
            one = world.sel(actor=name)
            assert str(one.asset.values) == thing.asset
            if thing.colour:
                assert np.abs(one.colour.values - COLOURS[thing.colour].rgb).max() <= COLOUR_JITTER + 1e-9
            if thing.size:
                low, high = SIZES[thing.size]
                largest = one["size"].values[:2].max() if thing.asset == "pendulum" else one["size"].values.max()
                assert low <= largest <= high
            if thing.material:
                assert str(one.material.values) == thing.material
                assert float(one.friction) == pytest.approx(MATERIALS[thing.material].friction, rel=0.07) or (
                    float(one.restitution) > 0.99  # the lab's and the cradle's own
                    or facts.family in OWN_SURFACE
                )


def test_the_setting_is_as_told(world):
    facts = facts_of(world)
    assert str(world.ground.values) == facts.ground
    assert str(world.ambience.values) == GROUNDS[facts.ground].ambience
    low, high = LIGHTS[facts.light].elevation
    assert low <= math.degrees(float(world.sun_elevation)) <= high
    assert facts.camera_direction in CAMERA_MOVES[facts.camera]
    assert facts.framing in FRAMINGS


def test_the_camera_sees_the_subject(world):
    facts = facts_of(world)
    subject = next(thing for thing in facts.things if thing.role == "subject").actors[0]
    path = CameraPath(*(world[f"camera_{name}"].values for name in ("eye", "target", "roll", "fov")))
    place = world.position.sel(actor=subject).values
    place[:, 2] = np.maximum(place[:, 2], 0)  # what goes under water leaves the picture
    seen = path.sees(place)
    assert seen[0]
    assert seen.mean() > 0.7
    assert path.eye[0, 1] < 0
    assert path.eye[:, 2].min() > 0.1
    assert np.abs(np.diff(path.eye, n=2, axis=0)).max() < 0.05


def test_motion_is_sane(world):
    moving = world.position.values[~world.fixed.values]
    assert np.linalg.norm(np.diff(moving, axis=1), axis=-1).max() * 24 < 13
    assert moving[..., 2].min() > -GROUNDS[facts_of(world).ground].depth
    still = world.position.values[world.fixed.values]
    assert np.ptp(still, axis=1).max(initial=0) == 0
    turn = (world.rotation.values[:, 1:] * world.rotation.values[:, :-1]).sum(axis=-1)
    assert turn.min() >= 0


def test_directions_are_true(world):
    facts = facts_of(world)
    if facts.direction and facts.family not in ("seesaw", "balance"):
        subject = next(thing for thing in facts.things if thing.role == "subject").actors
        path = world.position.sel(actor=list(subject), xyz="x").values.mean(axis=0)
        moved = path[6 if facts.family in ("pendulum", "cradle", "wrecking", "walls") else 24] - path[0]
        assert np.sign(moved) == (1 if facts.direction == "right" else -1)


def test_events_are_named_after_actors(world):
    names = {*world.actor.values.tolist(), "ground"}
    for event in json.loads(world.attrs["events"]):
        assert {event["a"], event["b"]} <= names
        assert 0 <= event["time"] <= world.seconds
        assert event["speed"] > 0.05


def test_dominoes_fall_or_stop_as_told():
    for seed in range(3):
        world = WORLDS["dominoes", seed]
        facts = facts_of(world)
        row = next(thing for thing in facts.things if thing.asset == "domino").actors
        turns = world.rotation.sel(actor=list(row)).values[:, -1]
        up = 1 - 2 * (turns[:, 1] ** 2 + turns[:, 2] ** 2)
        assert up[0] < 0.7
        assert (up[-1] < 0.7) == (facts.outcome == "all fall")


@pytest.mark.parametrize("seed", range(8))
def test_a_basketball_does_what_the_facts_say(seed):
    world = simulate("basketball", 500 + seed)
    facts = facts_of(world)
    ball = world.position.sel(actor="basketball").values
    hoop = world.position.sel(actor="hoop").values[0]
    inside = passes(ball - hoop, float(world["size"].sel(actor="hoop", xyz="x")) / 2)
    assert inside == facts.outcome.startswith("in")
    hits = [event for event in json.loads(world.attrs["events"]) if {event["a"], event["b"]} == {"basketball", "hoop"}]
    on_board = [hit for hit in hits if math.dist(hit["place"][:2], hoop[:2]) > 0.3]
    assert bool(on_board) == (facts.outcome in ("board", "in off the board"))
    assert hits or facts.outcome == "in"
    assert 1.5 <= abs(ball[0, 0] - hoop[0]) <= 5.0
    assert 1.8 <= ball[0, 2] <= 2.2


def test_basketball_outcomes_are_balanced():
    rng = np.random.default_rng(0)
    wanted = [FAMILIES["basketball"](rng).again.keywords["outcome"] for _ in range(400)]
    assert min(np.unique(wanted, return_counts=True)[1]) > 70


def test_a_shot_passes_only_from_above_and_inside():
    time = np.arange(20) / 24
    fall = np.stack([0 * time, 0 * time, 0.5 - 0.5 * 9.81 * time**2], axis=1)
    assert passes(fall, 0.23)
    assert not passes(np.add(fall, (0.24, 0, 0)), 0.23)
    assert not passes(fall[::-1], 0.23)


def test_lab_scenes_are_exact():
    rng = np.random.default_rng(5)
    stage = lab(rng, "collision", radius=[2.0, 0.4], speed=[5.0, -0.5])
    first, second = stage.bodies
    assert first.size[0] == pytest.approx(2 * 2.0 * UNIT)
    assert first.velocity[0] == pytest.approx(5.0 * UNIT)
    assert second.velocity[0] == pytest.approx(-0.5 * UNIT)
    mass = [one.density * one.size[0] ** 3 for one in (first, second)]
    assert mass[0] / mass[1] == pytest.approx((2.0 / 0.4) ** 2)
    take = play(stage.bodies, ground="ice", samples=97)
    after = [(take.path(one.name)[-1, 0] - take.path(one.name)[-2, 0]) * 24 for one in stage.bodies]
    common = (25 * 5.0 - 0.5) / 26 * UNIT
    assert after == pytest.approx([2 * common - 5.0 * UNIT, 2 * common + 0.5 * UNIT], abs=0.02)


def test_lab_parabola_flies_for_a_second():
    stage = lab(np.random.default_rng(1), "parabola", radius=[1.0], speed=[6.0], direction="left")
    take = play(stage.bodies, ground="ice", samples=97)
    assert take.contacts[0].time >= 1.0
    assert np.diff(take.path("ball")[:24, 0]) * 24 == pytest.approx(-2.4)


def test_training_never_sees_the_bands_beyond():
    rng = np.random.default_rng(9)
    for kind in ("uniform", "parabola", "collision"):
        for _ in range(60):
            for one in training_lab(rng, kind).bodies:
                assert RADIUS[0] <= one.size[0] / 2 / UNIT <= RADIUS[1]
                assert SPEED[0] - 1e-9 <= abs(one.velocity[0]) / UNIT <= SPEED[1] + 1e-9


def test_lab_refuses_what_cannot_be():
    rng = np.random.default_rng(0)
    with pytest.raises(WorldError, match="never reaches"):
        lab(rng, "collision", radius=[1.0, 1.0], speed=[1.0, 2.0])
    with pytest.raises(WorldError, match="use one of uniform"):
        lab(rng, "orbit", radius=[1.0], speed=[1.0])


def film(move, direction="", framing="medium", seed=0):
    return camera_path(
        np.random.default_rng(seed),
        move=move,
        direction=direction,
        framing=framing,
        centre=np.array([0.0, 0.0, 0.5]),
        extent=np.array([2.0, 0.5, 1.0]),
        time=np.arange(97) / 24,
    )


def heading(path) -> np.ndarray:
    """Angle of the view from above, growing to the left."""
    view = path.target - path.eye
    return np.unwrap(np.arctan2(view[:, 1], view[:, 0]))


@pytest.mark.parametrize("seed", range(5))
def test_each_move_does_what_its_name_says(seed):
    def change(values):
        return values[-1] - values[0]

    assert np.ptp(film("static", seed=seed).eye, axis=0).max() == 0
    for sign, direction in ((1, "left"), (-1, "right")):
        assert sign * change(heading(film("pan", direction, seed=seed))) > 0.05
        assert np.ptp(film("pan", direction, seed=seed).eye, axis=0).max() == 0
        assert sign * change(film("truck", direction, seed=seed).eye[:, 0]) < -0.3
        orbit = film("orbit", direction, seed=seed)
        azimuth = np.unwrap(np.arctan2(*(orbit.eye - orbit.target)[:, [1, 0]].T))
        assert 30 <= -sign * math.degrees(change(azimuth)) <= 90  # left: clockwise from above
        assert np.ptp(np.diff(azimuth)) < 1e-9
    for sign, direction in ((1, "up"), (-1, "down")):
        assert sign * change(film("tilt", direction, seed=seed).target[:, 2]) > 0.1
        assert sign * change(film("crane", direction, seed=seed).eye[:, 2]) > 0.3
    for sign, direction in ((1, "in"), (-1, "out")):
        dolly = film("dolly", direction, seed=seed)
        assert sign * change(np.linalg.norm(dolly.eye - dolly.target, axis=1)) < -0.5
        assert sign * change(film("zoom", direction, seed=seed).fov) < -0.05
    shake = film("handheld", seed=seed)
    assert 0.002 < np.std(shake.eye - shake.eye.mean(axis=0), axis=0).max() < 0.03
    spectrum = np.abs(np.fft.rfft((shake.eye[:, 0] - shake.eye[:, 0].mean()) * np.hanning(97))) ** 2
    assert spectrum[np.fft.rfftfreq(97, 1 / 24) > 3.2].sum() < 0.02 * spectrum.sum()


@pytest.mark.parametrize("framing", FOLLOWED)
def test_a_camera_that_follows_keeps_its_subject_where_and_as_large_as_it_is(framing):
    time, tall = np.arange(97) / 24, 0.3
    path = np.stack([3.0 * time, 0 * time, 0.15 + 0.4 * np.abs(np.sin(6 * time))], axis=1)
    film = follow_path(np.random.default_rng(1), height=tall / FOLLOWED[framing], subject=path, time=time, nearest=0.8)
    across = film.picture(path)[:, 0]
    assert np.abs(across[12:-12] - across[48]).max() < 0.05 * FOLLOWED[framing] / 0.1  # steady, once it has caught up
    assert film.sees(path).mean() > 0.9
    height = 2 * np.linalg.norm(film.eye - film.target, axis=1) * np.tan(film.fov / 2)
    assert tall / height[48] == pytest.approx(FOLLOWED[framing], rel=0.05)
    bobs = np.ptp(film.target[12:-12, 2]) / np.ptp(path[:, 2])
    assert bobs < 0.2  # it does not bounce with it
    assert np.abs(np.diff(film.eye, n=2, axis=0)).max() * 24**2 < 20  # and starts and stops gently


def test_what_goes_far_is_followed_and_films_differ():
    worlds = films("throw", 1, 12)
    facts = [Facts.from_json(it.attrs["facts"]) for it in worlds]
    assert {it.camera for it in facts} > {"follow"}
    assert not any(it.camera_direction for it in facts if it.camera == "follow")
    assert len({world.camera_eye.values.tobytes() for world in worlds}) == len(worlds)
    assert len({world.position.values.tobytes() for world in worlds}) == 1
    assert worlds[0].identical(simulate("throw", 1))
    assert not any(Facts.from_json(it.attrs["facts"]).camera == "follow" for it in films("pendulum", 3, 12))


@pytest.mark.parametrize("family", ["run", "chase"])
def test_people_who_go_far_are_followed_closely_and_nobody_is_lost(family):
    worlds = [world for seed in (1, 2) for world in films(family, seed, 6)]
    facts = [Facts.from_json(it.attrs["facts"]) for it in worlds]
    followed = [(world, fact) for world, fact in zip(worlds, facts, strict=True) if fact.camera == "follow"]
    assert len(followed) > 5
    for world, fact in followed:
        subject, *others = range(world.sizes["actor"] - int(world.fixed.sum()))
        share = followed_share(world, subject)
        assert share == pytest.approx(ACCOMPANIED[fact.framing], rel=0.35)  # farther away where others are beside
        names = ("camera_eye", "camera_target", "camera_roll", "camera_fov")
        film = CameraPath(*(world[name].values for name in names))
        for it in (subject, *others):
            assert film.sees(world.position.values[it]).mean() > 0.9


def test_framings_fill_their_share():
    for framing, share in FRAMINGS.items():
        path = film("static", framing=framing)
        top, bottom = (
            path.picture(np.repeat([[0.0, -0.25, z]], 97, axis=0))[0, 1] - path.picture(np.zeros((97, 3)))[0, 1]
            for z in (1.0, 0.0)
        )
        assert (top - bottom) / 2 <= share * 1.1
    distance = [
        np.linalg.norm(film("static", framing=name).eye - [0, 0, 0.5]) for name in ("wide", "medium", "close-up")
    ]
    assert distance[0] > distance[1] > distance[2]


def test_sizes_have_words():
    assert size_word(0.28) == "medium"
    assert size_word(0.65) == ""
    look = draw_look(np.random.default_rng(0), "basketball")
    assert (look.size, look.colour, look.material) == ("", "", "")


def test_anything_can_be_named_in_words_of_training():
    rng = np.random.default_rng(0)
    assert all(NOUNS[any_look(rng).asset].train for _ in range(1500))
