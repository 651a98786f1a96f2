"""The training loop: flow matching on simulated worlds, resumable, from nothing but a seed.

The objective is in :mod:`sora2lib.train.objective`, the worlds come from :mod:`sora2lib.train.data`.
"""

import json
import time
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from sora2lib.errors import ModelError
from sora2lib.model import weights
from sora2lib.model.transformer import Shape, WorldTransformer
from sora2lib.model.weights import Scales
from sora2lib.train.data import Example, Library, scales, stacks
from sora2lib.train.objective import losses
from sora2lib.world.captions import caption

EMA_DECAY = 0.999
PROMPT_DROPOUT = 0.1
DRAWS = 3  # batches' worth of captions drawn for one batch of like length: padding costs as much as words
LATE_START = 0.25  # share of motion batches that begin in the middle of the action


@dataclass(frozen=True)
class TrainConfig:
    """A run of training; the same config gives the same weights on one machine."""

    data: Path
    run: Path
    start: Path | None = None  # weights to begin with, their network's shape included; None begins from noise
    steps: int = 20_000
    seed: int = 0
    shape: Shape = field(default_factory=Shape)
    motion_rows: int = 3_000  # rows of a motion batch, all worlds together
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
    if not library.examples:
        raise ModelError(f"{config.data} holds no worlds to learn from; make some with sora2lib.train.data.make_shard")
    trainer = Trainer(config, library)
    while trainer.step < config.steps:
        started = time.perf_counter()
        losses = trainer.advance(library)
        yield Progress(trainer.step, config.steps, losses, time.perf_counter() - started)
        if trainer.step % config.save_every == 0 or trainer.step == config.steps:
            trainer.save()
            library.refresh(config.data)


def _draw(library: Library, rng: np.random.Generator, rows: int) -> tuple[list[Example], list[str]]:
    """Examples with captions of about the same length; every caption is as likely as when drawn alone."""
    examples = library.draw(rng, rows, times=DRAWS)
    prompts = ["" if rng.random() < PROMPT_DROPOUT else caption(e.facts, rng).text for e in examples]
    order = np.argsort([len(prompt) for prompt in prompts], kind="stable")
    chosen = np.array_split(order, DRAWS)[rng.integers(DRAWS)]
    return [examples[i] for i in chosen], [prompts[i] for i in chosen]


class Trainer:
    """Master weights, their moving average and the optimisers' state."""

    def __init__(self, config: TrainConfig, library: Library) -> None:
        torch.manual_seed(config.seed)
        self.config = config
        begun = weights.load(str(config.start)) if config.start else None
        self.master = deepcopy(begun.network) if begun else WorldTransformer(config.shape)
        self.master.train().requires_grad_(True)
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
            self.scales = begun.scales if begun else Scales.from_arrays(scales(library.examples))
            if not begun:
                self._settle(library)

    def _settle(self, library: Library) -> None:
        rows = {
            kind: self.scales.enter(kind, torch.as_tensor(stack)) for kind, stack in stacks(library.examples).items()
        }
        self.master.settle(rows)  # the working copy takes every step from the master
        self.average.load_state_dict(self.master.state_dict())

    def advance(self, library: Library) -> dict[str, float]:
        """Take one step and return its losses."""
        started = time.perf_counter()
        rng = np.random.default_rng([self.config.seed, self.step])
        torch.manual_seed(int(rng.integers(2**62)))
        with torch.no_grad():
            for working, master in zip(self.network.parameters(), self.master.parameters(), strict=True):
                working.copy_(master)
                working.grad = None
        examples, prompts = _draw(library, rng, self.config.motion_rows)
        first = int(rng.integers(1, 7)) if rng.random() < LATE_START else 0
        errors = losses(self.network, [e.rows for e in examples], prompts, self.scales, first=first)
        torch.stack(list(errors.values())).sum().backward()  # type: ignore[no-untyped-call]
        self._update()
        self.seconds += time.perf_counter() - started
        plain = {name: round(float(value.detach()), 5) for name, value in errors.items()}
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
        # Paths are the trainer's own business.
        config = {name: value for name, value in asdict(self.config).items() if name not in ("data", "run", "start")}
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
