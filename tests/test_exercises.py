"""Exercises: feet that stay, a pirouette about one ball, and a checker that tells each from all others."""

from dataclasses import replace

import numpy as np
import pytest
from test_figures import GIRL, MAN, SLIP, within_limits
from test_figures import slip as slides

from sora2lib.train.clauses import ACTIONS
from sora2lib.train.evaluate import obeys
from sora2lib.world.families.exercise_sayings import SAYINGS
from sora2lib.world.figures.acts import act
from sora2lib.world.figures.exercises import EXERCISES
from sora2lib.world.figures.person import BALL
from sora2lib.world.figures.skeleton import INDEX
from sora2lib.world.naming import Clause
from sora2lib.world.simulate import simulate
from sora2lib.world.turns import vector_between

# What an exercise is not without: joints that stand still, or where the body is, in the twin that does not do it.
NEEDED = {
    "kneel": ("place",),
    "squat": ("place",),
    "kick": ("left knee", "right knee", "left hip swing", "right hip swing"),
    "punch": ("left elbow",),
    "nod": ("neck bend",),
    "shake head": ("neck turn",),
    "shrug": ("left elbow",),
    "salute": ("left elbow", "right elbow"),
    "stretch": ("waist lean",),
    "touch toes": ("waist bend",),
    "pirouette": ("turn",),
}
ALONE = {"gesture", "fall", "dance", "jump", "walk", "run", "axel", "gymnastics", "exercise", "acrobatics"}
ASKED = [Clause("action", "subject", name) for name in ACTIONS if name.split("/")[0] in ALONE]
each = pytest.mark.parametrize("name", EXERCISES)


def moved(figure, name, seed=3, rate=24):
    way = EXERCISES[name](np.random.default_rng(seed))
    return act(figure, np.arange(4 * rate + 1) / rate, kind=way, start=0.2, seed=seed)


@pytest.fixture(scope="module")
def stage():
    return simulate("exercise", 0)


def shown(stage, motion):
    """The world of a stage in which its one person moves so."""
    told = {"position": motion.position_T3, "rotation": motion.turn_T4, "joint_angle": motion.angles_TJ}
    bare = stage.assign({name: (stage[name].dims, value[None]) for name, value in told.items()})
    return bare.assign(size=(stage["size"].dims, np.array([motion.figure.size])))


def granted(stage, motion):
    return {clause.value for clause, answer in obeys(shown(stage, motion), ASKED).items() if answer}


@each
@pytest.mark.parametrize("figure", [MAN, GIRL], ids=["man", "girl"])
def test_feet_stay_where_they_stand_and_joints_within_limits(figure, name):
    motion = moved(figure, name, rate=60)
    fastest, farthest = slides(motion)
    assert fastest < SLIP
    assert farthest < 0.002
    assert within_limits(motion)


@each
@pytest.mark.parametrize(("figure", "seed"), [(MAN, 1), (GIRL, 2)], ids=["man", "girl"])
def test_each_is_told_from_all_that_people_do(stage, figure, seed, name):
    motion = moved(figure, name, seed)
    assert granted(stage, motion) == {f"exercise/{name}"}
    assert granted(stage, motion.mirror_image) == {f"exercise/{name}"}


@pytest.mark.parametrize("name", ["wave", "point", "clap", "cheer", "bow", "sit", "stand"])
def test_gestures_are_what_they_were(stage, name):
    motion = act(MAN, np.arange(97) / 24, kind=name, start=0.3, seed=3)
    assert granted(stage, motion) == {f"gesture/{name}"}


@each
def test_without_what_makes_it_one_it_is_none(stage, name):
    motion = moved(MAN, name)
    for what in NEEDED[name]:
        if what == "place":
            motion = replace(motion, root_T3=0 * motion.root_T3 + motion.root_T3[0])
        elif what == "turn":
            motion = replace(motion, turn_T4=0 * motion.turn_T4 + motion.turn_T4[0])
        else:
            motion.angles_TJ[:, INDEX[what]] = motion.angles_TJ[0, INDEX[what]]
    assert f"exercise/{name}" not in granted(stage, motion)


def test_a_pirouette_turns_smoothly_about_the_ball_of_one_foot():
    motion = moved(MAN, "pirouette", rate=120)
    ball_T3 = motion.point("left foot", np.array(BALL) * MAN.size[2])
    assert np.ptp(ball_T3, axis=0).max() < 0.002
    rate_V = vector_between(motion.turn_T4[:-1], motion.turn_T4[1:])[:, 2] * 120
    turns = rate_V.sum() / 120 / (2 * np.pi)
    assert turns == pytest.approx(round(turns), abs=1e-3)
    assert round(turns) in (1, 2)
    assert np.abs(np.diff(rate_V)).max() * 120 < 60  # rad/s^2


def test_the_mirror_image_has_left_for_right():
    motion = moved(MAN, "kick")
    image = motion.mirror_image
    assert image.point("left foot", np.zeros(3)) == pytest.approx(motion.point("right foot", np.zeros(3)) * [1, -1, 1])
    assert (image.standing["left foot"] == motion.standing["right foot"]).all()
    assert not image.standing["left foot"].all()


def test_all_are_said_and_asked_for():
    assert {action for _, action, _ in SAYINGS} == set(EXERCISES)
    assert {f"exercise/{name}" for name in EXERCISES} == {name for name in ACTIONS if name.startswith("exercise/")}
