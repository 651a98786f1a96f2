"""Reading pictures: things, horizon, colours and light of drawn worlds whose truth is known."""

import imageio.v3 as imageio
import numpy as np
import pytest

import sora2lib as sora
from sora2lib.clip import Clip
from sora2lib.errors import MediaError, RequestError
from sora2lib.fitting.fit import fit
from sora2lib.fitting.looks import softmax, tables
from sora2lib.fitting.picture import MARGIN, ROWS, background, horizon_features, patches
from sora2lib.physics.blobs import APART
from sora2lib.world.filming import CameraPath


def scenery(horizon=70, seed=0):
    """A pale sky over a dark, grainy ground, (ROWS, 320, 3)."""
    rng = np.random.default_rng(seed)
    picture = np.zeros((ROWS, 320, 3))
    picture[:horizon], picture[horizon:] = (150, 180, 230), (70, 100, 40)
    return np.clip(picture + rng.normal(0, 3, picture.shape), 0, 255).astype(np.uint8)


def with_disc(picture, x, y, radius, colour):
    rows, columns = np.mgrid[: picture.shape[0], : picture.shape[1]]
    picture[(columns - x) ** 2 + (rows - y) ** 2 < radius**2] = colour
    return picture


def test_what_stands_out_of_its_row_is_a_thing():
    picture = with_disc(with_disc(scenery(), 100, 120, 15, (200, 30, 30)), 220, 60, 9, (250, 220, 60))
    found = patches(picture, 70)
    np.testing.assert_allclose([it.box for it in found], [(86, 106, 115, 135), (212, 52, 229, 69)], atol=2)
    assert not any(it.cut for it in found)


def test_a_shadow_is_no_thing_and_what_touches_the_border_is_cut():
    picture = scenery()
    picture[140:150, 60:120] = (picture[140:150, 60:120] * 0.6).astype(np.uint8)
    (found,) = patches(with_disc(picture, 0, 110, 20, (240, 240, 240)), 70)
    assert found.cut


def test_a_slow_change_from_side_to_side_is_background():
    ramp = np.linspace(60, 180, 320)[None, :, None] * np.ones((ROWS, 1, 3))
    np.testing.assert_allclose(background(ramp @ APART.T, None) @ np.linalg.inv(APART.T), ramp, atol=1)
    assert patches(ramp.astype(np.uint8), None) == []


def test_the_horizon_stands_out_among_the_rows():
    features = horizon_features(scenery(horizon=70))
    assert features[:, 2].argmax() + MARGIN == 70  # an even step along all of the row


def test_shares_add_up_and_stay_so_far_beyond_what_was_drawn():
    assert softmax(np.array([1000.0, 0.0])).tolist() == [1, 0]
    for name in ("ground", "light", "weather"):
        table = tables()[name]
        far = table.shares(table.middle + 1e9 * table.spread)
        assert sum(far.values()) == pytest.approx(1)


def test_a_drawn_world_is_understood():
    clip = sora.simulate("drop", seed=3, seconds=0.5, size="320x180")
    found = fit(clip)
    assert found.start.ground == str(clip.world.ground.values)
    (thing,) = found.start.things
    path = CameraPath(*(clip.world[f"camera_{it}"].values for it in ("eye", "target", "roll", "fov")))
    np.testing.assert_allclose([thing.x, thing.y], path.picture(clip.world.position.values[0])[0], atol=0.05)
    np.testing.assert_allclose(thing.colour, clip.world.colour.values[0], atol=0.2)
    assert thing.speed is not None
    assert found.start.ground in repr(found)
    assert "<img alt=" in found._repr_html_()


def test_a_picture_unlike_all_that_is_drawn_leaves_its_place_to_the_model():
    # A meadow under a red sky, striped: no world looks so.
    picture = with_disc(scenery(), 100, 120, 15, (200, 30, 30))
    picture[:70], picture[70::2] = (255, 0, 0), (0, 255, 0)
    found = fit(picture)
    assert (found.start.ground, found.start.light, found.start.weather) == (None, None, None)
    assert "The picture is unlike all that is drawn here." in found.notes


def test_a_film_tells_how_fast_things_are():
    frames = np.stack([with_disc(scenery(), 60 + 4 * index, 120, 12, (200, 30, 30)) for index in range(12)])
    found = fit(Clip(frames, 24, np.zeros((2, 24000), np.float32)))
    (thing,) = found.start.things
    np.testing.assert_allclose(thing.speed, [4 * 24 / 90, 0], atol=0.03)


@pytest.mark.parametrize(
    ("picture", "told"),
    [
        (np.full((90, 160, 3), 7, np.uint8), "dark"),
        (np.full((90, 160, 3), 180, np.uint8), "of one colour"),
        (scenery(), "Nothing stands out"),
    ],
)
def test_a_picture_that_says_little_gives_notes_and_no_things(picture, told):
    found = fit(picture)
    assert found.start.things == ()
    assert any(told in note for note in found.notes)


@pytest.mark.parametrize(
    ("picture", "told"),
    [
        (np.zeros((20, 90, 3), np.uint8), "20 pixels"),
        (np.zeros((50, 900, 3), np.uint8), "five times"),
        (np.zeros((90, 160, 3)), "uint8"),
        (3, "give a path"),
    ],
)
def test_what_is_no_picture_is_refused(picture, told):
    with pytest.raises(MediaError, match=told):
        fit(picture)


def test_a_lens_that_cannot_be_is_refused():
    with pytest.raises(RequestError, match="fov"):
        fit(scenery(), fov=300)


def test_what_was_understood_is_drawn_into_the_picture(tmp_path):
    path = tmp_path / "photo.png"
    imageio.imwrite(path, with_disc(scenery(), 100, 120, 15, (200, 30, 30)))
    found = fit(path)
    changed = (found.annotated != found.picture).any(axis=-1)
    assert changed[108:133, 84:88].any(axis=1).all()  # the left side of the box
    assert not changed[:40].any()
    assert fit(found) is found
