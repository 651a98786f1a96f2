"""The training loop: flow matching on simulated worlds, resumable, from nothing but a seed.

Each step sees two batches. *Casting*: who is there, given the prompt. *Motion*: how everything and the camera
move, given the prompt and the cast; its rows have noise levels of their own (all alike, cascading in time, or
independent), which is what lets one network generate at once, in order, or around given rows.
"""

import json
import time
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from sora2lib.model import weights
from sora2lib.model.conditions import casting_batch, motion_batch, words_of
from sora2lib.model.tokens import crop
from sora2lib.model.transformer import Batch, Shape, WorldTransformer
from sora2lib.model.weights import Scales
from sora2lib.train.data import Example, Library, scales
from sora2lib.world.captions import caption

EMA_DECAY = 0.999
PROMPT_DROPOUT = 0.1
LATE_START = 0.25  # share of motion batches that begin in the middle of the action


@dataclass(frozen=True)
class TrainConfig:
    """A run of training; the same config gives the same weights on one machine."""

    data: Path
    run: Path
    steps: int = 20_000
    seed: int = 0
    shape: Shape = Shape()
    motion_rows: int = 3_000  # rows of a motion batch, all worlds together
    casts: int = 64  # worlds of a casting batch
    rate: float = 1e-3
    warm_up: int = 200
    cool_down: float = 0.25  # share of the steps over which the learning rate falls to zero
    save_every: int = 250


@dataclass(frozen=True)
class Progress:
    """One training step, as the command line shows it."""

    step: int
    steps: int
    losses: dict[str, float]  # by kind of row, standardised units
    seconds: float


def train(config: TrainConfig) -> Iterator[Progress]:
    """Train until ``config.steps``, resuming from the run's folder; yields after each step.

    Files in the run's folder: ``state.safetensors`` to go on from, ``weights.safetensors`` to use, ``losses.jsonl``.
    """
    config.run.mkdir(parents=True, exist_ok=True)
    library = Library().refresh(config.data)
    trainer = Trainer(config, library)
    while trainer.step < config.steps:
        started = time.perf_counter()
        losses = trainer.advance(library)
        yield Progress(trainer.step, config.steps, losses, time.perf_counter() - started)
        if trainer.step % config.save_every == 0 or trainer.step == config.steps:
            trainer.save()
            library.refresh(config.data)


class Trainer:
    """Master weights, their moving average and the optimisers' state."""

    def __init__(self, config: TrainConfig, library: Library) -> None:
        torch.manual_seed(config.seed)
        self.config = config
        self.master = WorldTransformer(config.shape)
        self.average = deepcopy(self.master).requires_grad_(False)
        # The passes run in bfloat16, five times as fast here; the weights they copy stay float32.
        self.network = deepcopy(self.master).to_bfloat16()
        named = list(self.master.named_parameters())
        matrices = [p for name, p in named if "blocks." in name and p.ndim == 2]
        others = [p for name, p in named if "blocks." not in name or p.ndim != 2]
        self.optimisers: list[torch.optim.Optimizer] = [
            torch.optim.Muon(matrices, lr=config.rate, weight_decay=0.01, adjust_lr_fn="match_rms_adamw"),
            torch.optim.AdamW(others, lr=config.rate, betas=(0.9, 0.98), weight_decay=0.0),
        ]
        self.step = 0
        self.seconds = 0.0
        self._log: list[str] = []
        if (config.run / "state.safetensors").exists():
            self._resume()
        else:
            self.scales = Scales.from_arrays(scales(library.examples))

    def advance(self, library: Library) -> dict[str, float]:
        """Take one step and return its losses."""
        started = time.perf_counter()
        rng = np.random.default_rng([self.config.seed, self.step])
        torch.manual_seed(int(rng.integers(2**62)))
        with torch.no_grad():
            for working, master in zip(self.network.parameters(), self.master.parameters(), strict=True):
                working.copy_(master)
                working.grad = None
        casting = _losses(self.network, self._casting(library, rng), rng)
        losses = {f"casting {name}": value for name, value in casting.items()}
        sum(losses.values(), torch.zeros(())).backward()
        moving = _losses(self.network, self._motion(library, rng), rng)
        sum(moving.values(), torch.zeros(())).backward()
        losses |= moving
        self._update()
        self.seconds += time.perf_counter() - started
        plain = {name: round(float(value.detach()), 5) for name, value in losses.items()}
        self._log.append(json.dumps({"step": self.step, "seconds": round(self.seconds, 1)} | plain))
        return plain

    def _update(self) -> None:
        with torch.no_grad():
            for working, master in zip(self.network.parameters(), self.master.parameters(), strict=True):
                master.grad = None if working.grad is None else working.grad.float()
        nn.utils.clip_grad_norm_(self.master.parameters(), 1.0)
        for optimiser in self.optimisers:
            for group in optimiser.param_groups:
                group["lr"] = self.config.rate * self._schedule()
            optimiser.step()
        self.step += 1
        decay = min(EMA_DECAY, self.step / (self.step + 20))
        torch._foreach_lerp_(list(self.average.parameters()), list(self.master.parameters()), 1 - decay)

    def _schedule(self) -> float:
        config = self.config
        left = (config.steps - self.step) / (config.cool_down * config.steps)
        return min(1.0, (self.step + 1) / config.warm_up, left)

    def _casting(self, library: Library, rng: np.random.Generator) -> tuple[Batch, list[Example]]:
        examples = [library.examples[i] for i in rng.integers(len(library.examples), size=self.config.casts)]
        return casting_batch([example.rows for example in examples], self.scales), examples

    def _motion(self, library: Library, rng: np.random.Generator) -> tuple[Batch, list[Example]]:
        examples = library.draw(rng, self.config.motion_rows)
        first = int(rng.integers(1, 7)) if rng.random() < LATE_START else 0
        worlds = [crop(example.rows, first) for example in examples]
        return motion_batch(worlds, self.scales, slots=max(len(world.cast) for world in worlds)), examples

    def save(self) -> None:
        """Write the state to go on from and the averaged weights, each whole or not at all."""
        tensors = {f"master.{k}": v for k, v in self.master.state_dict().items()}
        tensors |= {f"average.{k}": v for k, v in self.average.state_dict().items()}
        for number, optimiser in enumerate(self.optimisers):
            for index, state in optimiser.state_dict()["state"].items():
                tensors |= {f"optimiser.{number}.{index}.{k}": torch.as_tensor(v) for k, v in state.items()}
        for kind in weights.KINDS:
            tensors |= {
                f"scales.{kind}_mean": self.scales.mean[kind],
                f"scales.{kind}_deviation": self.scales.deviation[kind],
            }
        metadata = {"step": str(self.step), "seconds": str(self.seconds)}
        run = self.config.run
        save_file({k: v.contiguous() for k, v in tensors.items()}, run / "state.partial", metadata)
        (run / "state.partial").rename(run / "state.safetensors")
        (run / "weights.partial").write_bytes(weights.save(self.average, self.scales, self.card()))
        (run / "weights.partial").rename(run / "weights.safetensors")
        with (run / "losses.jsonl").open("a") as file:
            file.writelines(f"{line}\n" for line in self._log)
        self._log.clear()

    def card(self) -> dict[str, Any]:
        """What a user must know of these weights, as far as training knows it."""
        config = asdict(self.config) | {"data": "simulated", "run": ""}
        parameters = sum(p.numel() for p in self.master.parameters())
        return {
            "version": f"0.1+{self.step}",
            "parameters": parameters,
            "steps": self.step,
            "hours": round(self.seconds / 3600, 2),
            "config": config,
        }

    def _resume(self) -> None:
        path = self.config.run / "state.safetensors"
        tensors = load_file(path)
        metadata = weights._metadata(path.read_bytes())
        self.step, self.seconds = int(metadata["step"]), float(metadata["seconds"])
        for prefix, module in (("master.", self.master), ("average.", self.average)):
            module.load_state_dict({k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)})
        for number, optimiser in enumerate(self.optimisers):
            state: dict[int, dict[str, Tensor]] = {}
            for key, value in tensors.items():
                if key.startswith(f"optimiser.{number}."):
                    _, _, index, name = key.split(".", 3)
                    state.setdefault(int(index), {})[name] = value
            optimiser.load_state_dict(optimiser.state_dict() | {"state": state})
        self.scales = Scales.from_arrays(
            {k.removeprefix("scales."): v.numpy() for k, v in tensors.items() if k.startswith("scales.")}
        )


def _logit_normal(*shape: int) -> Tensor:
    return torch.sigmoid(1.2 * torch.randn(*shape))


def motion_levels(count: int, movers: int, rows: int) -> tuple[Tensor, Tensor]:
    """Noise levels of camera (B, K) and motion rows (B, M, K): alike, cascading in time, or independent."""
    alike = _logit_normal(count, 1).expand(-1, rows)
    lag = 4 * torch.rand(count, 1) ** 2 * rows / 4
    front = torch.rand(count, 1) * (1 + lag) - lag * torch.linspace(0, 1, rows)
    cascading = front.clamp(0, 1)
    time_levels = torch.where(torch.rand(count, 1) < 0.35, alike, cascading)
    independent = torch.rand(count, 1) < 0.15
    motion = torch.where(
        independent[..., None], _logit_normal(count, movers, rows), time_levels[:, None].expand(-1, movers, -1)
    )
    camera_alone = torch.rand(count, 1) < 0.3
    camera = torch.where(independent | camera_alone, _logit_normal(count, 1).expand(-1, rows), time_levels)
    return camera, motion


def _losses(
    network: WorldTransformer, drawn: tuple[Batch, list[Example]], rng: np.random.Generator
) -> dict[str, Tensor]:
    """Mean squared error of the velocity, by kind of row."""
    clean, examples = drawn
    words, word_mask = words_of([_prompt(example, rng) for example in examples])
    count, slots = clean.cast_level.shape
    if clean.camera.shape[1]:
        camera_level, motion_level = motion_levels(count, *clean.motion_level.shape[1:])
        # The cast is given, now and then not quite right, as it is when it was generated.
        nearly = torch.where(torch.rand(count, 1) < 0.3, 1 - 0.08 * torch.rand(count, 1), 1.0)
        levels = {
            "cast": nearly.expand(-1, slots),
            "scene": nearly[:, 0],
            "camera": camera_level,
            "motion": motion_level,
        }
    else:
        together = _logit_normal(count, 1)
        levels = {
            "cast": together.expand(-1, slots),
            "scene": together[:, 0],
            "camera": clean.camera_level,
            "motion": clean.motion_level,
        }
    data = {kind: getattr(clean, kind) for kind in weights.KINDS}
    noise = {kind: torch.randn_like(value) for kind, value in data.items()}
    noisy = {}
    for kind, value in data.items():
        level = levels[kind].reshape(*levels[kind].shape, *([1] * (value.ndim - levels[kind].ndim)))
        noisy[kind] = level * value + (1 - level) * noise[kind]
    batch = Batch(
        **noisy,
        **{f"{kind}_level": level for kind, level in levels.items()},
        cast_mask=clean.cast_mask,
        motion_mask=clean.motion_mask,
    )
    guess = dict(zip(weights.KINDS, network(batch, words, word_mask), strict=True))
    errors = {kind: (guess[kind] - (data[kind] - noise[kind])) ** 2 for kind in data}
    if not clean.camera.shape[1]:
        there = (clean.cast[..., :1] > 0).float().expand_as(errors["cast"]).clone()
        there[..., 0] = 1.0  # an empty slot must only say that it is empty
        return {"cast": (errors["cast"] * there).sum() / there.sum(), "scene": errors["scene"].mean()}
    return {
        "camera": _mean_where(errors["camera"], camera_level < 1),
        "motion": _mean_where(errors["motion"], motion_level < 1),
    }


def _mean_where(error: Tensor, mask: Tensor) -> Tensor:
    return (error.mean(dim=-1) * mask).sum() / mask.sum().clamp(min=1)


def _prompt(example: Example, rng: np.random.Generator) -> str:
    return "" if rng.random() < PROMPT_DROPOUT else caption(example.facts, rng).text
