"""Writes the fine-tuned encoder as the ONNX file that the deep tier runs.

The graph takes the ids of one text, unpadded, so that it needs no mask; the
projections of query, key and value are one product and the attention's scale is
folded into the query. Weights of products are stored and computed in int8 (dynamic
quantisation, a scale for each output channel). Results:

  logits       [1, 3]     negative, neutral, positive of the text, from [CLS]
  span_logits  [1, L, 3]  the mean over a span's pieces is that of the span

    python export.py ENCODER_DIR OUT.onnx
"""

import os
import sys
import tempfile

import onnx
import onnxruntime
import torch
import torch.nn.functional as F
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.torch import load_file
from transformers import BertConfig


class Lean(torch.nn.Module):
    def __init__(self, state, config):
        super().__init__()
        self.heads = config.num_attention_heads
        self.width = config.hidden_size
        self.epsilon = config.layer_norm_eps
        depth = self.width // self.heads

        def kept(tensor):
            return torch.nn.Parameter(tensor.clone().contiguous(), requires_grad=False)

        def linear(weight, bias):
            layer = torch.nn.Linear(weight.shape[1], weight.shape[0])
            layer.weight, layer.bias = kept(weight), kept(bias)
            return layer

        def norm(name):
            layer = torch.nn.LayerNorm(self.width, eps=self.epsilon)
            layer.weight, layer.bias = kept(state[name + ".weight"]), kept(state[name + ".bias"])
            return layer

        e = "bert.embeddings."
        self.words = kept(state[e + "word_embeddings.weight"])
        self.positions = kept(state[e + "position_embeddings.weight"] + state[e + "token_type_embeddings.weight"][0])
        self.first = norm(e + "LayerNorm")
        self.layers = torch.nn.ModuleList()
        for i in range(config.num_hidden_layers):
            p = f"bert.encoder.layer.{i}."
            weights = [state[p + f"attention.self.{n}.weight"] for n in ("query", "key", "value")]
            biases = [state[p + f"attention.self.{n}.bias"] for n in ("query", "key", "value")]
            weights[0], biases[0] = weights[0] / depth**0.5, biases[0] / depth**0.5
            self.layers.append(
                torch.nn.ModuleDict(
                    {
                        "qkv": linear(torch.cat(weights), torch.cat(biases)),
                        "out": linear(state[p + "attention.output.dense.weight"], state[p + "attention.output.dense.bias"]),
                        "norm1": norm(p + "attention.output.LayerNorm"),
                        "up": linear(state[p + "intermediate.dense.weight"], state[p + "intermediate.dense.bias"]),
                        "down": linear(state[p + "output.dense.weight"], state[p + "output.dense.bias"]),
                        "norm2": norm(p + "output.LayerNorm"),
                    }
                )
            )
        self.classifier = linear(state["classifier.weight"], state["classifier.bias"])
        self.span = linear(state["span.weight"], state["span.bias"])

    def forward(self, input_ids):
        batch = input_ids.shape[0]
        depth = self.width // self.heads
        x = self.first(self.words[input_ids] + self.positions[: input_ids.shape[1]])
        for layer in self.layers:
            qkv = layer["qkv"](x).reshape(batch, -1, 3, self.heads, depth)
            q, k, v = (qkv[:, :, i].permute(0, 2, 1, 3) for i in range(3))
            mixed = torch.softmax(q @ k.transpose(-1, -2), -1) @ v
            x = layer["norm1"](x + layer["out"](mixed.permute(0, 2, 1, 3).reshape(batch, -1, self.width)))
            x = layer["norm2"](x + layer["down"](F.gelu(layer["up"](x))))
        return self.classifier(x[:, 0]), self.span(x)


def main():
    source, target = sys.argv[1:3]
    config = BertConfig.from_pretrained(source)
    state = {k: v.float() for k, v in load_file(os.path.join(source, "encoder.bf16.safetensors")).items()}
    model = Lean(state, config).eval()
    ids = torch.randint(1000, 2000, (1, 9))
    names = ["logits", "span_logits"]
    with tempfile.TemporaryDirectory() as folder:
        full = os.path.join(folder, "full.onnx")
        dynamic = {"input_ids": {1: "ids"}, "span_logits": {1: "ids"}}
        torch.onnx.export(model, (ids,), full, input_names=["input_ids"], output_names=names, dynamic_axes=dynamic, opset_version=17, dynamo=False)
        quantize_dynamic(
            full,
            target,
            per_channel=True,
            weight_type=QuantType.QInt8,
            extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT, "MatMulConstBOnly": True},
        )
        ids = torch.randint(1000, 20000, (1, 33))
        with torch.no_grad():
            expected = model(ids)
        for path in (full, target):
            got = onnxruntime.InferenceSession(path).run(names, {"input_ids": ids.numpy()})
            print(path, os.path.getsize(path), "bytes, differs by", max(float(abs(g - e.numpy()).max()) for g, e in zip(got, expected)))


if __name__ == "__main__":
    main()
