"""Nouns in a world: they roll, they are written and read, and their boards are traced, lit and shaded as drawn."""

import numpy as np
import pytest

from sora2lib.errors import WorldError
from sora2lib.kernels import cutouts as kernels
from sora2lib.kernels import layout as at
from sora2lib.model import tokens
from sora2lib.render import passes
from sora2lib.render.cutouts import BAKED, card
from sora2lib.render.materials import linear
from sora2lib.render.scene import scene_at, set_stage
from sora2lib.world import schema
from sora2lib.world.assets import find
from sora2lib.world.cutouts import catalogue, picture
from sora2lib.world.mechanics import play
from sora2lib.world.naming import NOUNS
from sora2lib.world.stage import Body

FLAT = (np.sqrt(0.5), np.sqrt(0.5), 0.0, 0.0)
SAMPLES = 2 * tokens.STRIDE + 1


def world_of(asset, *, height=0.5, rotation=(1.0, 0, 0, 0), eye=(0, -40.0, 0.5)):
    """A world in which one thing, a metre large, stands still."""
    size = np.array(find(asset).size)
    still = np.ones((SAMPLES, 1))
    return schema.build(
        actors=["it"],
        time=np.arange(SAMPLES) / schema.RATE,
        asset=[asset],
        material=["foam"],
        size=[size / size.max()],
        colour=[(0.5, 0.5, 0.5)],
        density=[100.0],
        restitution=[0.3],
        friction=[0.5],
        gloss=[0.3],
        fixed=[False],
        position=still[None] * (0, 0, height),
        rotation=still[None] * rotation,
        camera_eye=still * eye,
        camera_target=still * (0, 0, height),
        camera_fov=np.full(SAMPLES, 0.03),
        ground="concrete",
        sun_azimuth=0.0,
        sun_elevation=np.pi / 2,
        cloud=0.0,
        fog=0.0,
        ambience="room",
        ambience_level=0.2,
    )


@pytest.mark.parametrize("name", ["french fries", "dog", "wheel"])
def test_a_board_is_seen_in_its_pictures_outline(name):
    drawn = passes(world_of(f"noun:{name}"), 0.0, width=150, height=150)
    seen = drawn["segmentation"] == 0
    solid = picture(name)[..., 3] >= 128
    rows, columns = (np.flatnonzero(seen.any(axis=axis)) for axis in (1, 0))
    seen = seen[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    y, x = ((np.arange(n) + 0.5) / n for n in seen.shape)
    wanted = solid[np.ix_((y * solid.shape[0]).astype(int), (x * solid.shape[1]).astype(int))]
    assert (seen & wanted).sum() > 0.95 * (seen | wanted).sum()


def test_faces_look_at_the_camera_and_lie_half_the_thickness_ahead():
    drawn = passes(world_of("noun:coin"), 0.0, width=31, height=31)
    assert drawn["normals"][15, 15] == pytest.approx([0, -1, 0], abs=1e-3)
    assert drawn["depth"][15, 15] == pytest.approx(40 - 0.15 / 2, abs=1e-3)
    solid = drawn["segmentation"] == 0
    assert np.linalg.norm(drawn["normals"][solid], axis=-1) == pytest.approx(1, abs=1e-4)


def disc_gap(x, y, z, radius, half):
    """The twin: signed distance to a disc drawn out along y, its rim rounded."""
    rim = 0.7 * half
    u, v = np.hypot(x, z) - radius + rim, np.abs(y) - (half - rim)
    return np.minimum(np.maximum(u, v), 0) + np.hypot(np.maximum(u, 0), np.maximum(v, 0)) - rim


def test_the_distance_to_a_coin_is_that_of_a_disc():
    scene = scene_at(set_stage(world_of("noun:coin")), 0.0, 64, 64)
    points = np.random.default_rng(5).uniform(-0.6, 0.6, (300, 3)) * (1, 0.25, 1)
    found = [kernels._gap(scene.body, 0, scene.cards, *np.float32(point)) for point in points]
    wanted = disc_gap(*points.T, 0.5, 0.075)
    near = np.abs(wanted) < 0.2
    assert near.sum() > 100
    assert np.array(found)[near] == pytest.approx(wanted[near], abs=2.5 / 160)


def test_a_disc_shades_a_disc():
    scene = scene_at(set_stage(world_of("noun:coin", height=1.0, rotation=FLAT)), 0.0, 64, 64)
    x, y = np.random.default_rng(6).uniform(-0.7, 0.7, (2, 200)).astype(np.float32)
    block = np.zeros(at.ROWS * at.PITCH, np.float32)
    block[at.PX : at.PX + 200], block[at.PY : at.PY + 200] = x, y
    block[at.ID : at.ID + 200], block[at.T : at.T + 200], block[at.FOOT : at.FOOT + 200] = at.GROUND, 1, 1e-3
    block[at.SUN : at.SUN + 200] = 1
    air = scene.air.copy()
    air[at.SOFTNESS] = 1e-3
    box = np.array([-9, 9, -9, 9, -9, 9, -9, 9, -9, 9, -9, 9], np.float32)
    kernels.shade_by_cutouts(block, 200, scene.body, scene.tags, scene.extent, scene.cards, air, box)
    sun, radius = block[at.SUN : at.SUN + 200], np.hypot(x, y)
    assert (sun[radius < 0.48] < 0.02).all()
    assert (sun[radius > 0.52] > 0.98).all()
    assert 50 < (radius < 0.48).sum() < 150


def test_a_card_holds_the_pictures_colours_and_fills_its_surroundings():
    texels, side = card("noun:banana"), kernels.SIDE
    square = texels[: side * side].reshape(side, side, 4)
    seen = picture("banana")
    top, left = (side - seen.shape[0]) // 2, (side - seen.shape[1]) // 2
    middle = tuple(np.argwhere(seen[..., 3] == 255).mean(0).astype(int))
    own = BAKED * linear(seen[middle][:3] / 255)
    assert square[top + middle[0], left + middle[1], :3] == pytest.approx(own, abs=1e-3)
    assert (square[..., 3] < 0).mean() == pytest.approx((seen[..., 3] >= 128).sum() / side**2, abs=0.01)
    assert square[0, 0, :3].min() > 0 or square[0, 0, :3].max() > 0.05


def test_a_wheel_rolls_and_keeps_its_rim_on_the_ground():
    wheel = catalogue()["wheel"]
    radius = wheel.size[0] / 2
    body = Body(
        name="wheel",
        asset="noun:wheel",
        material=wheel.material,
        size=wheel.size,
        colour=wheel.colour,
        density=wheel.density,
        restitution=0.1,
        friction=0.6,
        gloss=0.3,
        position=(0.0, 0.0, radius),
        rotation=(1.0, 0.0, 0.0, 0.0),
        velocity=(1.0, 0.0, 0.0),
        spin=(0.0, 1.0 / radius, 0.0),
        joint="free",
    )
    take = play((body,), ground="concrete", samples=25)
    way, turn = take.position_AT3[0], take.rotation_AT4[0]
    angle = 2 * np.unwrap(np.arctan2(turn[:, 2], turn[:, 0]))
    assert way[-1, 0] == pytest.approx(radius * angle[-1], rel=0.01)
    assert way[-1, 0] > 0.8
    assert way[:, 2] == pytest.approx(radius, abs=0.005)


def test_nouns_survive_rows_and_files():
    world = world_of("noun:pizza")
    assert tokens.decode(tokens.encode(world)).asset.values.tolist() == ["noun:pizza"]
    rows = tokens.encode(world)
    assert tokens.decode(rows, assets=("ball", "box")).asset.values[0] in ("ball", "box")
    assert schema.from_json(world.to_json()).asset.values.tolist() == ["noun:pizza"]


def test_a_noun_without_a_picture_is_told():
    with pytest.raises(WorldError, match="'noun:quasar' is not in the library"):
        find("noun:quasar")
    world = world_of("noun:pizza")
    world["asset"] = world.asset.copy(data=["noun:quasar"])
    with pytest.raises(WorldError, match="noun:quasar"):
        world.validate()


def test_captions_call_a_picture_by_its_name():
    one = [NOUNS["noun:mouse"].train[0], NOUNS["noun:french fries"].train[0]]
    assert one == [("mouse", "mice"), ("french fries", "french fries")]
    assert "noun:" not in str(NOUNS["noun:glass of milk"])
