"""The int8 file that is shipped -> a state to go on training from: `python shipped.py MODEL.onnx OUT.pt [HALF.pt ...]`.

With the halves that rounds.py wrote, their weights take the place of the file's: that is the state that it trained.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from model import LAYERS, CrossEncoder
from onnx import numpy_helper

MATRICES = ("query", "key", "value", "out", "inner", "outer")


def state_of(path: Path) -> dict[str, torch.Tensor]:
    """Every weight, out of its int8 and its scales. Raises ValueError for a file of another shape."""
    graph = onnx.load(str(path)).graph
    given = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    made = {name: torch.tensor(value) for name, value in given.items() if name in CrossEncoder().state_dict()}
    names = [f"layers.{number}.{name}" for number in range(LAYERS) for name in MATRICES] + ["pooled", "head"]
    found = [_whole(node, given) for node in graph.node if node.op_type in ("MatMulInteger", "Gemm") and _held(node, given)]
    if len(found) != len(names):
        raise ValueError(f"{path} holds {len(found)} matrices, not {len(names)}.")
    made |= {f"{name}.weight": torch.tensor(matrix) for name, matrix in zip(names, found, strict=True)}
    for table in ("words", "places", "sides"):
        if f"{table}.weight_quantized" in given:
            scale, zero = given[f"{table}.weight_scale"], given[f"{table}.weight_zero_point"]
            raw = given[f"{table}.weight_quantized"].astype(np.float32)
            made[f"{table}.weight"] = torch.tensor((raw - zero.astype(np.float32)) * scale)
    missing = CrossEncoder().state_dict().keys() - made.keys()
    if missing:
        raise ValueError(f"{path} lacks {', '.join(sorted(missing))}.")
    return made


def _held(node: Any, given: dict[str, np.ndarray]) -> bool:  # type: ignore[type-arg]
    return node.input[1] in given


def _whole(node: Any, given: dict[str, np.ndarray]) -> np.ndarray:  # type: ignore[type-arg]
    raw = given[node.input[1]].astype(np.float32)
    if node.op_type == "Gemm":
        turned = any(one.name == "transB" and one.i for one in node.attribute)
        return raw if turned else raw.T
    stem = node.input[1].removesuffix("_quantized")
    zero = given[f"{stem}_zero_point"].astype(np.float32)
    return np.ascontiguousarray(((raw - zero) * given[f"{stem}_scale"]).T).astype(np.float32)


if __name__ == "__main__":
    whole = state_of(Path(sys.argv[1]))
    for half in sys.argv[3:]:
        whole |= {name: value.float() for name, value in torch.load(half, map_location="cpu").items()}
    CrossEncoder().load_state_dict(whole)
    torch.save(whole, sys.argv[2])
