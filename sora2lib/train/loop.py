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
from sora2lib.train.data import scales
from sora2lib.train.library import Library
from sora2lib.train.muon import Muon
from sora2lib.train.objective import losses

EMA_DECAY = 0.999
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
    device: str = "cpu"  # or "cuda"
    motion_rows: int = 3_000  # rows of a motion batch, all worlds together
    batches: int = 1  # whose losses one step goes by; each has worlds with equally many movers
    rate: float = 1e-3
    warm_up: int = 200
    cool_down: float = 1.0  # share of the steps over which the learning rate falls to zero
    save_every: int = 250


@dataclass(frozen=True)
class Progress:
    """One training step, as the command line shows it."""

    step: int
    steps: int
    losses: dict[str, Tensor]  # by kind of row, standardised units; to read one is to wait for the device
    seconds: float


def train(config: TrainConfig) -> Iterator[Progress]:
    """Train until ``config.steps``, resuming from the run's folder; yields after each step.

    Files in the run's folder: ``state.safetensors`` to go on from, ``weights.safetensors`` to use, ``losses.jsonl``.
    """
    config.run.mkdir(parents=True, exist_ok=True)
    library = Library(config.device).refresh(config.data)
    if not len(library):
        raise ModelError(f"{config.data} holds no worlds to learn from; make some with sora2lib.train.data.make_shard")
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
        torch.backends.cuda.enable_cudnn_sdp(False)  # it makes a plan for every shape of batch, 10 ms each
        self.config = config
        begun = weights.read(str(config.start)) if config.start else None
        self.master = deepcopy(begun.network) if begun else WorldTransformer(config.shape)
        self.master.to(config.device).train().requires_grad_(True)
        self.average = deepcopy(self.master).requires_grad_(False)
        # The passes run in bfloat16, five times as fast here; the weights they copy stay float32.
        self.network = deepcopy(self.master).to_bfloat16()
        named = list(self.master.named_parameters())
        matrices = [p for name, p in named if "blocks." in name and p.ndim == 2]
        others = [p for name, p in named if "blocks." not in name or p.ndim != 2]
        self.optimisers: list[torch.optim.Optimizer] = [
            Muon(matrices, lr=config.rate, weight_decay=0.01),
            torch.optim.AdamW(others, lr=config.rate, betas=(0.9, 0.98), weight_decay=0.0),
        ]
        self.step = 0
        self.seconds = 0.0
        self._log: list[tuple[int, float, dict[str, Tensor]]] = []
        if (config.run / "state.safetensors").exists():
            self._resume()
        else:
            stacks = library.stacks()
            rows = {kind: stack.cpu().numpy() for kind, stack in stacks.items()}
            self.scales = (begun.scales if begun else Scales.from_arrays(scales(rows))).to(config.device)
            if not begun:
                self._settle(stacks)

    def _settle(self, stacks: dict[str, Tensor]) -> None:
        self.master.settle({kind: self.scales.enter(kind, stack) for kind, stack in stacks.items()})
        # The working copy takes every step from the master.
        self.average.load_state_dict(self.master.state_dict())

    def advance(self, library: Library) -> dict[str, Tensor]:
        """Take one step and return its losses."""
        started = time.perf_counter()
        rng = np.random.default_rng([self.config.seed, self.step])
        torch.manual_seed(int(rng.integers(2**62)))
        with torch.no_grad():
            torch._foreach_copy_(list(self.network.parameters()), list(self.master.parameters()))
        self.network.zero_grad()
        errors: dict[str, list[Tensor]] = {}
        for _ in range(self.config.batches):
            for kind, loss in self._learn(library, rng).items():
                errors.setdefault(kind, []).append(loss)
        self._update()
        means = {name: torch.stack(them).mean() for name, them in errors.items()}
        self.seconds += time.perf_counter() - started
        self._log.append((self.step, self.seconds, means))
        return means

    def _learn(self, library: Library, rng: np.random.Generator) -> dict[str, Tensor]:
        """Add the gradients of one batch; return its losses."""
        first = int(rng.integers(1, 7)) if rng.random() < LATE_START else 0
        drawn = library.draw(rng, self.config.motion_rows, self.scales, first=first)
        errors = losses(self.network, drawn, self.scales)
        (torch.stack(list(errors.values())).sum() / self.config.batches).backward()  # type: ignore[no-untyped-call]
        return {name: loss.detach() for name, loss in errors.items()}

    def _update(self) -> None:
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
        tensors |= {f"scales.{name}": value for name, value in self.scales.tensors().items()}
        metadata = {"step": str(self.step), "seconds": str(self.seconds)}
        run = self.config.run
        save_file({k: v.contiguous() for k, v in tensors.items()}, run / "state.partial", metadata)
        (run / "state.partial").rename(run / "state.safetensors")
        weights.write(run / "weights.safetensors", self.average, self.scales, self.card())
        with (run / "losses.jsonl").open("a") as file:
            for step, seconds, means in self._log:
                plain = {name: round(float(mean), 5) for name, mean in means.items()}
                file.write(json.dumps({"step": step, "seconds": round(seconds, 1)} | plain) + "\n")
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
        tensors = load_file(path, device=self.config.device)
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
        told = {k.removeprefix("scales."): v.cpu().numpy() for k, v in tensors.items() if k.startswith("scales.")}
        self.scales = Scales.from_arrays(told).to(self.config.device)
