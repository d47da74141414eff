"""A trained cross-encoder -> the int8 ONNX file that notebot ships: `python export.py MODEL.pt OUT.onnx`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import torch
from model import CrossEncoder
from onnxruntime.quantization import QuantType, quantize_dynamic


def export(trained: Path, out: Path) -> None:
    """Weights of matrices and embeddings as int8, a scale for each output channel; activations are quantised as they come."""
    model = CrossEncoder.from_file(trained).eval()
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
    export(Path(sys.argv[1]), Path(sys.argv[2]))
