"""Plots and the curves under them: energy and momentum beside formulas, lines where the data are."""

import sys

import holoviews as hv
import numpy as np
import pytest

import sora2lib as sora
from sora2lib import media
from sora2lib.clip import Clip
from sora2lib.errors import InspectError
from sora2lib.physics import lab
from sora2lib.physics.curves import curves
from sora2lib.physics.inspector import inspect
from sora2lib.physics.report import PLOTS

PIXELS = 96
SCALE = lab.VIEW / PIXELS


def report_of(scene, *seed):
    frames = lab.film(scene, np.random.default_rng([19, *seed]), pixels=PIXELS)
    sound = np.zeros((2, round(len(frames) / lab.FPS * media.RATE)), np.float32)
    return inspect(Clip(frames, lab.FPS, sound), scale=SCALE, shapes="discs")


def rng(*seed):
    return np.random.default_rng([23, *seed])


@pytest.fixture(scope="module")
def bounce():
    scene = lab.bounce(rng(1))
    return scene, report_of(scene, 1)


def test_a_blow_takes_energy_and_a_flight_none(bounce):
    scene, report = bounce
    found = curves(report.study)
    contact, e = scene.truth["contact"], scene.truth["restitution"]
    before, after = (found.energy_NT[0, mask] for mask in _sides(found.time_T, contact))
    assert np.ptp(before) < 2e-3 * before.mean()
    fall = report.study.gravity[0] * contact
    lost = report.tracks.mass_N[0] * (1 - e**2) * fall**2 / 2
    assert before.mean() - np.nanmean(after[: len(after) // 3]) == pytest.approx(lost, rel=0.01)


def _sides(time_T, contact):
    return (time_T < contact - 0.06), (time_T > contact + 0.06)


def test_two_balls_carry_one_momentum():
    report = report_of(lab.collide(rng(2)), 2)
    total_TD = curves(report.study).momentum_NTD.sum(axis=0)
    seen = total_TD[np.isfinite(total_TD[:, 0])]
    assert len(seen) > 30
    assert np.ptp(seen, axis=0).max() < 0.01 * np.abs(curves(report.study).momentum_NTD[:, 0]).sum()
    assert np.isnan(curves(report.study).potential_NT).all()


def test_a_pendulum_keeps_its_energy_and_is_fastest_below():
    report = report_of(lab.swing(rng(3)), 3)
    found = curves(report.study)
    assert np.ptp(found.energy_NT[0]) < 0.01 * found.energy_NT[0].max()
    low = np.argmin(report.tracks.place_NTD[0, :, 1])
    assert found.speed_NT[0, low] > 0.97 * found.speed_NT[0].max()
    along = np.gradient(report.tracks.place_NTD[0], found.time_T, axis=0)[2:-2]
    np.testing.assert_allclose(found.momentum_NTD[0, 2:-2], along, atol=0.03 * found.speed_NT[0].max())


def lines(plot):
    return {it.label: it for it in plot.traverse(lambda it: it, [hv.Curve]) if it.label}


def test_lines_are_where_the_data_are(bounce):
    _, report = bounce
    name = report.tracks.names[0]
    high, aside = report.plot()
    np.testing.assert_allclose(lines(high)[name].dimension_values(1), report.tracks.place_NTD[0, :, 1])
    np.testing.assert_allclose(lines(aside)[f"{name}, reference"].dimension_values(1), report.reference_NTD[0, :, 0])
    assert str(lines(high)[name].vdims[0].unit) == "px"
    np.testing.assert_allclose(lines(report.plot("speed"))[name].dimension_values(1), curves(report.study).speed_NT[0])
    assert np.nanmax(lines(report.plot("energy"))[name].dimension_values(1)) == 1.0


def test_every_plot_can_be_drawn(bounce):
    _, report = bounce
    for what in PLOTS:
        assert hv.renderer("bokeh").get_plot(report.plot(what)).state is not None


def test_a_clip_in_which_nothing_moves_has_empty_plots():
    report = inspect(Clip(np.full((20, 48, 64, 3), 90, np.uint8), 24, np.zeros((2, 40000), np.float32)))
    for what in PLOTS:
        assert hv.renderer("bokeh").get_plot(report.plot(what)).state is not None


def test_the_timeline_shows_each_verdict_at_its_moment():
    scene = lab.broken(rng(4), "vanish", pixels=PIXELS)
    report = report_of(scene, 4)
    broken = next(it for it in report.plot("verdicts").traverse(lambda it: it, [hv.Points]) if it.label == "broken")
    gone = float(lab.times()[np.flatnonzero(~scene.seen_NT[0])[0]])
    assert (gone, "permanence") in [
        (float(it[0]), it[1]) for it in broken.data[["time", "law"]].itertuples(index=False)
    ]


def test_a_world_has_curves_in_three_dimensions():
    report = inspect(sora.simulate("drop", seed=3, size="64x64", seconds=1))
    found = curves(report.study)
    first = found.energy_NT[0, :8]
    assert np.ptp(first) < 1e-3 * first.mean()
    assert found.momentum_NTD.shape[-1] == 3


def test_what_cannot_be_plotted_is_told(bounce, monkeypatch):
    _, report = bounce
    with pytest.raises(InspectError, match="'sound' is no plot; use one of position"):
        report.plot("sound")
    monkeypatch.setitem(sys.modules, "holoviews", None)
    monkeypatch.delitem(sys.modules, "sora2lib.physics.plots")
    monkeypatch.delattr("sora2lib.physics.plots")
    with pytest.raises(InspectError, match=r"pip install 'sora2lib\[studio\]'"):
        report.plot()
