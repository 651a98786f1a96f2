"""Fits the tables by which a picture is read to drawn worlds, tells how well they do on others, and writes them.

python benchmarks/calibrate_start.py [--worlds N] [--out FILE]

First pictures, 320x180, of simulated worlds of all families of things. A fifth of them is kept apart: the shares that
are printed are of those.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from tqdm import tqdm

from sora2lib import fitting
from sora2lib.errors import WorldError
from sora2lib.fitting.looks import CLIPPED, appearance, look
from sora2lib.fitting.picture import MARGIN, ROWS, horizon_features, patches
from sora2lib.render import passes, render
from sora2lib.world.facts import Facts
from sora2lib.world.families import FAMILIES
from sora2lib.world.schema import World
from sora2lib.world.simulate import simulate
from sora2lib.world.staging import DECOR
from sora2lib.world.vocabulary import GROUNDS, LIGHTS, WEATHERS

Array = NDArray[np.float64]
FIRST_SEED = 500_000
WIDTH = 320
HELD_OUT = 5  # one in so many worlds
CANDIDATES = ROWS - 2 * MARGIN  # rows that may be the horizon's
CLOSE = 4  # rows
PURE, OWN = 0.7, 0.8  # of a patch must be of an actor, and of one alone, to tell of its colour
# How strongly weights are held small.
HORIZON_DECAY, NAME_DECAY, COLOUR_DECAY = 3e-4, 3e-3, 3.0


@dataclass(frozen=True, eq=False)
class Drawn:
    """A world's first picture and what is true of it."""

    picture: NDArray[np.uint8]
    shown: NDArray[np.int16]  # (H, W) actors
    facts: Facts
    colour: Array  # (A, 3)
    scenery: NDArray[np.bool_]  # (A,)
    row: int  # of the horizon among the candidates; CANDIDATES if it is not in the picture


def drawn(world: World) -> Drawn:
    """Draw a world's first moment."""
    ahead = world.camera_target.values[0] - world.camera_eye.values[0]
    height = -ahead[2] / np.hypot(*ahead[:2]) / np.tan(float(world.camera_fov.values[0]) / 2)
    row = round((1 - height) * ROWS / 2) - MARGIN
    return Drawn(
        next(render(world, width=WIDTH, height=ROWS, fps=24)),
        passes(world, 0.0, width=WIDTH, height=ROWS)["segmentation"],
        Facts.from_json(world.attrs["facts"]),
        world.colour.values,
        np.isin(world.asset.values, DECOR),
        row if 0 <= row < CANDIDATES else CANDIDATES,
    )


def worlds(count: int) -> list[Drawn]:
    """Worlds of all families in turn."""
    names, found = sorted(FAMILIES), []
    for seed in tqdm(range(FIRST_SEED, FIRST_SEED + count)):
        try:
            found.append(drawn(simulate(names[seed % len(names)], seed)))
        except WorldError:
            continue
    return found


def scaled(numbers: Array, train: NDArray[np.intp]) -> tuple[Array, Array, Tensor]:
    """Middle and spread (F,) of those that are learned from, and all on that scale."""
    known = numbers[train].reshape(-1, numbers.shape[-1])
    middle, spread = known.mean(axis=0), known.std(axis=0)
    spread = np.where(spread > 1e-3, spread, 1.0)  # what is the same everywhere tells nothing
    return middle, spread, torch.as_tensor(np.clip((numbers - middle) / spread, -CLIPPED, CLIPPED), dtype=torch.float32)


def table(middle: Array, spread: Array, weights: Any, names: Sequence[str]) -> dict[str, Any]:
    """What JSON holds of a regression."""
    arrays = {"middle": middle, "spread": spread, "weights": np.asarray(weights)}
    return {name: np.round(it, 4).tolist() for name, it in arrays.items()} | {"names": list(names)}


def minimised(parameters: list[Tensor], loss: Callable[[], Tensor]) -> None:
    """Let parameters go where a loss is least."""
    optimiser = torch.optim.LBFGS(parameters, max_iter=300, line_search_fn="strong_wolfe")

    def closure() -> float:
        optimiser.zero_grad()
        value = loss()
        value.backward()
        return float(value)

    optimiser.step(closure)


def horizons(them: list[Drawn], train: NDArray[np.intp], test: NDArray[np.intp]) -> tuple[dict[str, Any], list[int]]:
    """Tables of where the horizon is, and where they put it; a softmax over rows and one more for none."""
    numbers = np.stack([horizon_features(it.picture) for it in them])  # (N, CANDIDATES, F)
    rows, none = scaled(numbers, train), scaled(numbers.max(axis=1), train)
    weight, other = (torch.zeros(numbers.shape[-1], requires_grad=True) for _ in range(2))
    bias = torch.zeros(1, requires_grad=True)
    place = torch.arange(CANDIDATES)
    wanted = torch.zeros(len(them), CANDIDATES + 1)
    for goal, it in zip(wanted, them, strict=True):
        near = torch.exp(-0.5 * (place - it.row).float() ** 2) * (it.row < CANDIDATES)
        goal[:-1], goal[-1] = near / near.sum().clamp(min=1e-9), float(it.row == CANDIDATES)

    def scores(which: NDArray[np.intp]) -> Tensor:
        return torch.cat([rows[2][which] @ weight, (none[2][which] @ other + bias)[:, None]], dim=1)

    def loss() -> Tensor:
        likely = torch.log_softmax(scores(train), dim=1)
        return -(wanted[train] * likely).sum(dim=1).mean() + HORIZON_DECAY * (
            weight.square().sum() + other.square().sum()
        )

    minimised([weight, other, bias], loss)
    guess = scores(np.arange(len(them))).argmax(dim=1).tolist()
    seen = [i for i in test if them[i].row < CANDIDATES]
    near = [abs(guess[i] - them[i].row) <= CLOSE for i in seen]
    print(f"horizon, where there is one: found within {CLOSE} rows in {np.mean(near):.2f}, n {len(seen)}")
    tables = {
        "horizon": table(*rows[:2], [*weight.tolist(), 0.0], ["row"]),
        "nowhere": table(*none[:2], [*other.tolist(), float(bias)], ["none"]),
    }
    for it in tables.values():
        it["weights"] = [[value] for value in it["weights"]]
    return tables, guess


def names(
    numbers: Array, told: list[str], known: list[str], train: NDArray[np.intp], test: NDArray[np.intp]
) -> dict[str, Any]:
    """A table that tells which name something has (logistic regression)."""
    middle, spread, scale = scaled(numbers, train)
    weight = torch.zeros(scale.shape[1] + 1, len(known), requires_grad=True)
    answer = torch.tensor([known.index(it) for it in told])

    def loss() -> Tensor:
        fit = torch.nn.functional.cross_entropy(scale[train] @ weight[:-1] + weight[-1], answer[train])
        return fit + NAME_DECAY * weight[:-1].square().sum()

    minimised([weight], loss)
    share = torch.softmax(scale[test] @ weight[:-1] + weight[-1], dim=1)
    right, sure = share.argmax(dim=1) == answer[test], share.amax(dim=1) > 0.6
    marks = right.float().mean(), sure.float().mean(), right[sure].float().mean()
    print("right {:.2f}; sure {:.2f}, of those right {:.2f}".format(*marks))
    return table(middle, spread, weight.detach().numpy(), known)


def main() -> None:
    """Draw, fit, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", type=int, default=500, help="that are drawn (%(default)s)")
    parser.add_argument("--out", type=Path, default=Path(fitting.__file__).parent / "data" / "looks.json")
    asked = parser.parse_args()
    them = worlds(asked.worlds)
    order = np.random.default_rng(0).permutation(len(them))
    test, train = np.split(order, [len(them) // HELD_OUT])
    tables, rows = horizons(them, train, test)
    looks, colours = [], []
    for index, (it, row) in enumerate(zip(them, rows, strict=True)):
        horizon = None if row == CANDIDATES else row + MARGIN
        found = patches(it.picture, horizon)
        mask = np.any([one.mask for one in found], axis=0) if found else np.zeros(it.shown.shape, dtype=np.bool_)
        looks.append(look(it.picture, horizon, mask))
        for one in found:
            inside = it.shown[one.mask]
            actors = inside[inside >= 0]
            main_one = int(np.bincount(actors).argmax()) if len(actors) else -1
            own = len(actors) > PURE * len(inside) and (actors == main_one).mean() > OWN
            if own and not it.scenery[main_one]:
                colours.append((index, appearance(it.picture, one.mask, looks[-1]), it.colour[main_one]))
    for name, known in (("ground", GROUNDS), ("light", LIGHTS), ("weather", WEATHERS)):
        print(name, end=": ")
        tables[name] = names(np.array(looks), [getattr(it.facts, name) for it in them], list(known), train, test)
    tables["colour"] = colour_table(colours, train)
    asked.out.write_text(json.dumps(tables, separators=(",", ":")), encoding="utf-8")


def colour_table(seen: list[tuple[int, Array, Array]], train: NDArray[np.intp]) -> dict[str, Any]:
    """A table that tells the colour of a thing (ridge regression)."""
    world, numbers, true = (np.array(it) for it in zip(*seen, strict=True))
    mine = np.isin(world, train)
    middle, spread, scale = scaled(numbers, np.flatnonzero(mine))
    told = np.concatenate([scale.double().numpy(), np.ones((len(scale), 1))], axis=1)
    hold = COLOUR_DECAY * np.diag([*np.ones(scale.shape[1]), 0.0])
    weights = np.linalg.solve(told[mine].T @ told[mine] + hold, told[mine].T @ true[mine])
    off = np.sqrt(((np.clip(told[~mine] @ weights, 0, 1) - true[~mine]) ** 2).mean(axis=1))
    print(f"colour: off by {off.mean():.3f} of 1, n {len(off)}")
    return table(middle, spread, weights, ["red", "green", "blue"])


if __name__ == "__main__":
    main()
