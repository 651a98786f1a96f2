"""A picture that hangs behind a world: kept with it, seen where it was seen, filled in where things stood before it."""

import math
from dataclasses import replace

import imageio.v3 as imageio
import numpy as np
import pytest
from numpy.testing import assert_allclose

import sora2lib as sora
from sora2lib import media
from sora2lib.backdrop import LONGEST_SIDE, Backdrop, behind, hung, kept
from sora2lib.camera import Camera, Pose
from sora2lib.errors import MediaError, RequestError
from sora2lib.fitting.fit import fit
from sora2lib.fitting.scenery import filled, scenery
from sora2lib.pipeline import notices, tilted
from sora2lib.recipe import Recipe, fingerprint
from sora2lib.render.backdrop import NOWHERE, hung_up, levels_of, light_of, misted, opened, relit
from sora2lib.render.frames import passes, render
from sora2lib.render.panorama import gone_on
from sora2lib.render.scene import scene_at, set_stage
from sora2lib.render.sky import display_curve, make_sky
from sora2lib.start import Start
from sora2lib.world.schema import from_json, load_world, save_world

FOV = 0.8
WIDTH, HEIGHT = 160, 90


def striped():
    """Upright stripes of grey, red, green and blue above a brown ground, (HEIGHT, WIDTH, 3)."""
    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    for index, colour in enumerate([(150, 150, 150), (180, 60, 60), (60, 160, 60), (60, 60, 180)]):
        picture[:, index * 40 : index * 40 + 40] = colour
    picture[HEIGHT // 2 :] = (110, 80, 50)
    return picture


@pytest.fixture
def level(world):
    """The falling ball before a level camera that sees the stripes where their own camera did."""
    return world.assign(camera_target=world.camera_target + np.array([0, 0, 1.0]))


@pytest.fixture
def before(level):
    return hung(level, media.jpeg(striped()), pitch=0.0, fov=FOV, timed=True)


def first(world, width=WIDTH, height=HEIGHT):
    return next(render(world, width=width, height=height, fps=24, start=1.9, seconds=0.05))


def off(one, other):
    return float(np.abs(one.astype(float) - other).mean())


def test_the_first_camera_sees_the_picture_as_it_is(before, level):
    shown, sky = first(before)[9:40, 10:150], striped()[9:40, 10:150]
    assert off(shown, sky) < 6  # of 255, edges of stripes and all that JPEG does
    assert off(first(level)[9:40, 10:150], sky) > 40


def test_a_camera_that_turns_moves_it_by_its_angle(before):
    turned = first(Camera.static(Pose((0, -6, 1.5), (math.tan(0.3) * 6, 0, 1.5), fov=math.degrees(FOV))).film(before))
    # The border of red and green lies in the middle of the picture.
    column = WIDTH / 2 - math.tan(0.3) / math.tan(FOV / 2) * HEIGHT / 2
    row = turned[20].astype(int)
    assert np.argmax(row[:, 1] - row[:, 0] > 0) == pytest.approx(column, abs=2)


def test_it_is_as_far_away_as_the_sky(before):
    there = Camera.static(Pose((3, -6, 1.5), (3, 0, 1.5), fov=math.degrees(FOV))).film(before)
    assert off(first(there)[5:40], first(before)[5:40]) < 0.5


def test_what_shows_it_counts_as_sky_and_what_stands_before_it_does_not(before, level):
    seen, bare = (passes(it, 1.9, width=WIDTH, height=HEIGHT) for it in (before, level))
    near, far = bare["depth"] < 8, (bare["depth"] > 60) & np.isfinite(bare["depth"])
    assert far.any()
    assert (seen["segmentation"][far] == -1).all()
    assert np.isinf(seen["depth"][far]).all()
    assert (seen["depth"][near] == bare["depth"][near]).all()
    assert ((seen["segmentation"] == 0) == (bare["segmentation"] == 0)).all()


def test_nothing_hangs_behind_a_world_without_it(level):
    stage = set_stage(level)
    scene = scene_at(stage, 0.0, 64, 36)
    assert stage.setting.hung is None
    assert scene.hung is NOWHERE["hung"]


def test_looking_anywhere_shows_neither_rim_nor_hole(before):
    for turn in np.arange(0, 360, 30):
        x, y = math.sin(math.radians(turn)), math.cos(math.radians(turn))
        shown = first(Camera.static(Pose((0, -6, 1.5), (6 * x, 6 * y - 6, 2.0))).film(before), 96, 54).astype(int)
        step = np.abs(np.diff(shown[4:20], axis=1)).max(axis=(0, 2))
        edges = 3 if turn in (0, 30, 330, 60, 300) else 0  # of stripes, or of their mirror images
        assert (step > 40).sum() <= 4 * edges
        assert shown.min(axis=-1).max() > 0


def test_where_the_mirror_images_of_both_sides_meet_all_is_even():
    light = light_of(striped())
    axes = np.array([[0, 1.0, 0], [0.6, 0, 0], [0, 0, 1.0]])  # so that they do not meet as one image would go on
    around, cover = gone_on(light, axes)
    assert_allclose(around[:, 0], around[:, -1], atol=0.02)
    assert cover.max() == 1
    assert cover[0].max() == 0  # the zenith is the world's


def test_light_is_what_the_film_shows_as_the_picture():
    greys = np.repeat(np.arange(1, 250, dtype=np.uint8)[None, :, None], 3, axis=-1)
    light = light_of(greys)[0, :, 0]
    shown = display_curve()[(light.view(np.int32) >> 15) - ((127 - 14) << 8)]
    assert_allclose(shown, np.arange(1, 250), atol=2.0)


def test_at_night_it_is_darker_and_fog_hides_it():
    light, floor = light_of(striped()), np.full(3, 0.3)
    drop = Backdrop(media.jpeg(striped()), 0.0, 0.0, FOV, sun=0.6)
    night = relit(light, drop, make_sky(0.0, -0.5, 0.1, 0.0, floor), -0.5, 0.1, floor)
    assert (night < 0.5 * light).all()
    assert relit(light, drop, make_sky(0.0, 0.6, 0.1, 0.0, floor), 0.6, 0.1, floor) is light
    assert_allclose(
        misted(light, 0.5, np.array([0.3, 0.4, 0.5])), np.broadcast_to([0.3, 0.4, 0.5], light.shape), atol=1e-6
    )
    assert_allclose(misted(light, 0.0, np.zeros(3)), light, rtol=1e-6)


def test_the_ground_takes_the_colour_of_the_pictures():
    drop, floor = Backdrop(media.jpeg(striped()), math.pi / 2, 0.0, FOV, 0.6), np.full(3, 0.1)
    _, tint = hung_up(drop, make_sky(0.5, 0.6, 0.1, 0.0, floor), 0.6, 0.1, 0.0, floor, 0)
    assert tint[0] > tint[1] > tint[2]


def test_levels_of_detail_keep_the_light():
    light = np.random.default_rng(0).random((64, 96, 3)).astype(np.float32)
    assert_allclose([it.mean() for it in levels_of(light)], light.mean(), rtol=1e-5)


def test_a_world_brings_it_along(before, level, tmp_path):
    save_world(before, tmp_path / "world.nc")
    for again in (from_json(before.to_json()), load_world(tmp_path / "world.nc"), before.isel(time=slice(3, 9))):
        assert behind(again) == behind(before)
    assert behind(kept(level, before)) == behind(before)
    assert behind(kept(level, level)) is None
    assert fingerprint(before) != fingerprint(level)
    assert Recipe.from_json(Recipe(2, 24, before).to_json()).world.attrs["backdrop"] == before.attrs["backdrop"]
    assert len(repr(before)) < 5000


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"picture": "no picture"}, "changed since"),
        ({"picture": "AAAA"}, "3 bytes"),
        ({"picture": 3}, "no picture"),
        ({"fov": 9.0}, "fov is"),
        ({"yaw": None}, "yaw is"),
        ({"more": 1}, "no backdrop"),
    ],
)
def test_a_backdrop_that_was_tampered_with_is_refused(before, change, told):
    before.attrs["backdrop"] = dict(before.attrs["backdrop"]) | change
    with pytest.raises(RequestError, match=told):
        first(before)


def test_a_picture_that_breaks_its_decoder_is_told():
    with pytest.raises(MediaError, match="damaged"):
        opened(b"\xff\xd8\xff" + bytes(100))


def test_a_start_keeps_its_picture_in_json():
    start = Start(ground="ice", backdrop=media.jpeg(striped()))
    assert Start.from_plain(start.to_plain()) == start
    assert "backdrop" not in Start().to_plain()
    with pytest.raises(RequestError, match="give a JPEG"):
        Start(backdrop=b"GIF89a")
    with pytest.raises(RequestError, match="give a JPEG"):
        Start(backdrop=b"\xff\xd8\xff" + bytes(500_000))


def test_what_is_hidden_is_spread_in_along_the_rows():
    rows = np.linspace(200, 40, 120).round().astype(np.uint8)
    picture = np.repeat(rows[:, None, None], 160, axis=1).repeat(3, axis=2)
    picture[60:] = 90
    hidden = np.zeros((120, 160), dtype=bool)
    hidden[40:80, 60:100] = True
    holed = picture.copy()
    holed[hidden] = 255
    again = filled(holed, hidden).astype(int)
    assert (again[~hidden] == picture[~hidden]).all()
    assert np.abs(again - picture)[hidden].max() <= 20  # at most where sky meets ground
    assert np.abs(again - picture)[hidden].mean() < 2


def test_a_thing_is_taken_out_of_its_picture():
    rng, rows, columns = np.random.default_rng(0), *np.mgrid[:180, :320]
    plain = np.clip(
        np.where(rows[..., None] < 70, (150, 180, 230), (70, 100, 40)) + rng.normal(0, 3, (180, 320, 3)), 0, 255
    )
    disc = (columns - 100) ** 2 + (rows - 120) ** 2 < 15**2
    found = fit(np.where(disc[..., None], (200, 30, 30), plain).astype(np.uint8), backdrop=True)
    assert len(found.start.things) == 1
    assert found.notes[-1].startswith("The picture hangs behind the world; 1 things in it")
    assert off(opened(found.start.backdrop)[disc], plain[disc]) < 8
    assert fit(plain.astype(np.uint8)).start.backdrop is None


@pytest.mark.parametrize(
    ("name", "shape"),
    [("grey.png", (60, 90)), ("clear.png", (60, 90, 4)), ("upright.jpg", (200, 50, 3)), ("large.png", (900, 2100, 3))],
)
def test_pictures_of_all_kinds_hang(tmp_path, name, shape):
    rng = np.random.default_rng(1)
    picture = np.repeat(np.repeat(rng.integers(40, 220, (shape[0] // 10, shape[1] // 10, *shape[2:])), 10, 0), 10, 1)
    imageio.imwrite(tmp_path / name, picture.astype(np.uint8))
    start = fit(tmp_path / name, backdrop=True).start
    height, width = opened(start.backdrop).shape[:2]
    assert max(height, width) <= LONGEST_SIDE
    assert width / height == pytest.approx(shape[1] / shape[0], rel=0.05)


def test_noise_is_made_as_small_as_it_has_to_be():
    noise = np.random.default_rng(0).integers(0, 255, (1000, 1000, 3)).astype(np.uint8)
    content, share = scenery(noise, [])
    assert Start(backdrop=content).backdrop == content
    assert share == 0


def test_a_dark_picture_is_not_hung():
    assert fit(np.zeros((90, 160, 3), np.uint8), backdrop=True).start.backdrop is None


def test_a_free_camera_is_tilted_as_that_of_the_picture():
    start = Start(horizon=0.3, fov=50)
    pose = tilted(Pose((0, -6, 4), (1, 0, 0.2)), start)
    way = np.subtract(pose.target, pose.eye)
    assert math.atan2(-way[2], math.hypot(way[0], way[1])) == pytest.approx(start.pitch)
    assert pose.eye[:2] == (0, -6)
    assert pose.fov == 50
    assert tilted(Pose((0, -6, 4), (1, 0, -2)), Start(horizon=0.0)).eye[2] == 0.5


def test_a_clip_keeps_it_whatever_is_made_of_it(untrained, tmp_path):
    start = replace(Start(horizon=0.0), backdrop=media.jpeg(striped()))
    asked = {"size": "64x64", "fps": 12, "sound": False, "model": untrained, "steps": 1, "seed": 3}
    clip = sora.generate("a ball rolls", seconds=0.5, start=start, **asked)
    drop = behind(clip.world)
    assert drop.picture == start.backdrop
    way = (clip.world.camera_target - clip.world.camera_eye).values[0]
    assert math.atan2(way[1], way[0]) == pytest.approx(drop.yaw)
    assert way[2] == pytest.approx(0, abs=1e-9)
    longer = clip.extend("it stops", seconds=0.5, model=untrained, steps=1, seed=1)
    loaded = sora.Clip.load(longer.refilm(Camera.orbit(30), style="anime").save(tmp_path / "clip.mp4"))
    assert behind(longer.world) == behind(loaded.world) == drop
    assert loaded.parents[-1].request.start == start
    again = opened(fit(tmp_path / "clip.mp4", backdrop=True).start.backdrop)  # a film lends its first picture
    assert off(again, loaded.frames[0]) < 8


def test_a_clip_says_that_it_carries_its_picture():
    start = Start(backdrop=media.jpeg(striped()))
    told = notices(sora.Request("a ball. Cut to: a ball rolls", seconds=4, start=start))
    assert any("a small copy of it is in the clip" in it for it in told)


def test_pictures_of_later_shots_are_not_drawn():
    later = Start(backdrop=media.jpeg(striped()))
    request = sora.Request("0.00-2.00 - a ball rolls\n2.00-4.00 - the ball stops", seconds=4, start=(None, later))
    assert any("one backdrop" in it for it in notices(request))
