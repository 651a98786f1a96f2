"""Build the packaged net that finds people: the selfie segmentation of MediaPipe, its weights and its order of steps.

The net is Google's, Apache License 2.0 (see NOTICE). Its file in TensorFlow's format is taken from the wheel of
MediaPipe and written as arrays and a list of steps that :mod:`sora2lib.cameo.net` goes through; half-precision numbers
stay what they are.

.. code-block:: sh

    pip download --no-deps mediapipe==0.10.21 && pip install tflite
    python -c "from sora2lib.train import person_pack as p
    p.rebuild('mediapipe-0.10.21-cp311-cp311-manylinux_2_28_x86_64.whl')"
"""

import hashlib
import io
import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import tflite
from numpy.typing import NDArray

from sora2lib import packaged
from sora2lib.cameo.net import DATA, WEIGHTS
from sora2lib.errors import ModelError

WHEEL = "05dc4a9e593655a79558d05d6227d31018c2537a4bd3362b51e230cf22aecfe3"
MODEL = "mediapipe/modules/selfie_segmentation/selfie_segmentation.tflite"
_TYPES: dict[int, Any] = {tflite.TensorType.FLOAT32: "<f4", tflite.TensorType.FLOAT16: "<f2"}
_NAMES = {code: name for name, code in vars(tflite.BuiltinOperator).items() if isinstance(code, int)}


def rebuild(wheel: str | Path) -> None:
    """Write the packaged net anew from MediaPipe's wheel."""
    content = Path(wheel).read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if digest != WHEEL:
        raise ModelError(f"{wheel} has the SHA-256 {digest}, it must have {WHEEL}; download mediapipe 0.10.21")
    with ZipFile(io.BytesIO(content)) as archive:
        steps, arrays = unpack(archive.read(MODEL))
    buffer = io.BytesIO()
    packed: dict[str, Any] = {f"w{name}": array for name, array in arrays.items()}
    np.savez_compressed(buffer, **packed, told=np.frombuffer(json.dumps(steps).encode(), np.uint8))
    packaged.write(WEIGHTS, buffer.getvalue(), folder=DATA)


def unpack(content: bytes) -> tuple[list[dict[str, Any]], dict[int, NDArray[Any]]]:
    """Return the steps of a net in TensorFlow's format, each with what it takes and gives by number, and its arrays."""
    model = tflite.Model.GetRootAsModel(content, 0)
    graph = model.Subgraphs(0)
    arrays, steps, same = {}, [], {}
    for index in range(graph.TensorsLength()):
        tensor = graph.Tensors(index)
        data = model.Buffers(tensor.Buffer()).DataAsNumpy()
        if not isinstance(data, int) and tensor.Type() in _TYPES:
            arrays[index] = np.frombuffer(data.tobytes(), _TYPES[tensor.Type()]).reshape(tensor.ShapeAsNumpy())
    for index in range(graph.OperatorsLength()):
        step = graph.Operators(index)
        code = model.OperatorCodes(step.OpcodeIndex())
        name = _NAMES[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())]
        takes, gives = step.InputsAsNumpy().tolist(), int(step.OutputsAsNumpy()[0])
        if name == "DEQUANTIZE":
            same[gives] = takes[0]
            continue
        told = {"step": name, "takes": [same.get(it, it) for it in takes], "gives": gives}
        if "CONV_2D" in name:
            options = (tflite.DepthwiseConv2DOptions if name.startswith("DEPTH") else tflite.Conv2DOptions)()
            options.Init(step.BuiltinOptions().Bytes, step.BuiltinOptions().Pos)
            wide = graph.Tensors(takes[1]).Shape(1) > 1
            if options.FusedActivationFunction() or (wide and options.Padding() != tflite.Padding.SAME):
                raise ModelError(
                    f"step {index} is of a kind that sora2lib.cameo.net does not know; take the wheel named above"
                )
            told["stride"] = options.StrideH()
        steps.append(told)
    used = {it for step in steps for it in step["takes"]}
    return steps, {index: array for index, array in arrays.items() if index in used}
