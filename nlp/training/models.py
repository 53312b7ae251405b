"""Writes the models of a few hundred bytes that the Go encoder's tests run,
into nlp/encoder/testdata: one as earshot's are, and foreign ones.

    python models.py
"""

from pathlib import Path

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper, save

TESTDATA = Path(__file__).parent.parent / "encoder" / "testdata"

IDS = helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["b", "s"])
MASK = helper.make_tensor_value_info("attention_mask", TensorProto.INT64, ["b", "s"])
LOGITS = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["b", 3])
HIDDEN = helper.make_tensor_value_info("hidden", TensorProto.FLOAT, ["b", "s", 4])


def write(name: str, inputs, outputs, nodes, constants=()) -> None:
    graph = helper.make_graph(nodes, name, inputs, outputs, [numpy_helper.from_array(v, k) for k, v in constants])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(model)
    save(model, TESTDATA / f"{name}.onnx")


node = helper.make_node
# Ten words of four numbers each; the logits are three sums over the text,
# counted with the mask.
table = ("table", np.arange(40, dtype=np.float32).reshape(10, 4))
head = ("head", np.eye(4, 3, dtype=np.float32))
axis = ("axis", np.array([1], dtype=np.int64))
last = ("last", np.array([2], dtype=np.int64))
hidden = [node("Gather", ["table", "input_ids"], ["hidden"])]
masked = [
    node("Cast", ["attention_mask"], ["weights"], to=TensorProto.FLOAT),
    node("Unsqueeze", ["weights", "last"], ["weights3"]),
    node("Mul", ["hidden", "weights3"], ["counted"]),
    node("ReduceSum", ["counted", "axis"], ["sum"], keepdims=0),
    node("MatMul", ["sum", "head"], ["logits"]),
]
unmasked = [node("ReduceSum", ["hidden", "axis"], ["sum"], keepdims=0), node("MatMul", ["sum", "head"], ["logits"])]

write("tiny", [IDS, MASK], [LOGITS, HIDDEN], hidden + masked, [table, head, axis, last])
write("no-mask", [IDS], [LOGITS], hidden + unmasked, [table, head, axis])
write("no-logits", [IDS], [HIDDEN], hidden, [table])
write(
    "float-ids",
    [helper.make_tensor_value_info("input_ids", TensorProto.FLOAT, ["b", "s"])],
    [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["b", "s"])],
    [node("Identity", ["input_ids"], ["logits"])],
)
write(
    "integer-logits",
    [IDS],
    [helper.make_tensor_value_info("logits", TensorProto.INT64, ["b", "s"])],
    [node("Identity", ["input_ids"], ["logits"])],
)
pixels = helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["b", 3])
write("image", [pixels], [LOGITS], [node("Identity", ["pixels"], ["logits"])])
