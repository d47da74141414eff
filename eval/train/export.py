"""A trained cross-encoder -> the int8 ONNX file that notebot ships: `python export.py MODEL.pt [MODEL.pt ...] OUT.onnx`.

Of several models that come from the same start, the mean of their weights.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import torch
from model import CrossEncoder
from onnxruntime.quantization import QuantType, quantize_dynamic


def mean(trained: Sequence[Path]) -> CrossEncoder:
    """One model with the mean of their weights."""
    models = [CrossEncoder.from_file(path) for path in trained]
    states = [model.state_dict() for model in models]
    models[0].load_state_dict({name: sum(state[name].float() for state in states) / len(states) for name in states[0]})
    return models[0]


def export(model: CrossEncoder, out: Path) -> None:
    """Weights of matrices and embeddings as int8, a scale for each output channel; activations are quantised as they come."""
    model.eval()
    with tempfile.TemporaryDirectory() as scratch:
        whole = Path(scratch) / "whole.onnx"
        example = torch.randint(1, 1000, (2, 16)), torch.zeros(2, 16, dtype=torch.long)
        torch.onnx.export(
            model,
            example,
            whole,
            input_names=["ids", "sides"],
            output_names=["logit"],
            dynamic_axes={"ids": {0: "batch", 1: "length"}, "sides": {0: "batch", 1: "length"}},
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(whole, out, weight_type=QuantType.QInt8, per_channel=True, op_types_to_quantize=["MatMul", "Gather"])


if __name__ == "__main__":
    *trained, out = map(Path, sys.argv[1:])
    export(mean(trained), out)
