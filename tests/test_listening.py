"""What is heard in a clip, against sounds that are known."""

import dataclasses

import numpy as np
import pytest

import sora2lib
from sora2lib.listening import FAINTEST, listen
from sora2lib.media import RATE
from sora2lib.sound.saying import say
from sora2lib.sound.speakers import SPEAKERS


def sounding(clip, sound):
    return dataclasses.replace(clip, sound=sound.astype(np.float32), world=None)


@pytest.fixture
def tone(clip):
    time = np.arange(2 * RATE) / RATE
    return sounding(clip, 10 ** (-20 / 20) * np.sin(2 * np.pi * 1000 * time) * np.array([[1.0], [0.5]]))


def test_a_tone_has_its_level_pitch_and_loudness(tone):
    heard = listen(tone)
    inner = heard.sel(time=slice(0.3, 1.7))
    assert heard.time.values[[0, 1, -1]] == pytest.approx([0, 0.01, 2])
    np.testing.assert_allclose(inner.level.sel(ear="left"), -23.01, atol=0.05)
    np.testing.assert_allclose(inner.level.sel(ear="right"), -29.03, atol=0.05)
    np.testing.assert_allclose(inner.centroid, 1000, rtol=0.01)
    np.testing.assert_allclose(inner.rolloff, 1000, atol=RATE / 2048)
    assert inner.flatness.max() < 0.01
    band = int(inner.mel.mean("time").values.argmax())
    assert inner.frequency.values[band] == pytest.approx(1000, rel=0.04)
    # Two ears of full and half the level: 1.25 times the power of one at -23.01 LUFS.
    np.testing.assert_allclose(inner.loudness, -23.0 + 10 * np.log10(1.25), atol=0.1)
    assert heard.attrs["loudness"] == pytest.approx(-23.0 + 10 * np.log10(1.25), abs=0.1)
    assert heard.attrs["true_peak"] == pytest.approx(-20, abs=0.05)


def test_a_sine_at_full_scale_is_0_decibels(clip):
    time = np.arange(2 * RATE) / RATE
    heard = listen(sounding(clip, np.sin(2 * np.pi * 3000 * time) * np.ones((2, 1))))
    assert 10 * np.log10((10 ** (heard.mel.sel(time=1.0) / 10)).sum()) == pytest.approx(0, abs=2.5)


def test_noise_is_flat_and_silence_is_nothing(clip):
    noise = listen(sounding(clip, np.random.default_rng(0).normal(0, 0.1, (2, 2 * RATE))))
    assert noise.flatness.sel(time=slice(0.3, 1.7)).mean() > 0.5
    silent = listen(sounding(clip, np.zeros((2, 2 * RATE))))
    assert (silent.mel == FAINTEST).all()
    assert (silent.level == FAINTEST).all()
    assert (silent.loudness == FAINTEST).all()
    assert silent.sizes["onset"] == 0


def test_onsets_and_contacts_of_a_fall(clip):
    fallen = sora2lib.simulate("drop", seed=3, seconds=2, size="64x64", fps=6)
    heard = listen(fallen)
    assert heard.sizes["contact"] >= 1
    assert np.nanmax(np.abs(heard.heard[:1])) < 0.01
    assert str(heard.other.values[0]) == "ground"
    late = listen(fallen[0.5:])
    np.testing.assert_allclose(late.contact_time, heard.contact_time[heard.contact_time >= 0.5] - 0.5, atol=1e-9)
    quiet = listen(fallen.dub(mix=1))
    assert np.isnan(quiet.heard).all()
    assert quiet.attrs["given"] == 1


def test_who_speaks_when(clip):
    lines = {"line_speaker": ["man", "girl"], "line_text": ["Look out!", "I see it."], "line_start": [0.2, 1.2]}
    lines["line_manner"] = lines["line_actor"] = ["", ""]
    world = clip.world.drop_dims("line").assign({name: ("line", values) for name, values in lines.items()})
    heard = listen(sora2lib.draw(world, size="64x64", fps=6))
    took = say("Look out!", SPEAKERS["man"]).seconds
    assert heard.line_start.values == pytest.approx([0.2, 1.2])
    assert float(heard.line_stop[0]) == pytest.approx(0.2 + took, abs=0.08)
    speaks = heard.speaking.sel(speaker="man")
    assert speaks.sum() / 100 == pytest.approx(took, abs=0.08)
    assert not (heard.speaking.sel(speaker="girl") & speaks).any()
    level = heard.level.max("ear")
    assert level.where(heard.speaking.any("speaker")).mean() > level.where(~heard.speaking.any("speaker")).mean() + 10
    assert listen(sora2lib.draw(world, size="64x64", fps=6).dub((np.zeros((2, RATE)), RATE))).sizes["line"] == 0


def test_a_whole_is_xarray_that_netcdf_holds(tmp_path, tone):
    path = tmp_path / "heard.nc"
    listen(tone).to_netcdf(path)
    import xarray as xr

    assert xr.load_dataset(path).identical(listen(tone))
