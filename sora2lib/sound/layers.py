"""Layers of small networks in NumPy: what the voice and the reader of unknown words are made of.

L steps in time, C channels; ``weights`` holds arrays by name, and a layer takes those whose names begin with its own.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

Array = NDArray[np.float32]
Weights = Mapping[str, Array]
EPSILON = 1e-5


def linear(x_LC: Array, weights: Weights, name: str) -> Array:
    """Multiply by a matrix and add a bias."""
    return np.asarray(x_LC @ weights[f"{name}.weight"] + weights[f"{name}.bias"])


def norm(x_LC: Array, weights: Weights, name: str) -> Array:
    """Bring each step to mean 0 and variance 1, then scale and shift its channels."""
    away = x_LC - x_LC.mean(axis=-1, keepdims=True)
    even = away / np.sqrt(np.mean(away * away, axis=-1, keepdims=True) + EPSILON)
    return np.asarray(even * weights[f"{name}.weight"] + weights[f"{name}.bias"])


def gelu(x: Array) -> Array:
    """Return x times the probability that a normal number is smaller (D. Hendrycks and K. Gimpel, 2016)."""
    return np.asarray(x * (1 + erf(x * np.float32(0.5**0.5))) * np.float32(0.5))


def convolve(x_LC: Array, weights: Weights, name: str) -> Array:
    """Convolve along time, as long as before, zeros around."""
    kernel_OCK = weights[f"{name}.weight"]
    width, count = kernel_OCK.shape[2], len(x_LC)
    padded = np.pad(x_LC, ((width // 2, width // 2), (0, 0)))
    out = sum(padded[k : k + count] @ kernel_OCK[:, :, k].T for k in range(width))
    return np.asarray(out + weights[f"{name}.bias"])


def block(x_LC: Array, weights: Weights, name: str, *, spread: int = 1) -> Array:
    """Mix steps ``spread`` apart channel by channel, then channels step by step, and add (Z. Liu et al., 2022)."""
    kernel_CK = weights[f"{name}.dw.weight"][:, 0]
    width, count = kernel_CK.shape[1], len(x_LC)
    edge = width // 2 * spread
    padded = np.pad(x_LC, ((edge, edge), (0, 0)))
    mixed = sum(padded[k * spread : k * spread + count] * kernel_CK[:, k] for k in range(width))
    inner = gelu(linear(norm(mixed + weights[f"{name}.dw.bias"], weights, f"{name}.norm"), weights, f"{name}.pw1"))
    return np.asarray(x_LC + weights[f"{name}.gamma"] * linear(inner, weights, f"{name}.pw2"))


def attend(x_LC: Array, weights: Weights, name: str, *, heads: int) -> Array:
    """Let all steps look at each other, then think for itself each one (A. Vaswani et al., 2017)."""
    count, width = x_LC.shape
    asked = linear(norm(x_LC, weights, f"{name}.norm1"), weights, f"{name}.in_proj")
    query_HLD, key_HLD, value_HLD = asked.reshape(count, 3, heads, width // heads).transpose(1, 2, 0, 3)
    score_HLL = query_HLD @ key_HLD.swapaxes(1, 2) / np.float32((width // heads) ** 0.5)
    share_HLL = np.exp(score_HLL - score_HLL.max(axis=-1, keepdims=True))
    share_HLL /= share_HLL.sum(axis=-1, keepdims=True)
    seen_LC = (share_HLL @ value_HLD).swapaxes(0, 1).reshape(count, width)
    x_LC = x_LC + linear(seen_LC, weights, f"{name}.out_proj")
    inner = gelu(linear(norm(x_LC, weights, f"{name}.norm2"), weights, f"{name}.linear1"))
    return np.asarray(x_LC + linear(inner, weights, f"{name}.linear2"))
