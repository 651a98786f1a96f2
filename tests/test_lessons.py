"""Last lessons: a part learns, nothing else moves; rows at a front are where a plan decides."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from sora2lib.model import weights
from sora2lib.model.conditions import motion_batch
from sora2lib.model.tokens import CAST_WIDTH, START, encode
from sora2lib.model.transformer import TEXT_WIDTH
from sora2lib.train import acting, data, lessons, synonyms
from sora2lib.train.library import Library
from sora2lib.train.probing import learn_probe
from sora2lib.world.simulate import simulate


def test_at_a_front_what_was_is_known_and_what_comes_is_not(untrained):
    rows = [encode(simulate("drop", seed)) for seed in range(6)]
    clean = motion_batch(rows, weights.load(untrained).scales, slots=8)
    torch.manual_seed(0)
    noisy, noise, front = lessons.at_a_front(clean)
    assert (front.sum(dim=1) == 1).all()
    for levels, at in zip(noisy.camera_level, front.float().argmax(dim=1).tolist(), strict=True):
        assert (levels[:at] == 1).all()
        assert (levels[at + 1 :] == 0).all()
        assert levels[at] <= lessons.LATEST
    torch.testing.assert_close(noisy.motion[noisy.motion_level == 0], noise[noisy.motion_level == 0])
    known = noisy.camera_level == 1
    torch.testing.assert_close(noisy.camera[known], clean.camera[known])


def test_hints_are_as_far_off_as_casting_is_and_of_later_bodies_farther():
    torch.manual_seed(0)
    clean = torch.randn(2_000, 3, CAST_WIDTH)
    off = (lessons.about(clean) - clean)[..., START].std(dim=(0, 2))
    assert 0.5 < off[0] < 1.0
    assert (off[1:] > 1.5).all()
    assert torch.equal(lessons.about(clean)[..., :2], clean[..., :2])


def stir(network):
    """Let every part of an untrained network have a say: many begin with zeros."""
    torch.manual_seed(3)
    for parameter in network.parameters():
        if not parameter.any():
            torch.nn.init.normal_(parameter, std=0.05)


@pytest.fixture(scope="module")
def people_and_things(tmp_path_factory):
    """A folder with a shard of all sorts of worlds."""
    folder = tmp_path_factory.mktemp("worlds")
    patch = pytest.MonkeyPatch()
    patch.setattr(data, "SHARD", 12)
    data.make_shard(folder, 0, (*data.TURNS[:9], "walk", "greet", "catch"))
    patch.undo()
    return folder


@pytest.mark.parametrize(
    ("lesson", "kinds", "part"),
    [
        (lessons.BLOWS, ("motion", "channels", "blow"), ("leave_motion.",)),
        (lessons.FOLLOWS, ("right",), ("leave_motion.follow.",)),
        (lessons.PLACES, ("places",), ("placing.",)),
        (lessons.STARTS, ("pull", "pace", "way", "climb", "spin"), ("aiming.",)),
        (lessons.FILMING, ("camera",), ("filming.",)),
        (acting.ACTING, ("pose", "motion"), ("acting.",)),
        (lessons.WORDS, ("cast", "scene", "places"), ("text.", "placing.")),
    ],
)
def test_a_part_learns_and_nothing_else_moves(untrained, people_and_things, lesson, kinds, part):
    model = weights.read(untrained)
    stir(model.network)
    before = {name: value.clone() for name, value in model.network.state_dict().items()}
    library = Library().refresh(people_and_things)

    def losses():
        torch.manual_seed(0)
        with torch.no_grad():
            return lesson.losses(model.network, library, model.scales, np.random.default_rng(0), 2_000)

    then = losses()
    done = list(
        lessons.learn(model, replace(lesson, rate=3e-3), lessons.LessonConfig(people_and_things, steps=24, rows=400))
    )
    now = losses()
    assert len(done) == 24
    assert set(done[0]) == set(kinds)
    assert all(float(now[kind]) < float(then[kind]) for kind in kinds)
    moved = {name for name, value in model.network.state_dict().items() if not torch.equal(value, before[name])}
    assert moved
    assert all(name.startswith(part) for name in moved)


def test_the_text_encoder_learns_that_captions_mean_the_same_in_other_words(untrained, people_and_things):
    model = weights.read(untrained)
    stir(model.network)
    before = {name: value.clone() for name, value in model.network.state_dict().items()}
    probes = [learn_probe(model.network.text, captions=60, steps=10)]
    lesson = synonyms.synonyms(model, probes)
    library = Library().refresh(people_and_things)

    def losses():
        torch.manual_seed(0)
        with torch.no_grad():
            return lesson.losses(model.network, library, model.scales, np.random.default_rng(0), 2_000)

    then = losses()
    config = lessons.LessonConfig(people_and_things, steps=24, rows=800)
    assert len(list(lessons.learn(model, replace(lesson, rate=3e-3), config))) == 24
    now = losses()
    assert float(now["others"]) < 0.95 * float(then["others"])
    assert {"casting", "places", "camera"} <= set(now)
    moved = {name for name, value in model.network.state_dict().items() if not torch.equal(value, before[name])}
    assert moved
    assert all(name.startswith("text.") for name in moved)


def test_encouraged_a_network_takes_its_forecasts(untrained):
    network = weights.read(untrained).network
    stir(network)
    rows = [encode(simulate("drop", 1))]
    clean = motion_batch(rows, weights.load(untrained).scales, slots=len(rows[0].cast))
    half = torch.full_like(clean.motion_level, 0.5)
    forecast = torch.full_like(clean.motion, 3.0)
    follows = (torch.arange(half.shape[-1]) > 0).expand(half.shape)
    batch = replace(clean, motion=torch.zeros_like(clean.motion), motion_level=half, forecast=forecast, follows=follows)

    def taken():
        """How much nearer the forecast the rows are expected than the first one, which follows none."""
        with torch.no_grad():
            speed = network(batch, *network.text(torch.zeros(1, 0, TEXT_WIDTH), torch.zeros(1, 0, dtype=torch.bool)))[2]
        return float((speed[:, :, 1:, :8] / 2).mean() - (speed[:, :, :1, :8] / 2).mean())

    lessons.encourage(network, likely=0.0, heed=0.0, follow=-40.0)
    before = taken()
    lessons.encourage(network, likely=20.0)
    apart = taken()
    assert apart > before + 0.3
    lessons.encourage(network, follow=80.0)
    assert taken() > apart
