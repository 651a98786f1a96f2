"""Comparing clips: shares and intervals of a known table, Physics-IQ's and PhyWorld's numbers beside formulas."""

import numpy as np
import pytest

import sora2lib as sora
from sora2lib import media
from sora2lib.clip import Clip
from sora2lib.errors import InspectError
from sora2lib.physics import lab, physiq, phyworld
from sora2lib.physics.compare import ALL, PHYWORLD, compare
from sora2lib.physics.inspector import inspect
from sora2lib.physics.intervals import bootstrap, share, wilson
from sora2lib.physics.laws import LAWS
from sora2lib.physics.physiq import Likeness

PIXELS = 96


def rng(*seed):
    return np.random.default_rng([17, *seed])


def clip_of(frames, fps=lab.FPS):
    return Clip(frames, fps, np.zeros((2, round(len(frames) / fps * media.RATE)), np.float32))


def report_of(scene, *seed):
    return inspect(clip_of(lab.film(scene, rng(*seed), pixels=PIXELS)), scale=lab.VIEW / PIXELS, shapes="discs")


def disc_film(across, *, fps=10, colour=(255, 0, 0), radius=1.0):
    """Their film of a ball that moves right with ``across`` units a second; two colours make two balls."""
    centre = np.stack([2 + across * np.arange(20) / fps, np.full(20, 5.0)], axis=-1)
    frames = np.full((20, phyworld.PIXELS, phyworld.PIXELS, 3), 255, np.uint8)
    frames[phyworld.disc(centre, radius)] = colour
    return clip_of(frames, fps)


@pytest.fixture(scope="module")
def compared():
    good = [report_of(lab.bounce(rng(k)), k) for k in range(3)]
    bad = [report_of(lab.broken(rng(k), fault, pixels=PIXELS), k) for k, fault in enumerate(("gravity", "vanish"))]
    kind = {id(it): "good" for it in good} | {id(it): "bad" for it in bad}
    return compare({"one": [*good, *bad], "two": good[:1]}, family=lambda it: kind[id(it)])


def test_a_share_comes_with_its_interval_and_number():
    assert share([True, False, True, True]) == [0.75, *wilson(3, 4), 4]
    assert share([]) == [0.0, 0.0, 1.0, 0]


def test_intervals_are_the_books():
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(5, 10) == pytest.approx((0.2366, 0.7634), abs=1e-4)  # E. B. Wilson's formula, worked by hand
    assert wilson(10, 10)[1] == 1.0
    low, high = bootstrap(rng().normal(3, 1, 400))
    assert high - low == pytest.approx(2 * 1.96 / 20, rel=0.15)
    assert low < 3 < high
    assert np.isnan(bootstrap([])).all()


def test_shares_count_clips_by_family_and_law(compared):
    table = compared.to_xarray()
    gravity = table.sel(model="one", law="gravity")
    assert float(gravity.holds.sel(family="good")) == 1.0
    assert gravity.sel(family=ALL).clips == 5
    row = gravity.sel(family=ALL)
    assert float(row.holds) == pytest.approx(1 - 1 / float(row.measured))
    assert (float(row.holds_low), float(row.holds_high)) == wilson(int(row.measured) - 1, int(row.measured))
    assert float(gravity.sel(family="bad")["mean"]) == pytest.approx(0.03 / 2, abs=0.002)  # one of two
    assert float(table.holds.sel(model="one", law=ALL, family="bad")) == 0.0
    assert np.isnan(table.clips.sel(model="two", family="bad")).all()


def test_what_was_not_measured_counts_as_failed(compared):
    sounding = compared.to_xarray().sel(model="one", family=ALL, law="sounding")
    assert sounding.measured == 0
    assert np.isnan(sounding.holds)
    assert sounding.counted == 0
    assert float(sounding.counted_high) == wilson(0, 5)[1]


def test_a_comparison_is_a_frame_and_a_table(compared):
    frame = compared.to_pandas()
    assert frame.index.names == ["model", "family", "law"]
    assert set(frame.xs(ALL, level="family").xs("one", level="model").index) == {ALL, *LAWS}
    assert "100% [" in compared._repr_html_()
    assert repr(compared) == f"Comparison(2 models, {len(compared.rows)} rows)"


def test_the_family_is_the_worlds():
    clip = sora.simulate("drop", seed=3, size="64x64", seconds=1)
    assert {row.family for row in compare({"simulator": [clip]}).rows} == {"drop", ALL}


def test_a_clip_repeats_itself_and_a_still_one_does_not():
    clip = disc_film(3.0)
    assert physiq.likeness(clip, clip) == Likeness(1.0, 1.0, 1.0, 0.0)
    still = physiq.likeness(clip_of(np.repeat(clip.frames[:1], 20, axis=0), 10), clip)
    assert still.spatial == still.weighted == 0.0
    assert still.spatiotemporal == pytest.approx(1 / 20)  # nothing moves in the first picture of either
    assert still.mse > 0


def test_motion_is_where_pictures_leave_their_running_mean():
    frames = np.full((3, 40, 40, 3), 100, np.uint8)
    frames[1:, 10:30, 10:30] = 114  # 0.7 of 14 is 9.8: not yet more than ten
    assert not physiq.motion(frames).any()
    frames[1:, 10:30, 10:30] = 118
    moved = physiq.motion(frames)
    assert not moved[0].any()
    assert moved[1, 12:28, 12:28].all()
    assert not moved[1, :8].any()
    assert not moved[2].any()  # 0.49 of 18


def test_scores_are_ratios_to_what_two_takes_share():
    takes = Likeness(0.8, 0.4, 0.5, 0.01)
    assert physiq.verified(takes, takes) == 1.0
    assert physiq.verified(Likeness(0.9, 0.2, 0.0, 0.04), takes) == pytest.approx((1 + 0.5 + 0 + 0.25) / 4)
    assert physiq.original([Likeness(0.4, 0.4, 0.5, 0.06)], [takes]) == pytest.approx((0.5 + 1 + 1) / 3 - 0.05)


def test_their_parser_reads_speeds_one_part_in_256_too_small():
    slow, fast = disc_film(2.0), disc_film(3.0)
    path = phyworld.read(phyworld.masks(fast.frames)[0])
    assert np.diff(path[:, 0]).mean() * 10 == pytest.approx(3 * 255 / 256, abs=2e-3)
    assert phyworld.clip_error(fast, slow) == pytest.approx(255 / 256, abs=0.02)
    assert phyworld.clip_error(slow, slow) == 0.0


def test_a_ball_that_is_gone_is_nowhere_unless_asked():
    frames = disc_film(2.0).frames.copy()
    frames[8] = 255
    clip = clip_of(frames, 10)
    path = phyworld.read(phyworld.masks(clip.frames)[0])
    assert np.isnan(path[8]).all()
    assert np.isfinite(path[[7, 9]]).all()
    assert phyworld.read(phyworld.masks(clip.frames)[0], gone=phyworld.VIEW)[8].tolist() == [10, 10]
    assert np.isnan(phyworld.clip_error(clip, disc_film(2.0)))


def test_after_a_collision_counts():
    time = np.arange(32) / 10
    left = np.where(time < 1, time, 1 - 0.5 * (time - 1))
    truth = np.stack([np.stack([it, 0 * it], axis=-1) for it in (left, 5 - left)])
    found = truth.copy()
    found[:, :9, 0] = 7.0  # before the blow nothing is asked
    seen = np.ones((2, 32), dtype=bool)
    assert phyworld.velocity_error(truth, found, seen) == pytest.approx(0, abs=1e-12)
    found[0, 12:, 0] += 0.2 * (time[12:] - time[12])
    assert phyworld.velocity_error(truth, found, seen) > 0.05


def test_measures_against_truths_stand_in_the_table():
    slow, fast = disc_film(2.0), disc_film(3.0)
    table = compare({"a": [fast, slow]}, truths=[slow, slow], takes=[slow, slow], measures=("physics-iq", "phyworld"))
    means = table.to_xarray()["mean"].sel(model="a", family=ALL)
    assert float(means.sel(law=PHYWORLD)) == pytest.approx(255 / 256 / 2, abs=0.01)
    own = physiq.likeness(fast, slow)
    assert float(means.sel(law="physics-iq: spatial")) == pytest.approx((own.spatial + 1) / 2)
    assert float(means.sel(law="physics-iq: verified")) == pytest.approx(
        (physiq.verified(own, Likeness(1, 1, 1, 0)) + 1) / 2
    )


def test_what_cannot_be_compared_is_told():
    clip, small = disc_film(2.0), clip_of(np.zeros((20, 32, 32, 3), np.uint8), 10)
    with pytest.raises(InspectError, match="nothing to compare"):
        compare({"a": []})
    with pytest.raises(InspectError, match="2 clips and there are 1 truths"):
        compare({"a": [clip, clip]}, truths=[clip])
    with pytest.raises(InspectError, match="'fvd' is not known"):
        compare({"a": [clip]}, truths=[clip], measures=("fvd",))
    with pytest.raises(InspectError, match="second takes"):
        compare({"a": [clip]}, takes=[clip])
    with pytest.raises(InspectError, match="draw or resize"):
        physiq.likeness(small, clip)
    with pytest.raises(InspectError, match="pictures a second"):
        physiq.likeness(disc_film(2.0, fps=12), clip)
    with pytest.raises(InspectError, match="no red one"):
        phyworld.clip_error(small, small)
