"""From request to clip: the planner's world is what is drawn, and what the file tells of it is true."""

import itertools

import numpy as np
import pytest

import sora2lib
from sora2lib import film, pipeline, recipe
from sora2lib.camera import Camera
from sora2lib.errors import ModelError, RequestError, WorldError
from sora2lib.recipe import Recipe
from sora2lib.render import render
from sora2lib.request import PHYSICS, Request
from sora2lib.sound import synthesise
from sora2lib.world.simulate import resimulate, simulate

SMALL = {"seconds": 0.5, "size": "64x64", "fps": 6, "steps": 3}


@pytest.fixture
def request_(untrained):
    return Request("a ball meets a theremin", seed=7, model=untrained, **SMALL)


def test_every_step_knows_its_world(request_):
    steps = list(pipeline.plan(request_))
    assert [step.index for step in steps] == list(range(1, steps[0].total + 1))
    assert all(step.world().validate() is not None for step in steps)


def test_the_same_seed_gives_the_same_world(untrained):
    def world(seed):
        *_, last = sora2lib.steps("a ball", seed=seed, model=untrained, seconds=0.5, steps=3)
        return last.world()

    assert world(3).identical(world(3))
    assert not world(3).identical(world(4))


def test_asking_stops_when_the_asker_does(untrained):
    steps = sora2lib.steps("a ball", seed=1, model=untrained, steps=200)
    assert [step.index for step in itertools.islice(steps, 3)] == [1, 2, 3]
    steps.close()
    assert list(steps) == []


def test_a_clip_tells_how_it_was_made(untrained, request_):
    clip = sora2lib.generate(request_.prompt, seed=7, model=untrained, **SMALL)
    assert clip.request == request_
    assert (clip.size, clip.fps, len(clip.frames)) == ("64x64", 6, 3)
    assert clip.maker == "untrained 0"
    assert clip.notices == ("the model does not understand: theremin",)
    *_, last = pipeline.plan(request_)
    assert clip.world.identical(last.world())
    expected = list(render(clip.world, width=64, height=64, fps=6, seconds=0.5))
    assert np.array_equal(clip.frames, expected)
    assert np.array_equal(clip.sound, synthesise(clip.world, seconds=0.5))


def test_a_prompt_too_long_to_be_read_says_what_was_left_out(untrained):
    request = Request("a ball rolls, " * 30 + "and a red house stands behind", model=untrained)
    (told,) = pipeline.notices(request)
    assert told.startswith("the prompt is too long to be read whole; left out: ")
    assert pipeline.notices(Request("a ball rolls", model=untrained)) == ()


def test_who_has_no_costume_is_told(untrained):
    told = pipeline.notices(Request("an old man and a wizard wave", model=untrained))
    assert told == ("drawn without costume: old man (man), wizard (man)",)


def test_a_drawn_seed_makes_the_clip_again(untrained):
    first = sora2lib.generate("a ball", model=untrained, **SMALL)
    again = sora2lib.generate("a ball", model=untrained, seed=first.request.seed, **SMALL)
    assert np.array_equal(first.frames, again.frames)


def test_exact_physics_starts_where_the_model_does(untrained):
    world = simulate("drop", 3)
    planned = world.assign(position=world.position + 0.2 * np.sin(world.time))  # what a model might have made of it
    last = pipeline.Step(1, 1, "motion", lambda: planned)
    told = {physics: pipeline.finish(last, Request("a", model=untrained, physics=physics)) for physics in PHYSICS}
    assert told["model"].world.identical(planned)
    assert told["exact"].world.identical(resimulate(planned))
    assert np.allclose(told["exact"].world.position[:, 0], planned.position[:, 0])
    assert not np.allclose(told["exact"].world.position, planned.position, atol=0.05)


def test_a_body_that_nobody_can_simulate_is_told(world):
    dust = world.assign(size=world["size"] * 0 + 0.0011, density=world.density * 0 + 1.1)
    with pytest.raises(WorldError, match="keep physics='model'"):
        resimulate(dust)


def test_the_camera_of_a_request_is_the_clips(untrained, tmp_path):
    camera = Camera.orbit(40) + Camera.zoom(2)
    clip = sora2lib.generate("a ball", seed=7, model=untrained, camera=camera, **SMALL)
    assert clip.request.camera == camera
    assert camera.film(clip.world).identical(clip.world)
    assert clip.world.seconds == clip.seconds == 0.5
    back = sora2lib.load(clip.save(tmp_path / "a.mp4"))
    assert back.request == clip.request
    again = sora2lib.generate("a ball", seed=7, model=untrained, camera=back.request.camera, **SMALL)
    assert again.world.identical(back.world)


def test_exact_physics_is_filmed_by_the_same_camera(untrained):
    world, camera = simulate("drop", 3), Camera.look_at("ball")
    last = pipeline.Step(1, 1, "motion", lambda: world.assign(position=world.position + 0.2 * np.sin(world.time)))
    told = pipeline.finish(last, Request("a", model=untrained, physics="exact", camera=camera))
    assert camera.film(told.world).identical(told.world)


def test_replaying_a_fall_obeys_gravity(world):
    bent = world.assign(position=world.position + 0.3 * (world.time - 0.2).clip(0) ** 2)
    again = resimulate(bent)
    assert np.allclose(again.position, world.position, atol=0.02)  # within the simulator's integration


def test_replaying_a_spin_keeps_axis_and_speed(world):
    # Tilted about y, then turning about the world's x at 3 rad/s: the product of two quaternions.
    tilt, half = 0.4, 1.5 * world.time.values
    turns = [
        np.cos(half) * np.cos(tilt),
        np.sin(half) * np.cos(tilt),
        np.cos(half) * np.sin(tilt),
        np.sin(half) * np.sin(tilt),
    ]
    spinning = world.assign(rotation=world.rotation.copy(data=np.stack(turns, axis=-1)[None]))
    again = resimulate(spinning)
    same = np.abs((again.rotation * spinning.rotation).sum("wxyz"))
    assert same.values.min() > 0.999


@pytest.mark.parametrize("family", ["drop", "ramp", "pendulum"])
def test_replaying_a_simulation_repeats_it(family):
    world = simulate(family, 3)
    again = resimulate(world)
    assert np.abs(again.position - world.position).mean() < 0.03
    assert again.asset.equals(world.asset)
    assert again.camera_eye.equals(world.camera_eye)


def test_drawing_rounds_to_whole_frames_and_says_so(world):
    clip = sora2lib.draw(world, size="64x64", fps=5, seconds=0.7)
    assert len(clip.frames) == 4
    assert "3.5 frames" in clip.notices[0]
    assert len(sora2lib.draw(world, size="64x64", fps=2).frames) == 4


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"seconds": 2.6}, "lasts 2; ask for no more"),
        ({"seconds": float("nan")}, "seconds is nan"),
        ({"size": "720p"}, "write width x height"),
        ({"fps": 0}, "fps is 0"),
    ],
)
def test_what_cannot_be_drawn_is_refused(world, asked, words):
    with pytest.raises(RequestError, match=words):
        sora2lib.draw(world, **asked)


def test_more_frames_than_memory_are_refused(world, monkeypatch):
    monkeypatch.setattr(film, "MEMORY", 10_000)
    with pytest.raises(RequestError, match="the limit is"):
        sora2lib.draw(world, size="64x64", fps=6)


def test_recording_writes_what_drawing_shows(world, tmp_path):
    seen = []

    def watch(frames):
        for frame in frames:
            seen.append(frame.copy())
            yield frame

    told = Recipe(3, 6, world, maker="a test", notices=("n",))
    path = film.record(told, tmp_path / "a.mp4", size="64x64", watch=watch)
    clip = film.develop(told, size="64x64")
    assert np.array_equal(seen, clip.frames)
    back = sora2lib.load(path)
    assert (back.maker, back.notices) == ("a test", ("n",))
    assert back.world.identical(world)
    assert np.abs(back.frames.astype(int) - clip.frames).mean() < 6


def test_a_simulated_clip_names_family_and_seed(tmp_path):
    clip = sora2lib.simulate("drop", seed=3, seconds=0.5, size="64x64", fps=4)
    assert clip.maker == "simulate drop, seed 3"
    assert clip.world.position.equals(simulate("drop", 3, seconds=0.5).position)
    assert recipe.read(clip.save(tmp_path / "a.wav")).maker == clip.maker
    with pytest.raises(WorldError, match="'polka' is not known; use one of drop"):
        sora2lib.simulate("polka")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda content: content[: len(content) // 2], "does not hold weights"),
        (lambda content: b"", "does not hold weights"),
        (lambda content: b"not weights" * 99, "does not hold weights"),
    ],
)
def test_damaged_weights_are_refused(untrained, tmp_path, damage, words):
    path = tmp_path / "damaged.safetensors"
    with open(untrained, "rb") as file:
        path.write_bytes(damage(file.read()))
    with pytest.raises(ModelError, match=words):
        sora2lib.generate("a ball", model=str(path))


@pytest.mark.parametrize("model", ["nope", "missing.safetensors"])
def test_unknown_models_are_refused(model):
    with pytest.raises(ModelError, match=r"path of a \.safetensors file"):
        sora2lib.generate("a ball", model=model)


def test_what_a_prompt_cannot_bring_about_is_said(untrained):
    told = pipeline.notices(Request("a 9 second clip of a ball", model=untrained))
    assert "'9 second clip' does not set the length: the clip lasts 4 s; give seconds=9" in told
