"""What the transformers are built of: attention with rotary positions and QK-norm, gated feed-forward layers.

Shapes: B worlds, N rows, L text tokens, D width, H heads, C channels of a head.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

ROW_SECONDS = 1 / 3


def rotary(position: Tensor, frequencies: Tensor) -> tuple[Tensor, Tensor]:
    """Cosine and sine (..., F) of positions (...) at frequencies (F,) in rad a unit."""
    angle = position[..., None] * frequencies
    return angle.cos(), angle.sin()


class Clock(nn.Module):
    """When rows are, whose they are and how noisy, as angles: time from two rows to a minute, slots from two to all."""

    time: Tensor
    slot: Tensor
    level: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("time", 2 * torch.pi / torch.logspace(-0.6, 6, 8, base=2), persistent=False)
        self.register_buffer("slot", 2 * torch.pi / torch.logspace(1, 5, 4, base=2), persistent=False)
        self.register_buffer("level", torch.logspace(0, 8, 16, base=2), persistent=False)

    def seconds(self, rows: int) -> Tensor:
        """Middle of each time row (K,)."""
        return (torch.arange(rows, device=self.time.device) + 0.5) * ROW_SECONDS

    def moments(self, seconds: Tensor) -> tuple[Tensor, Tensor]:
        """Cosines and sines (..., 8) of times (...)."""
        return rotary(seconds, self.time)

    def turns(self, seconds: Tensor, slot: Tensor) -> tuple[Tensor, Tensor]:
        """Cosines and sines (1, N, 12) of rows at times (N,) in slots (N,)."""
        parts = self.moments(seconds), rotary(slot, self.slot)
        cosine, sine = (torch.cat(pair, dim=-1)[None] for pair in zip(*parts, strict=True))
        return cosine, sine

    def noise(self, level: Tensor) -> Tensor:
        """Sines and cosines (..., 32) of noise levels (...)."""
        angle = level[..., None] * self.level
        return torch.cat([angle.sin(), angle.cos()], dim=-1)


def rotate(x: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    """Rotate the first 2F channels of x (B, H, N, C) in pairs by (B, N, F) angles; the rest stay."""
    cosine, sine = (part[:, None].to(x.dtype) for part in turn)
    half = cosine.shape[-1]
    a, b, rest = x[..., :half], x[..., half : 2 * half], x[..., 2 * half :]
    return torch.cat([a * cosine - b * sine, b * cosine + a * sine, rest], dim=-1)


def additive(mask: Tensor, dtype: torch.dtype) -> Tensor:
    """Mask (B, N) of the keys that exist -> scores (B, 1, 1, N) to add: 0, or so low that softmax gives nothing."""
    return torch.zeros(mask.shape, dtype=dtype, device=mask.device).masked_fill(~mask, -1e4)[:, None, None]


class SwiGLU(nn.Module):
    """Gated feed-forward layer of Shazeer (2020)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        hidden = width * 8 // 3 // 32 * 32
        self.enter = nn.Linear(width, 2 * hidden, bias=False)
        self.leave = nn.Linear(hidden, width, bias=False)
        nn.init.zeros_(self.leave.weight)

    def forward(self, x: Tensor) -> Tensor:
        """Rows (..., D) in and out."""
        gate, value = self.enter(x).chunk(2, dim=-1)
        out: Tensor = self.leave(F.silu(gate) * value)
        return out


class Shares(nn.Module):
    """How much of each key every query takes: softmax of their likeness; a module, so that a forward hook sees it."""

    def forward(self, query: Tensor, key: Tensor, mask: Tensor) -> Tensor:
        """Queries (B, H, N, C), keys (B, H, M, C) and a mask that is added -> shares (B, H, N, M) that add up to 1."""
        return (query @ key.transpose(-1, -2) * query.shape[-1] ** -0.5 + mask).softmax(dim=-1)


class Attention(nn.Module):
    """Self-attention over rows, with text as further keys and values."""

    def __init__(self, width: int, heads: int, text: bool) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.text_kv = nn.Linear(width, 2 * width, bias=False) if text else None
        self.out = nn.Linear(width, width, bias=False)
        self.query_norm = nn.LayerNorm(width // heads, bias=False)
        self.key_norm = nn.LayerNorm(width // heads, bias=False)
        self.shares = Shares()
        nn.init.zeros_(self.out.weight)

    def _split(self, x: Tensor, parts: int) -> tuple[Tensor, ...]:
        batch, rows, _ = x.shape
        return x.view(batch, rows, parts, self.heads, -1).permute(2, 0, 3, 1, 4).unbind()  # each (B, H, N, C)

    def forward(self, x: Tensor, turn: tuple[Tensor, Tensor], mask: Tensor, text: Tensor | None) -> Tensor:
        """Rows (B, N, D) in and out; ``mask`` (B, 1, 1, N + L) is added to the scores, ``text`` is (B, L, D).

        Where several batches of rows, one after the other, have the same text, it is given and read once.
        """
        query, key, value = self._split(self.qkv(x), 3)
        query, key = rotate(self.query_norm(query), turn), rotate(self.key_norm(key), turn)
        if self.text_kv is not None:
            text_key, text_value = self._split(self.text_kv(text), 2)
            key = torch.cat([key, repeated(self.key_norm(text_key), len(x))], dim=2)
            value = torch.cat([value, repeated(text_value, len(x))], dim=2)
        if x.is_cuda:
            y = F.scaled_dot_product_attention(query, key, value, attn_mask=mask.expand(-1, -1, query.shape[2], -1))
        else:  # for a hundred rows faster on a CPU than the fused kernel, whose backward pass is slow
            y = self.shares(query, key, mask) @ value
        out: Tensor = self.out(y.transpose(1, 2).flatten(2))
        return out


def repeated(x: Tensor, count: int) -> Tensor:
    """Repeat a batch (B, ...) as a whole until there are ``count``."""
    return x if len(x) == count else torch.cat([x] * (count // len(x)))


class Block(nn.Module):
    """Attention and feed-forward with residuals, normalised at the entrance of each."""

    def __init__(self, width: int, heads: int, text: bool = True) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(width, bias=False)
        self.attention = Attention(width, heads, text)
        self.feed_norm = nn.LayerNorm(width, bias=False)
        self.feed = SwiGLU(width)

    def forward(self, x: Tensor, turn: tuple[Tensor, Tensor], mask: Tensor, text: Tensor | None = None) -> Tensor:
        """Rows (B, N, D) in and out; arguments as of :class:`Attention`."""
        x = x + self.attention(self.attention_norm(x), turn, mask, text)
        out: Tensor = x + self.feed(self.feed_norm(x))
        return out


class Perceptron(nn.Module):
    """Two hidden layers; what leaves is zero before training."""

    def __init__(self, enter: int, width: int, leave: int) -> None:
        super().__init__()
        self.enter, self.within, self.leave = nn.Linear(enter, width), nn.Linear(width, width), nn.Linear(width, leave)
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Rows (..., enter) in, (..., leave) out."""
        out: Tensor = self.leave(F.silu(self.within(F.silu(self.enter(x)))))
        return out


def with_neighbours(rows: Tensor, level: Tensor) -> Tensor:
    """Rows (..., K, C) beside the row before and after each, every one with its noise level: (..., K, 3 (C + 1))."""
    x = torch.cat([rows, level[..., None]], dim=-1)
    before = F.pad(x[..., :-1, :], (0, 0, 1, 0)) if x.shape[-2] else x
    after = F.pad(x[..., 1:, :], (0, 0, 0, 1)) if x.shape[-2] else x
    return torch.cat([x, before, after], dim=-1)
