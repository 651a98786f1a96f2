"""Pictures of worlds whose look can be computed."""

import numpy as np
import pytest

from sora2lib.errors import RequestError
from sora2lib.kernels.textures import ATLAS, GROUND_LEVELS
from sora2lib.kernels.textures import GROUND_SIZE as N
from sora2lib.render import frames, motion, passes, render, sky
from sora2lib.render.grounds import pack, paint, relief
from sora2lib.render.scene import _setting, scene_at, set_stage, view_of
from sora2lib.world.schema import build

SIZE = {"width": 320, "height": 180}
FOV = 0.7


def make_world(bodies, *, samples=5, eye=(0, -5, 1.6), target=(0, 0, 0.5), paths=None, **values):
    """Bodies are (asset, material, size, colour, position)."""
    count = len(bodies)
    position = np.repeat(np.array([b[4] for b in bodies], float).reshape(count, 1, 3), samples, axis=1)
    for actor, path in (paths or {}).items():
        position[actor] = path
    defaults = {
        "asset": [b[0] for b in bodies],
        "material": [b[1] for b in bodies],
        "size": np.array([b[2] for b in bodies], float).reshape(count, 3),
        "colour": np.array([b[3] for b in bodies], float).reshape(count, 3),
        "density": np.full(count, 1000.0),
        "restitution": np.full(count, 0.5),
        "friction": np.full(count, 0.5),
        "gloss": np.full(count, 0.3),
        "fixed": np.zeros(count, bool),
        "position": position,
        "camera_eye": np.repeat([eye], samples, 0),
        "camera_target": np.repeat([target], samples, 0),
        "camera_fov": np.full(samples, FOV),
        "ground": "concrete",
        "sun_azimuth": 2.2,
        "sun_elevation": 0.8,
        "cloud": 0.0,
        "fog": 0.0,
        "ambience": "city",
        "ambience_level": 0.5,
    }
    names = [f"actor {k}" for k in range(count)]
    return build(actors=names, time=np.arange(samples) / 24, **(defaults | values))


def ball(x=0.0, y=0.0, z=0.3, diameter=0.6, colour=(0.8, 0.1, 0.1), material="rubber"):
    return ("ball", material, (diameter,) * 3, colour, (x, y, z))


def project(point, eye, target, width, height):
    forward = np.subtract(target, eye) / np.linalg.norm(np.subtract(target, eye))
    right = np.cross(forward, [0, 0, 1])
    right /= np.linalg.norm(right)
    ray = np.subtract(point, eye)
    scale = height / 2 / np.tan(FOV / 2) / (ray @ forward)
    return width / 2 + scale * (ray @ right), height / 2 - scale * (ray @ np.cross(right, forward))


def test_a_known_point_lands_on_its_pixel():
    where = (0.7, 0.4, 0.9)
    world = make_world([ball(*where, diameter=0.12)])
    seen = passes(world, 0.0, **SIZE)["segmentation"] == 0
    y, x = np.argwhere(seen).mean(0) + 0.5
    assert (x, y) == pytest.approx(project(where, (0, -5, 1.6), (0, 0, 0.5), **SIZE), abs=0.5)


def test_a_sphere_covers_the_area_of_the_formula():
    distance, radius = 4.0, 0.5
    world = make_world([ball(0, 0, 2, diameter=2 * radius)], eye=(0, -distance, 2), target=(0, 0, 2))
    seen = passes(world, 0.0, width=640, height=360)["segmentation"] == 0
    pixels = 180 / np.tan(FOV / 2)
    assert seen.sum() == pytest.approx(np.pi * pixels**2 * radius**2 / (distance**2 - radius**2), rel=3e-3)


def test_passes_measure_depth_along_the_axis_and_name_sky_and_ground():
    world = make_world([ball(0, 0, 2, diameter=1.0)], eye=(0, -4, 2), target=(0, 0, 2))
    out = passes(world, 0.0, width=101, height=101)
    assert out["depth"].dtype == np.float32
    assert out["segmentation"].dtype == np.int16
    assert out["depth"][50, 50] == pytest.approx(3.5, abs=1e-3)
    assert out["normals"][50, 50] == pytest.approx([0, -1, 0], abs=0.03)
    assert out["segmentation"][0, 0] == -1
    assert np.isinf(out["depth"][0, 0])
    assert out["segmentation"][100, 0] == -2
    assert out["normals"][100, 0] == pytest.approx([0, 0, 1])
    slope = (100.5 / 101 * 2 - 1) * np.tan(FOV / 2)
    assert out["depth"][100, 0] == pytest.approx(2 / slope, rel=1e-3)


def test_a_symmetric_world_gives_symmetric_passes():
    world = make_world([ball(-0.8), ball(0.8), ("block", "wood", (0.5,) * 3, (0.2, 0.3, 0.8), (0, 0.5, 0.25))])
    out = passes(world, 0.0, **SIZE)
    mirrored = out["segmentation"][:, ::-1].copy()
    mirrored[mirrored == 0], mirrored[mirrored == 1] = 99, 0
    mirrored[mirrored == 99] = 1
    assert (mirrored != out["segmentation"]).mean() < 1e-3
    same = np.isfinite(out["depth"]) & (mirrored == out["segmentation"])
    assert np.abs(out["depth"][same] - out["depth"][:, ::-1][same]).max() < 2e-3


def test_flow_leads_a_moving_ball_to_its_next_place():
    step, place = np.array([0.05, 0.0, 0.02]), np.array([0.2, 0.0, 1.0])
    path = place + np.arange(5)[:, None] * step
    eye, target = (0, -5, 1.6), (0, 0, 0.5)
    out = passes(make_world([ball(*place)], paths={0: path}), 1 / 24, **SIZE)
    x, y = project(path[1], eye, target, **SIZE)
    near = path[1] - 0.3 * (path[1] - eye) / np.linalg.norm(path[1] - eye)
    want = np.subtract(project(near + step, eye, target, **SIZE), project(near, eye, target, **SIZE))
    assert out["flow"][int(y), int(x)] == pytest.approx(want, abs=0.02)
    assert np.abs(out["flow"][out["segmentation"] < 0]).max() < 1e-2
    half = passes(make_world([ball(*place)], paths={0: path}), 1 / 24, fps=48, **SIZE)
    assert half["flow"][int(y), int(x)] == pytest.approx(want / 2, abs=0.05)


def test_flow_of_a_turning_ball_follows_its_surface():
    angle = 0.2 * np.arange(5)
    rotation = np.stack([np.cos(angle / 2), 0 * angle, 0 * angle, np.sin(angle / 2)], 1)[None]
    world = make_world([ball(0, 0, 2, diameter=1.0)], eye=(0, -4, 2), target=(0, 0, 2), rotation=rotation)
    out = passes(world, 0.0, width=101, height=101)
    pixels = 101 / 2 / np.tan(FOV / 2)
    assert out["flow"][50, 50] == pytest.approx([pixels * 0.5 * np.sin(0.2) / (4 - 0.5 * np.cos(0.2)), 0], abs=0.05)


def test_a_panning_camera_moves_sky_and_ground_the_other_way():
    angle = 0.02 * np.arange(5)
    target = np.stack([5 * np.sin(angle), 5 * np.cos(angle) - 5, np.full(5, 1.6)], 1)
    out = passes(make_world([ball(40)], camera_target=target), 0.0, width=160, height=90)
    shift = -45 / np.tan(FOV / 2) * np.tan(0.02)
    assert out["flow"][40, 80] == pytest.approx([shift, 0], abs=0.05)
    assert out["flow"][50, 80] == pytest.approx([shift, 0], abs=0.05)
    assert (out["segmentation"][40, 80], out["segmentation"][50, 80]) == (-1, -2)


def test_edges_are_outlines_and_folds():
    world = make_world([("block", "wood", (1.0,) * 3, (0.2, 0.3, 0.8), (0, 0, 0.5))], eye=(2, -4, 2.5))
    out = passes(world, 0.0, **SIZE)
    block, edges = out["segmentation"] == 0, out["edges"]
    outline = block & ~(np.roll(block, 1, 0) & np.roll(block, -1, 0) & np.roll(block, 1, 1) & np.roll(block, -1, 1))
    assert edges.dtype == np.float32
    assert (edges[outline] == 1).all()
    assert edges[~block].sum() < 1.5 * outline.sum()
    inner = block & ~outline & (edges > 0.5)
    assert 20 < inner.sum() < 0.15 * block.sum()  # three visible folds
    beside = block | np.roll(block, 1, 0) | np.roll(block, -1, 0) | np.roll(block, 1, 1) | np.roll(block, -1, 1)
    assert edges[~beside].max() == 0


def test_the_shadow_falls_where_the_sun_puts_it():
    azimuth, elevation, height = 0.6, 0.9, 1.2
    above = make_world(
        [ball(0, 0, height, diameter=0.3)],
        eye=(0, -0.02, 9),
        target=(0, 0, 0),
        sun_azimuth=azimuth,
        sun_elevation=elevation,
        ground="snow",
    )
    bare = make_world(
        [ball(50, 0, 1)],
        eye=(0, -0.02, 9),
        target=(0, 0, 0),
        sun_azimuth=azimuth,
        sun_elevation=elevation,
        ground="snow",
    )
    first, second = (next(render(w, width=240, height=240, fps=24)).astype(float).sum(-1) for w in (above, bare))
    dark = (second - first) / second
    dark[passes(above, 0.0, width=240, height=240)["segmentation"] == 0] = 0
    weight = np.where(dark > 0.15, dark, 0)
    y, x = (weight * np.indices(weight.shape)).sum((1, 2)) / weight.sum() + 0.5
    shift = height / np.tan(elevation)
    foot = (-shift * np.cos(azimuth), -shift * np.sin(azimuth), 0)
    assert (x, y) == pytest.approx(project(foot, (0, -0.02, 9), (0, 0, 0), 240, 240), abs=0.7)


def falling(samples=6):
    t = np.arange(samples) / 24
    return np.stack([0.3 * t, np.zeros(samples), 1.2 - 4.905 * t**2], 1)


def busy_world(**values):
    bodies = [
        ball(0, 0, 1),
        ("block", "plastic", (0.4,) * 3, (0.1, 0.2, 0.8), (-0.9, 0.4, 0.2)),
        ball(0.9, 0.2, 0.3, material="steel"),
        ball(-0.3, -0.9, 0.15, diameter=0.3, material="glass"),
        ("hoop", "steel", (0.46, 0.46, 1.2), (0.9, 0.3, 0.1), (1.3, 1.0, 1.2)),
    ]
    return make_world(bodies, samples=6, paths={0: falling()}, **values)


@pytest.mark.parametrize("ground", ["concrete", "ice"])
def test_repainting_only_what_changed_equals_painting_all(ground):
    stage = set_stage(busy_world(ground=ground))
    canvas = frames.Canvas(320, 180, len(stage.looks))
    for k in range(6):
        scene = scene_at(stage, k / 24, 320, 180)
        fresh = frames.Canvas(320, 180, len(stage.looks))
        assert np.array_equal(canvas.draw(scene), fresh.draw(scene))


def test_repainting_leaves_most_tiles_alone():
    stage = set_stage(make_world([ball(0, 0, 1), ball(1.5)], samples=6, paths={0: falling()}))
    canvas = frames.Canvas(320, 180, len(stage.looks))
    first, second = scene_at(stage, 0.0, 320, 180), scene_at(stage, 1 / 24, 320, 180)
    canvas.draw(first)
    stale = frames.touched(canvas.boxes, first, second, np.array([0]), 320, 180)
    assert 0 < len(stale) < 0.3 * len(canvas.boxes)


def test_the_same_world_gives_the_same_frames():
    world = busy_world(sun_elevation=-0.5)
    first, second = (np.stack(list(render(world, fps=24, **SIZE))) for _ in range(2))
    assert first.shape == (5, 180, 320, 3)
    assert first.dtype == np.uint8
    assert np.array_equal(first, second)


def test_frames_follow_the_clock():
    world = make_world([ball()], samples=25)
    assert len(list(render(world, fps=12, width=16, height=9))) == 12
    assert len(list(render(world, fps=30, seconds=0.5, width=16, height=9))) == 15
    assert len(list(render(world, fps=24, start=0.5, width=16, height=9))) == 12


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"width": 0}, "0x9"),
        ({"height": 40000}, "16x40000"),
        ({"fps": 0}, "fps 0"),
        ({"fps": float("nan")}, "fps nan"),
        ({"start": -1.0}, "start -1.0"),
    ],
)
def test_what_cannot_be_drawn_is_refused_by_name(wrong, named):
    with pytest.raises(RequestError, match=named):
        render(make_world([ball()]), **({"width": 16, "height": 9, "fps": 24} | wrong))


def test_motion_is_exact_at_samples_and_in_free_flight():
    world = make_world([ball()], samples=13, paths={0: np.add(falling(13), [0, 0, 2])})
    moves = motion.read_motion(world)
    for k in range(13):
        assert np.array_equal(motion.positions_at(moves, k / 24)[0], world.position.values[0, k])
    t = 0.2137
    want = [0.3 * t, 0, 3.2 - 4.905 * t**2]
    assert motion.positions_at(moves, t)[0] == pytest.approx(want, abs=1e-9)


def test_a_bounce_stays_sharp_between_samples():
    t, moment, speed = np.arange(13) / 24, 0.2604, 3.0

    def height(t):
        since = np.asarray(t) - moment
        return np.where(since < 0, 0.3 - speed * since - 4.905 * since**2, 0.3 + 0.8 * speed * since - 4.905 * since**2)

    path = np.stack([np.zeros(13), np.zeros(13), height(t)], 1)
    moves = motion.read_motion(make_world([ball()], samples=13, paths={0: path}))
    fine = np.linspace(0.2, 0.33, 60)
    drawn = np.array([motion.positions_at(moves, s)[0, 2] for s in fine])
    assert np.abs(drawn - height(fine)).max() < 0.01
    assert drawn.min() > 0.29


def test_turning_is_even_between_samples():
    angle = 0.3 * np.arange(5)
    rotation = np.stack([np.cos(angle / 2), 0 * angle, 0 * angle, np.sin(angle / 2)], 1)[None]
    rotation[:, 3] *= -1  # the same turn, the other sign
    moves = motion.read_motion(make_world([ball()], rotation=rotation))
    q = motion.rotations_at(moves, 2.25 / 24)[0]
    assert 2 * np.arctan2(q[3], q[0]) == pytest.approx(0.3 * 2.25)
    q = motion.rotations_at(moves, 2.75 / 24)[0]
    assert np.abs([q[0], q[3]]) == pytest.approx([np.cos(0.4125), np.sin(0.4125)])


def test_the_camera_does_not_glide_across_a_cut():
    eye = np.repeat([[0.0, -5, 1]], 6, 0)
    eye[3:, 0] = 4.0
    world = make_world(
        [ball()], samples=6, camera_eye=eye, camera_target=np.zeros((6, 3)), camera_cut=np.arange(6) == 3
    )
    moves = motion.read_motion(world)
    assert motion.camera_at(moves, 2.9 / 24)[0][0] == 0.0
    assert motion.camera_at(moves, 3 / 24)[0][0] == 4.0


def test_positive_roll_turns_the_picture_clockwise():
    view = view_of(np.array([0.0, -5, 1]), np.array([0.0, 0, 1]), 0.3, FOV, 160, 90)
    assert view[2] > 0  # the camera's right points up, so things sink to the right


def test_the_sun_is_warmer_when_low_and_the_night_is_dark():
    noon, dusk, night = (sky.make_sky(1.0, e, 0.1, 0.0, np.full(3, 0.3)) for e in (1.1, 0.1, -0.5))
    assert noon.key[0] / noon.key[2] < 1.6 < dusk.key[0] / dusk.key[2]
    level = [float(s.exposure * (s.key * s.light[2] + s.ambient[:, 0]).mean()) for s in (noon, dusk, night)]
    assert level[0] > level[1] > level[2] > 0.05
    assert (noon.stars, dusk.stars) == (0, 0)
    assert night.stars > 0.5


def test_the_sky_around_a_low_sun_is_bright_to_its_rim():
    for azimuth in (0.0, 0.3, 2.5):
        dome = sky.make_sky(azimuth, 0.08, 0.1, 0.0, np.full(3, 0.3)).dome
        assert np.isfinite(dome).all()


def test_clouds_and_fog_soften_the_key_light():
    clear, covered, foggy = (
        sky.make_sky(1.0, 0.8, c, f, np.full(3, 0.3)) for c, f in ((0.1, 0), (0.95, 0), (0.6, 0.07))
    )
    assert covered.key.sum() < 0.2 * clear.key.sum()
    assert min(covered.softness, foggy.softness) > 4 * clear.softness


def test_the_ambient_light_of_an_even_sky_is_even():
    towards = sky._directions(400)
    fit = sky._ambient(np.ones((400, 3)), towards, np.ones(3))
    assert fit[:, 0] == pytest.approx(np.ones(3), rel=0.02)
    assert np.abs(fit[:, 1:]).max() < 0.02


def test_the_display_curve_rises_from_black_to_white():
    curve = sky.display_curve()
    assert (np.diff(curve) >= 0).all()
    assert curve[0] < 1.5
    assert curve[-1] == pytest.approx(255, abs=1)


def test_far_ground_meets_the_sky_without_a_seam():
    frame = next(render(make_world([ball(40)], eye=(0, -5, 1.6), target=(0, 5, 1.6)), fps=24, width=160, height=180))
    rows = frame.astype(float).mean((1, 2))
    assert np.abs(np.diff(rows))[88:90].max() < 2
    assert np.abs(np.diff(rows))[85:95].max() < 12


def test_an_empty_world_is_a_landscape():
    frame = next(render(make_world([]), fps=24, **SIZE))
    assert frame.std() > 5


def plainly_packed(floor, shape):
    """The twin of what packs a ground: every level the mean of the one before."""
    picture = np.concatenate([floor.colour, np.square(shape / 2)[..., None]], axis=-1).astype(np.float32)
    for level in range(GROUND_LEVELS):
        size = N >> level
        picture = picture if level == 0 else picture.reshape(size, 2, size, 2, 4).mean((1, 3))
        lanes = np.rint(255 * np.sqrt(np.clip(picture, 0, 1))).astype(np.int64)
        yield level, size, sum(lanes[..., lane] << 16 * lane for lane in range(4))


def test_a_packed_ground_holds_all_its_levels_to_the_last_bit():
    floor, light = paint("wood floor"), np.array([0.6, 0.0, 0.8])
    atlas = pack(floor, relief(floor, light, 0.1)).reshape(N + GROUND_LEVELS, ATLAS)
    for level, size, texels in plainly_packed(floor, relief(floor, light, 0.1)):
        top, left = (N - 2 * size + level, N + 1) if level else (0, 0)
        assert (atlas[top : top + size, left : left + size] == texels).all()


@pytest.mark.parametrize("other", [{"cloud": 0.9}, {"sun_azimuth": 2.5}, {"ground": "sand"}])
def test_a_setting_is_that_of_its_own_world(world, other):
    """What was kept of one place and light is not taken for another's."""

    def first(it):
        return next(iter(render(it, width=64, height=36, fps=24)))

    before, changed = first(world), first(world.assign(other))
    _setting.cache_clear()
    assert (first(world.assign(other)) == changed).all()
    assert (before != changed).any()
