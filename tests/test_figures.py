"""Creatures: bones against hand-made sums, masses against sampled points, motions against mechanics."""

import numpy as np
import pytest

from sora2lib.render.scene import parts_at, set_stage
from sora2lib.world.assets import primitives
from sora2lib.world.facts import Facts
from sora2lib.world.families.people import PEOPLE
from sora2lib.world.families.people_sayings import SAYINGS, TAGS
from sora2lib.world.figures.acts import ACTS, act
from sora2lib.world.figures.beasts import FEET, GAITS, fly, limb, prowl, swim
from sora2lib.world.figures.gaits import STYLES, walk
from sora2lib.world.figures.leaps import Flown
from sora2lib.world.figures.library import SKELETONS, figure_of, posed_parts
from sora2lib.world.figures.mass import centre_of_mass, inertia, inner_momentum, masses
from sora2lib.world.figures.people import arm, leg
from sora2lib.world.figures.person import BALL, HEEL
from sora2lib.world.figures.reach import plant
from sora2lib.world.figures.routines import LEAPS, failed
from sora2lib.world.figures.skeleton import INDEX, JOINTS, Figure, angles, mirrored, pose
from sora2lib.world.parts import rotate
from sora2lib.world.schema import GRAVITY, from_json
from sora2lib.world.simulate import simulate
from sora2lib.world.turns import about, axes, of_vector, product, vector_between

MAN = Figure(SKELETONS["man"], SKELETONS["man"].size)
GIRL = Figure(SKELETONS["girl"], SKELETONS["girl"].size)
TALL = MAN.size[2]
FINE = 1 / 240  # s
SLIP = 0.01  # m/s
everyone = pytest.mark.parametrize("name", SKELETONS)


def place(link, figure=MAN, **pose_of):
    return pose(figure, angles(**pose_of)[None]).place_TL3[0, figure.skeleton.link(link)]


def any_pose(figure, seed):
    low, high = figure.skeleton.limits_J2.T
    return np.random.default_rng(seed).uniform(0.6 * low, 0.6 * high)


def test_links_hang_where_their_offsets_say():
    names = ("waist", "chest", "left upper arm", "left forearm", "left hand")
    assert place("left hand") == pytest.approx(sum(MAN.offset(name) for name in names))


def test_a_raised_arm_points_forwards_and_its_bent_elbow_up():
    shoulder, upper, lower = place("left upper arm"), 0.145 * TALL, 0.125 * TALL
    ahead = {"shoulder_swing": np.pi / 2}
    assert place("left forearm", **ahead) == pytest.approx(shoulder + np.array([upper, 0, 0]))
    assert place("left hand", **ahead, elbow=np.pi / 2) == pytest.approx(shoulder + np.array([upper, 0, lower]))


def test_arms_spread_outwards_on_both_sides_and_knees_bend_backwards():
    for side, sign in (("left", 1), ("right", -1)):
        shoulder = place(f"{side} upper arm")
        spread = place(f"{side} forearm", shoulder_spread=np.pi / 2)
        assert spread == pytest.approx(shoulder + np.array([0, sign * 0.145 * TALL, 0]))
    knee = place("left shank")
    assert place("left foot", knee=np.pi / 2) == pytest.approx(knee - np.array([0.215 * TALL, 0, 0]))


def test_the_spine_shares_its_bend():
    half, joint = 0.07 * TALL, place("waist")
    bent = place("chest", waist_bend=np.pi / 2)
    assert bent == pytest.approx(joint + half * np.sqrt(0.5) * np.array([1, 0, 1]))


@everyone
def test_the_mirror_image_of_a_pose_is_its_mirrored_pose(name):
    skeleton = SKELETONS[name]
    figure, pose_J = Figure(skeleton, skeleton.size), any_pose(Figure(skeleton, skeleton.size), 1)
    there, image = (pose(figure, one[None]).place_TL3[0] for one in (pose_J, mirrored(pose_J)))
    for index, link in enumerate(skeleton.links):
        side, _, rest = link.name.partition(" ")
        other = {"left": f"right {rest}", "right": f"left {rest}"}.get(side, link.name)
        assert image[skeleton.link(other)] == pytest.approx(there[index] * [1, -1, 1], abs=1e-12)


@everyone
def test_at_rest_a_creature_is_its_asset_round_its_centre_of_mass(name):
    skeleton = SKELETONS[name]
    size = np.array(skeleton.size) * [1.05, 0.97, 1.1]
    still = posed_parts(name, size, np.zeros((1, len(JOINTS))))[0]
    asset = primitives(name, size)
    assert still[:, :3] == pytest.approx(np.array([part.centre for part in asset]), abs=1e-9)
    assert np.abs(np.sum(still[:, 3:] * [part.rotation for part in asset], axis=1)) == pytest.approx(1.0)


def sampled(part, size, rng, count=1500):
    """Points (N, 3) spread evenly in a part, in the frame of its link."""
    half = np.asarray(part.half) @ size
    more = {"torus": (half[2], half[2], 0), "capsule": (0, 0, half[0])}.get(part.shape, (0, 0, 0))
    box = half + np.array(more)
    points = rng.uniform(-1, 1, (20 * count, 3)) * box
    x, y, z = points.T
    round_ = np.hypot(x, y)
    inside = {
        "ellipsoid": lambda: ((points / half) ** 2).sum(1) < 1,
        "capsule": lambda: np.hypot(round_, np.maximum(np.abs(z) - half[2], 0)) < half[0],
        "cone": lambda: round_ < half[0] * (1 - z / half[2]) / 2,
        "torus": lambda: np.hypot(round_ - half[0], z) < half[2],
    }[part.shape]()
    chosen = points[inside][:count]
    return np.asarray(part.centre) @ size + rotate(np.asarray(part.rotation), chosen), np.prod(2 * box) * inside.mean()


def test_masses_and_momentum_match_sampled_points():
    rng = np.random.default_rng(0)
    rates = np.where(any_pose(GIRL, 4) != 0, rng.normal(0, 3, len(JOINTS)), 0)
    step, middle = 1e-4, any_pose(GIRL, 3)
    before, after = (pose(GIRL, (middle + shift * rates)[None]) for shift in (-step / 2, step / 2))
    now = pose(GIRL, middle[None])
    start, end, here, weight = [], [], [], []
    for index, link in enumerate(GIRL.skeleton.links):
        for part in link.parts:
            points, volume = sampled(part, GIRL.extents, rng)
            for frames, out in ((before, start), (after, end), (now, here)):
                out.append(frames.place_TL3[0, index] + rotate(frames.turn_TL4[0, index], points))
            weight.append(np.full(len(points), volume * link.weight / len(points)))
    start, end, here, weight = (np.concatenate(it) for it in (start, end, here, weight))
    weight /= weight.sum()
    centre = weight @ here
    assert centre_of_mass(GIRL, now)[0] == pytest.approx(centre, abs=2e-3)
    arm_N3 = here - centre
    square = np.einsum("n,ni,nj->ij", weight, arm_N3, arm_N3)
    expected = np.trace(square) * np.eye(3) - square
    assert inertia(GIRL, now)[0] == pytest.approx(expected, abs=0.02 * np.trace(expected))
    velocity = (end - start) / step
    momentum = weight @ np.cross(arm_N3, velocity - weight @ velocity)
    assert inner_momentum(GIRL, before, after, step)[0] == pytest.approx(momentum, abs=0.03 * np.linalg.norm(momentum))


def test_limbs_reach_what_is_in_reach():
    turn_T4 = product(about("z", np.array([0.0, 0.4])), about("y", np.array([0.0, 0.2])))
    root_T3, target_T3 = np.array([[0, 0, 0.8]] * 2), np.array([[0.3, 0.12, 0.02], [-0.1, 0.25, 0.3]])
    for it in (leg(MAN, "left"), leg(MAN, "right")):
        goal_T3 = target_T3 * ([1, 1, 1] if it.side == "left" else [1, -1, 1])
        found = plant(
            MAN, it, np.zeros((2, len(JOINTS))), root_T3=root_T3, turn_T4=turn_T4, target_T3=goal_T3, pitch_T=0.0
        )
        sole_T3 = root_T3 + rotate(turn_T4, pose(MAN, found).point(MAN.skeleton.link(it.links[2]), it.sole))
        assert sole_T3 == pytest.approx(goal_T3, abs=1e-3)
    assert arm(MAN, "left").joint("elbow") == INDEX["left elbow"]


def contact(motion, side):
    """The lowest place of a sole (T, 3): the heel or the ball, and what each does."""
    spots = np.array([motion.point(f"{side} foot", np.array(spot) * motion.figure.size[2]) for spot in (HEEL, BALL)])
    return spots, spots[..., 2].argmin(axis=0)


def slip(motion):
    """Greatest speed of the place that touches the ground, m/s, and how far soles are from the ground, m."""
    speeds, heights = [0.0], [0.0]
    for side in ("left", "right"):
        spots, lowest = contact(motion, side)
        on = motion.standing[f"{side} foot"]
        both = on[1:] & on[:-1] & (lowest[1:] == lowest[:-1])
        step = np.linalg.norm(np.diff(spots[..., :2], axis=1), axis=-1) / np.diff(motion.time_T)
        speeds += step[lowest[1:], np.arange(len(on) - 1)][both].tolist()
        heights += spots[lowest, np.arange(len(on)), 2][on].tolist()
    return max(speeds), float(np.abs(heights).max())


def within_limits(motion):
    low, high = motion.figure.skeleton.limits_J2.T
    return bool(((motion.angles_TJ >= low - 1e-6) & (motion.angles_TJ <= high + 1e-6)).all())


@pytest.mark.parametrize(("style", "speed"), [(style, 3.0 if style in ("run", "jog") else 1.1) for style in STYLES])
@pytest.mark.parametrize("figure", [MAN, GIRL], ids=["man", "girl"])
def test_walkers_do_not_slip(figure, style, speed):
    speed *= (figure.size[2] / 1.75) ** 0.5
    motion = walk(figure, np.arange(0, 0.9, FINE), speed=speed, style=style, seed=2)
    fastest, farthest = slip(motion)
    assert fastest < SLIP
    assert farthest < 0.002
    assert within_limits(motion)


def test_runners_fall_freely_while_both_feet_are_up():
    motion = walk(MAN, np.arange(0, 1.0, FINE), speed=3.2, style="run")
    up = ~(motion.standing["left foot"] | motion.standing["right foot"])
    assert 0.1 < up.mean() < 0.5
    bend = np.diff(motion.position_T3, 2, axis=0) / FINE**2
    free = up[2:] & up[1:-1] & up[:-2]
    assert bend[free] == pytest.approx(np.tile([0, 0, -GRAVITY], (free.sum(), 1)), abs=0.005 * GRAVITY)


@pytest.mark.parametrize("kind", ACTS)
def test_acts_stand_on_their_feet_and_stay_within_limits(kind):
    motion = act(MAN, np.arange(0, 3, 1 / 60), kind=kind, seed=3)
    fastest, farthest = slip(motion)
    assert fastest < SLIP
    assert farthest < 0.002
    assert within_limits(motion)


def momentum(motion):
    """Angular momentum (T - 1, 3) about the centre of mass in the world, per kg, between the samples."""
    its, frames = masses(motion.figure), motion.frames
    step = motion.time_T[1] - motion.time_T[0]
    inner_TL3 = frames.place_TL3 + rotate(frames.turn_TL4, its.centre_L3)
    place_TL3 = motion.root_T3[:, None] + rotate(motion.turn_T4[:, None], inner_TL3)
    turn_TL4 = product(np.broadcast_to(motion.turn_T4[:, None], frames.turn_TL4.shape), frames.turn_TL4)
    arm_TL3 = place_TL3 - np.einsum("l,tlk->tk", its.share_L, place_TL3)[:, None]
    spin_TL3 = vector_between(turn_TL4[:-1], turn_TL4[1:]) / step
    turn_TL33 = axes(product(of_vector(spin_TL3 * step / 2), turn_TL4[:-1]))
    square = turn_TL33 @ its.spread_L33 @ np.swapaxes(turn_TL33, -1, -2)
    own = np.trace(square, axis1=-2, axis2=-1)[..., None, None] * np.eye(3) - square
    orbit = np.cross((arm_TL3[1:] + arm_TL3[:-1]) / 2, np.diff(arm_TL3, axis=0) / step)
    return np.einsum("l,tlk->tk", its.share_L, orbit + np.einsum("tlij,tlj->tli", own, spin_TL3))


@pytest.mark.parametrize(
    ("kind", "figure"),
    [("jump", MAN), ("back flip", MAN), ("front flip", GIRL), ("double axel", MAN)],
    ids=lambda it: it if isinstance(it, str) else it.skeleton.name,
)
def test_flights_keep_gravity_and_angular_momentum(kind, figure):
    flown = Flown(figure, LEAPS[kind], 0.2)
    motion = flown.at(np.arange(flown.leave, flown.meet, FINE))
    bend = np.diff(motion.position_T3, 2, axis=0) / FINE**2
    assert bend == pytest.approx(np.tile([0, 0, -GRAVITY], (len(bend), 1)), abs=0.005 * GRAVITY)
    kept = momentum(motion)
    # A jump has next to none, so it is compared with that of a slow roll, one radian a second.
    assert np.ptp(kept, axis=0).max() < 0.01 * max(np.linalg.norm(kept.mean(0)), 0.2)
    assert within_limits(motion)


def test_a_tuck_spins_faster():
    flown = Flown(MAN, LEAPS["back flip"], 0.0)
    rate = np.linalg.norm(flown.spin.steps, axis=1)
    assert rate[len(rate) // 2] > 1.8 * rate[0]


@pytest.mark.parametrize("kind", ["jump", "back flip", "front flip"])
def test_leapers_stand_firmly_before_and_after(kind):
    flown = Flown(MAN, LEAPS[kind], 0.1)
    motion = flown.at(np.arange(0, flown.meet + 1, 1 / 120))
    fastest, farthest = slip(motion)
    # Just after a front flip the knees are so deep that the heels turn about the balls of the feet for a moment.
    assert fastest < (0.4 if kind == "front flip" else SLIP)
    assert farthest < 0.003
    assert within_limits(motion)
    assert rotate(motion.turn_T4[-1], np.array([0, 0, 1.0]))[2] > 0.95  # upright again
    assert motion.position_T3[-1, 2] > 0.5 * TALL


def test_a_flip_that_lacks_turn_ends_on_the_ground():
    flown = Flown(MAN, failed(LEAPS["back flip"], 0.9), 0.1)
    motion = flown.at(np.array([flown.meet + 1.0]))
    assert motion.position_T3[0, 2] < 0.35 * TALL
    assert np.linalg.norm(flown.spin.momentum) < np.linalg.norm(Flown(MAN, LEAPS["back flip"], 0.1).spin.momentum)


@pytest.mark.parametrize("gait", GAITS)
@pytest.mark.parametrize(("name", "speeds"), [("dog", (1.0, 2.2, 5.0)), ("cat", (0.6, 1.3, 3.5))])
def test_paws_stay_where_they_stand(name, speeds, gait):
    figure = figure_of(name, np.array(SKELETONS[name].size))
    speed = speeds[list(GAITS).index(gait)]
    motion = prowl(figure, np.arange(0, 0.7, FINE), speed=speed, gait=gait, seed=1)
    for side, ball in FEET:
        it = limb(figure, side, ball)
        sole_T3, on = motion.point(it.links[2], it.sole), motion.standing[it.links[2]]
        step = np.linalg.norm(np.diff(sole_T3, axis=0), axis=1) / FINE
        assert step[on[1:] & on[:-1]].max() < SLIP
        assert np.abs(sole_T3[on, 2]).max() < 0.002
    assert within_limits(motion)


@pytest.mark.parametrize("style", ["flap", "glide", "both"])
def test_birds_and_fish_move_forwards_within_limits(style):
    time_T = np.arange(0, 2, 1 / 24)
    bird = fly(figure_of("bird", np.array(SKELETONS["bird"].size)), time_T, speed=3.0, height=2.0, style=style)
    fish = swim(figure_of("fish", np.array(SKELETONS["fish"].size)), time_T, speed=0.8, height=1.0)
    for motion, speed in ((bird, 3.0), (fish, 0.8)):
        assert within_limits(motion)
        assert motion.root_T3[-1, 0] == pytest.approx(speed * time_T[-1])


@pytest.mark.parametrize("family", PEOPLE)
def test_families_make_worlds_that_hold_and_return_from_json(family):
    world = simulate(family, 5, seconds=4.0 if family == "player" else 2.0)  # a shot at a hoop takes its time
    facts = Facts.from_json(world.attrs["facts"])
    name = facts.things[0].actors[0]
    assert facts.family == family
    assert list(world.joint.values) == list(JOINTS)
    low, high = SKELETONS[facts.things[0].asset].limits_J2.T
    bent = world.joint_angle.sel(actor=name).values
    assert ((bent >= low - 1e-6) & (bent <= high + 1e-6)).all()
    assert from_json(world.to_json()).identical(world)
    if facts.direction:
        way = world.position.sel(actor=name, xyz="x").values
        assert (way[-1] > way[0]) == (facts.direction == "right")


def test_the_renderer_moves_parts_by_their_joints_between_the_samples():
    world = simulate("gesture", 2, seconds=1.0)
    stage, (it,) = set_stage(world), set_stage(world).creatures
    joints_TJ = world.joint_angle.values[it.actor]
    for k in (3, 17):
        exact = posed_parts(it.asset, it.size, joints_TJ[k][None])[0]
        assert parts_at(stage, float(world.time[k]))[it.rows] == pytest.approx(exact)
    between, (a, b) = parts_at(stage, float(world.time[3]) + 0.5 / world.rate)[it.rows], joints_TJ[3:5]
    assert between == pytest.approx(posed_parts(it.asset, it.size, (a + b)[None] / 2)[0], abs=0.02)


def test_every_action_is_told_in_many_ways():
    for key, patterns in SAYINGS.items():
        seen = [it for it in patterns if not it.startswith("~")]
        if key[2] == "":
            assert len(seen) >= 12, key
            assert len(patterns) - len(seen) >= 5, key
        assert any(it.startswith("=") for it in seen), key
        assert len(TAGS[key]) >= 2
