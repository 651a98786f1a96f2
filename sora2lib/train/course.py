"""All lessons of a model, one after the other, once its transformer has learned: what makes its worlds exact.

Each is learned from where the weights of the run stand, and they are written when it is done; so a course that is
stopped goes on with the lesson in which it was stopped.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sora2lib.errors import ModelError
from sora2lib.model import weights
from sora2lib.model.weights import Model
from sora2lib.train import acting, forces, lessons, probing, synonyms
from sora2lib.train.lessons import Lesson, LessonConfig

Losses = dict[str, float]


@dataclass(frozen=True)
class CourseConfig:
    """Worlds to learn from, the folder of a run, a seed, and which part of the steps of each lesson to take."""

    data: Path
    run: Path
    seed: int = 0
    share: float = 1.0


@dataclass(frozen=True)
class Taught:
    """One step of one lesson, as the command line shows it."""

    lesson: str
    step: int
    steps: int
    losses: Losses


@dataclass(frozen=True)
class Part:
    """One lesson of the course: its steps, and how a model learns so many of them from a seed; in place."""

    steps: int
    learn: Callable[[Model, CourseConfig, int], Iterator[Losses]]


def course(config: CourseConfig) -> Iterator[Taught]:
    """Teach the weights of a run all lessons that they have not had; yields after each step.

    Raises
    ------
    ModelError
        If the run has no weights yet.
    """
    path = config.run / "weights.safetensors"
    if not path.is_file():
        raise ModelError(f"{path} is not there: train the transformer first, with sora2lib train or loop.train")
    model = weights.read(str(path))
    had: list[str] = list(model.card.get("lessons", []))
    for name, part in PARTS.items():
        if name in had:
            continue
        steps = max(1, round(part.steps * config.share))
        for step, losses in enumerate(part.learn(model, config, steps), start=1):
            yield Taught(name, step, steps, losses)
        had.append(name)
        weights.write(path, model.network, model.scales, model.card | {"lessons": had})


def _forces(model: Model, config: CourseConfig, steps: int) -> Iterator[Losses]:
    told = forces.ForceConfig(config.data, steps=steps, seed=config.seed)
    return ({"forces": loss} for loss in forces.learn(model.network.interaction, model.scales, told))


def _lesson(lesson: Lesson, steps: int, rows: int) -> Part:
    def learn(model: Model, config: CourseConfig, steps: int) -> Iterator[Losses]:
        return lessons.learn(model, lesson, LessonConfig(config.data, steps=steps, rows=rows, seed=config.seed))

    return Part(steps, learn)


def _blows(model: Model, config: CourseConfig, steps: int) -> Iterator[Losses]:
    lesson = LessonConfig(config.data, steps=steps, seed=config.seed)
    yield from lessons.learn(model, lessons.BLOWS, lesson)
    lessons.encourage(model.network)


def _filming(model: Model, config: CourseConfig, steps: int) -> Iterator[Losses]:
    lessons.measure(model, config.data)
    yield from lessons.learn(model, lessons.FILMING, LessonConfig(config.data, steps, rows=4_000, seed=config.seed))


def _acting(model: Model, config: CourseConfig, steps: int) -> Iterator[Losses]:
    acting.measure(model, config.data)
    yield from lessons.learn(model, acting.ACTING, LessonConfig(config.data, steps, rows=2_000, seed=config.seed))


def _synonyms(model: Model, config: CourseConfig, steps: int) -> Iterator[Losses]:
    lesson = LessonConfig(config.data, steps=steps, rows=1_500, seed=config.seed)
    size = {
        "captions": max(64, round(probing.CAPTIONS * config.share)),
        "steps": max(2, round(probing.STEPS * config.share)),
    }
    probes = [probing.learn_probe(model.network.text, **size, seed=seed) for seed in range(2)]
    return lessons.learn(model, synonyms.synonyms(model, probes), lesson)


PARTS: dict[str, Part] = {  # in this order: forecasts before how far they are trusted, places before starts
    "forces": Part(10_500, _forces),
    "blows": Part(1_000, _blows),
    "places": _lesson(lessons.PLACES, 3_700, 4_000),
    "words": _lesson(lessons.WORDS, 1_400, 2_500),
    "starts": _lesson(lessons.STARTS, 2_500, 5_000),
    "filming": Part(7_500, _filming),
    "acting": Part(5_000, _acting),
    "synonyms": Part(2_600, _synonyms),
    "follows": _lesson(lessons.FOLLOWS, 240, 1_300),
}
