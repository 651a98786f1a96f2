"""Weights on disk: one safetensors file holds the network, the scales of its channels and its card."""

import json
import struct
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load as parse
from safetensors.torch import save as pack
from torch import Tensor

from sora2lib.errors import ModelError
from sora2lib.model import files
from sora2lib.model.transformer import Shape, WorldTransformer

FORMAT = "12"
GROUP = 64  # neighbours in a row of a matrix of the transformer's blocks, which share a scale
KINDS = ("cast", "scene", "camera", "motion", "pose")


@dataclass(frozen=True)
class Scales:
    """Mean and standard deviation of each channel, by kind of row."""

    mean: dict[str, Tensor]
    deviation: dict[str, Tensor]

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[np.float32]]) -> "Scales":
        """Take ``<kind>_mean`` and ``<kind>_deviation`` of each kind."""
        tensors = {name: torch.as_tensor(value) for name, value in arrays.items()}
        return cls({k: tensors[f"{k}_mean"] for k in KINDS}, {k: tensors[f"{k}_deviation"] for k in KINDS})

    def to(self, device: str) -> "Scales":
        """Return the same scales in the memory of a device."""
        return Scales(*({k: v.to(device) for k, v in part.items()} for part in (self.mean, self.deviation)))

    def tensors(self) -> dict[str, Tensor]:
        """Return ``<kind>_mean`` and ``<kind>_deviation`` of each kind."""
        parts = {"mean": self.mean, "deviation": self.deviation}
        return {f"{kind}_{name}": part[kind].contiguous() for name, part in parts.items() for kind in KINDS}

    def enter(self, kind: str, rows: Tensor) -> Tensor:
        """Natural channels -> standardised ones."""
        return (rows - self.mean[kind]) / self.deviation[kind]

    def leave(self, kind: str, rows: Tensor) -> Tensor:
        """Standardised channels -> natural ones."""
        return rows * self.deviation[kind] + self.mean[kind]


@dataclass(frozen=True)
class Model:
    """A trained network with what it takes to use it."""

    name: str
    version: str
    network: WorldTransformer
    scales: Scales
    card: dict[str, Any]


def save(network: WorldTransformer, scales: Scales, card: dict[str, Any]) -> bytes:
    """Pack weights in half precision (a third of a thousandth of rounding), scales in full, and the card.

    The interaction network is packed in full: it adds up what it says, sample upon sample. Matrices of the
    transformer's own blocks, which are more than half of all, are packed in whole numbers of a byte, with a scale for
    every ``GROUP`` of them (half a percent of rounding).
    """
    tensors = {f"scales.{name}": value for name, value in scales.tensors().items()}
    for name, value in network.state_dict().items():
        if name.startswith("blocks.") and value.ndim == 2 and value.shape[1] % GROUP == 0:
            tensors[f"whole.{name}"], tensors[f"step.{name}"] = _whole(value)
        else:
            tensors[f"network.{name}"] = (value if name.startswith("interaction.") else value.half()).contiguous()
    metadata = {"format": FORMAT, "shape": json.dumps(asdict(network.shape)), "card": json.dumps(card)}
    return pack(tensors, metadata)


def _whole(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """Matrix (A, B) as whole numbers (A, B) up to 127 either way, and what a group is counted in, (A, B / GROUP)."""
    groups = matrix.reshape(len(matrix), -1, GROUP)
    step = (groups.abs().amax(dim=-1) / 127).half()
    counted = groups / step.float().clamp(min=torch.finfo(torch.half).tiny)[..., None]
    return counted.round().clamp(-127, 127).to(torch.int8).flatten(1), step


def _weights(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Undo the packing of the network's weights."""
    plain = {name[8:]: value.float() for name, value in tensors.items() if name.startswith("network.")}
    for name, value in tensors.items():
        if name.startswith("whole."):
            step = tensors[f"step.{name[6:]}"].float()
            plain[name[6:]] = (value.float().reshape(*step.shape, GROUP) * step[..., None]).flatten(1)
    return plain


def write(path: Path, network: WorldTransformer, scales: Scales, card: dict[str, Any]) -> None:
    """Write weights as :func:`save` packs them; the file appears whole or not at all."""
    partial = path.with_suffix(".partial")
    partial.write_bytes(save(network, scales, card))
    partial.rename(path)


@lru_cache(maxsize=2)
def load(name: str = "small") -> Model:
    """Load packaged weights by name, or any weights by the path of their ``.safetensors`` file.

    Raises
    ------
    ModelError
        No such model, or its file is missing, truncated, altered or of another format.

    >>> load("small").card["parameters"] > 1e6  # doctest: +SKIP
    True
    """
    model = read(name)
    if multiplies_bfloat16():
        model.network.to_bfloat16()
    return model


def multiplies_bfloat16() -> bool:
    """Whether this processor multiplies matrices in bfloat16 by itself: then that takes a third of the time or less."""
    capabilities: dict[str, Any] = getattr(torch.cpu, "get_capabilities", dict)()  # torch 2.6 cannot tell
    return any(capabilities.get(name, False) for name in ("amx_bf16", "avx512_bf16"))


def read(name: str) -> Model:
    """Do as :func:`load` does, from the file as it is now: a model of one's own, to learn on."""
    content = _content(name)
    try:
        metadata = _metadata(content)
        if metadata["format"] != FORMAT:
            raise ModelError(
                f"{name} has format {metadata['format']}, this version reads {FORMAT}; update sora2lib or the weights"
            )
        tensors = parse(content)
        network = WorldTransformer(Shape(**json.loads(metadata["shape"])))
        network.load_state_dict(_weights(tensors))
        scales = Scales.from_arrays(
            {key[7:]: value.numpy() for key, value in tensors.items() if key.startswith("scales.")}
        )
        card = json.loads(metadata["card"])
    except (SafetensorError, KeyError, ValueError, TypeError, RuntimeError, struct.error) as error:
        raise ModelError(
            f"{name} does not hold weights of sora2lib ({error}); train some with: sora2lib train"
        ) from error
    return Model(Path(name).stem, str(card.get("version", "0")), network.eval(), scales, card)


def names() -> tuple[str, ...]:
    """Names of the packaged models."""
    return tuple(name for name in files.names(".safetensors") if name not in ("text", "turns"))


def _content(name: str) -> bytes:
    if name.endswith(".safetensors"):
        try:
            return Path(name).read_bytes()
        except OSError as error:
            raise ModelError(
                f"{name} cannot be read ({error.strerror}); give the path of a .safetensors file"
            ) from error
    if name not in names():
        raise ModelError(
            f"model {name!r} is not known; use one of {', '.join(names())} or the path of a .safetensors file"
        )
    return files.read(f"{name}.safetensors")


def _metadata(content: bytes) -> dict[str, str]:
    (length,) = struct.unpack("<Q", content[:8])
    header: dict[str, Any] = json.loads(content[8 : 8 + length])
    metadata: dict[str, str] = header["__metadata__"]
    return metadata
