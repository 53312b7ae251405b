"""Writes the fine-tuned encoder as the ONNX file that the deep tier runs.

The graph takes the ids of one text, unpadded, so that it needs no mask. The
weights of the layers' products are stored and computed in int8 (dynamic
quantisation, a scale for each output channel), the small heads in floats.
Results, L being the number of ids:

  logits        [1, 3]      negative, neutral, positive of the text
  span_logits   [1, L, 3]   the mean over a span's pieces is that of the span
  topics        [1, 45]     log odds
  topic_pieces  [1, L, 45]  where the text speaks of a topic: higher is more
  stage         [1, 10]     logits, as of effort and emotion
  intents       [1, 12]     log odds
  effort        [1, 3]
  emotion       [1, 9]
  features      [1, F]      what a user's own labels are learned from

Beside it goes heads.json: the names of the outputs' places, temperatures, thresholds.

    python export.py ENCODER_DIR OUT.onnx
"""

import os
import shutil
import sys
import tempfile

import onnx
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from features import MIDDLE, features
from model import Ear, Layer

OUTPUTS = ("logits", "span_logits", "topics", "topic_pieces", "stage", "intents", "effort", "emotion")


class PlainLayer(Layer):
    """A layer whose attention is spelt out, its scale folded into the query."""

    def forward(self, x, mask=None):
        batch, _, width = x.shape
        qkv = self.qkv(x).reshape(batch, -1, 3, self.count, width // self.count)
        q, k, v = (qkv[:, :, i].permute(0, 2, 1, 3) for i in range(3))
        mixed = torch.softmax(q @ k.transpose(-1, -2), -1) @ v
        x = self.norm1(x + self.out(mixed.permute(0, 2, 1, 3).reshape(batch, -1, width)))
        return self.norm2(x + self.down(torch.nn.functional.gelu(self.up(x))))


class Graph(torch.nn.Module):
    def __init__(self, ear):
        super().__init__()
        self.ear = ear
        width = ear.config.hidden_size
        for layer in ear.layers:
            layer.__class__ = PlainLayer
            with torch.no_grad():
                for p in (layer.qkv.weight, layer.qkv.bias):
                    p[:width] /= (width // layer.count) ** 0.5

    def forward(self, input_ids):
        middle = self.ear.run(self.ear.embed(input_ids), 0, MIDDLE)
        last = self.ear.run(middle, MIDDLE, len(self.ear.layers))
        told = self.ear.heads(last)
        return *(told[name] for name in OUTPUTS), features(self.ear.heads, middle, last)


def head_nodes(path):
    """The names of the products that belong to heads: they stay in floats."""
    return [n.name for n in onnx.load(path, load_external_data=False).graph.node if n.op_type in ("MatMul", "Gemm") and "heads" in n.name]


def main():
    source, target = sys.argv[1:3]
    model = Graph(Ear.load(source)).eval()
    ids = torch.randint(1000, 2000, (1, 9))
    names = [*OUTPUTS, "features"]
    with tempfile.TemporaryDirectory() as folder:
        full = os.path.join(folder, "full.onnx")
        dynamic = {name: {1: "ids"} for name in ("input_ids", "span_logits", "topic_pieces")}
        torch.onnx.export(model, (ids,), full, input_names=["input_ids"], output_names=names, dynamic_axes=dynamic, opset_version=17, dynamo=False)
        heads = head_nodes(full)
        assert len(heads) >= 9, heads
        quantize_dynamic(
            full,
            target,
            per_channel=True,
            reduce_range=True,  # 7 bits: without VNNI, sums of 8 overflow and cost a point
            weight_type=QuantType.QInt8,
            nodes_to_exclude=heads,
            extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT, "MatMulConstBOnly": True},
        )
        ids = torch.randint(1000, 20000, (1, 33))
        with torch.no_grad():
            expected = model(ids)
        for path in (full, target):
            got = onnxruntime.InferenceSession(path).run(names, {"input_ids": ids.numpy()})
            differs = {n: round(float(abs(g - e.numpy()).max()), 4) for n, g, e in zip(names, got, expected)}
            print(path, os.path.getsize(path), "bytes, differs by", differs)
    shutil.copyfile(os.path.join(source, "heads.json"), os.path.join(os.path.dirname(target), "heads.json"))


if __name__ == "__main__":
    main()
