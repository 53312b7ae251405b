"""The encoder with its heads, for training and for export.

1. embed: word pieces to states
2. run: some of the layers
3. heads: from the last states
     logits        [B, 3]      sentiment of the text, from [CLS]
     span_logits   [B, L, 3]   sentiment of each piece in its text; the mean over a span's is that of the span
     topic_pieces  [B, L, 45]  how much each piece speaks of a topic
     topics        [B, 45]     from [CLS], and from the soft maximum of topic_pieces
     stage, intents, effort, emotion   from [CLS] and the mean of the states
"""

import os

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from transformers import BertConfig

from names import LABELS, MANY, ONE, TOPICS

WEIGHTS = "encoder.bf16.safetensors"
SPAN_WIDTH = 128


class Layer(torch.nn.Module):
    """One transformer layer; its three projections are one product."""

    def __init__(self, config):
        super().__init__()
        width = config.hidden_size
        self.count = config.num_attention_heads
        self.qkv = torch.nn.Linear(width, 3 * width)
        self.out = torch.nn.Linear(width, width)
        self.norm1 = torch.nn.LayerNorm(width, eps=config.layer_norm_eps)
        self.up = torch.nn.Linear(width, config.intermediate_size)
        self.down = torch.nn.Linear(config.intermediate_size, width)
        self.norm2 = torch.nn.LayerNorm(width, eps=config.layer_norm_eps)

    def forward(self, x, mask=None):
        batch, length, width = x.shape
        qkv = self.qkv(x).reshape(batch, length, 3, self.count, width // self.count)
        q, k, v = (qkv[:, :, i].transpose(1, 2) for i in range(3))
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        x = self.norm1(x + self.out(mixed.transpose(1, 2).reshape(batch, length, width)))
        return self.norm2(x + self.down(F.gelu(self.up(x))))


class Heads(torch.nn.Module):
    def __init__(self, width, extra):
        super().__init__()
        self.sentiment = torch.nn.Linear(width, len(LABELS))
        self.span_state = torch.nn.Linear(width, SPAN_WIDTH)
        self.span_text = torch.nn.Linear(width, SPAN_WIDTH, bias=False)
        self.span_out = torch.nn.Linear(SPAN_WIDTH, len(LABELS))
        self.topic_text = torch.nn.Linear(width, len(TOPICS))
        self.topic_piece = torch.nn.Linear(width, len(TOPICS))
        self.text = torch.nn.ModuleDict({name: torch.nn.Linear(2 * width, len(names)) for name, names in (ONE | MANY).items() if name != "topics"})
        # What features.py learns: the mean and 1/deviation of each feature.
        self.register_buffer("feature_mean", torch.zeros(3 * width))
        self.register_buffer("feature_scale", torch.ones(3 * width))
        # Heads of other sets, which only shape the states: not exported.
        self.extra = torch.nn.ModuleDict({name: torch.nn.Linear(2 * width, count) for name, count in extra.items()})

    def forward(self, x, mask=None):
        """Everything told of texts from their last states; mask [B, L] is 1 for pieces, 0 for padding."""
        first, pieces = x[:, 0], self.topic_piece(x)
        most = pieces.amax(1)
        spoken = (pieces - most[:, None]).exp()
        if mask is None:
            mean, pooled = x.mean(1), spoken.mean(1).log() + most
        else:
            weight = (mask / mask.sum(1, keepdim=True))[..., None]
            mean, pooled = (x * weight).sum(1), (spoken * weight).sum(1).log() + most
        both = F.dropout(torch.cat([first, mean], -1), 0.1, self.training)
        told = {
            "logits": self.sentiment(F.dropout(first, 0.1, self.training)),
            "span_logits": self.span_out(F.gelu(self.span_state(x) + self.span_text(first)[:, None])),
            "topics": self.topic_text(F.dropout(first, 0.1, self.training)) + pooled,
            "topic_pieces": pieces,
            "both": both,
        }
        return told | {name: head(both) for name, head in self.text.items()}


class Ear(torch.nn.Module):
    def __init__(self, config, extra=None):
        super().__init__()
        self.config = config
        width = config.hidden_size
        self.words = torch.nn.Parameter(torch.zeros(config.vocab_size, width))
        self.positions = torch.nn.Parameter(torch.zeros(config.max_position_embeddings, width))
        self.first = torch.nn.LayerNorm(width, eps=config.layer_norm_eps)
        self.layers = torch.nn.ModuleList(Layer(config) for _ in range(config.num_hidden_layers))
        self.heads = Heads(width, extra or {})

    def embed(self, ids):
        return self.first(self.words[ids] + self.positions[: ids.shape[1]])

    def run(self, x, start, end, mask=None):
        """The layers from start up to end; mask [B, L] as for the heads."""
        if mask is not None:
            mask = ((mask - 1) * 1e4)[:, None, None, :]
        for layer in self.layers[start:end]:
            x = layer(x, mask)
        return x

    @classmethod
    def load(cls, folder, extra=None):
        """The encoder in folder. Heads that it doesn't have start from nothing."""
        model = cls(BertConfig.from_pretrained(folder), extra)
        stored = {k: v.float() for k, v in load_file(os.path.join(folder, WEIGHTS)).items()}
        state = {k: v for k, v in stored.items() if k.startswith("heads.")}
        state |= from_bert(stored, model.config.num_hidden_layers)
        missing, unexpected = model.load_state_dict(state, strict=False)
        assert not unexpected and all(k.startswith("heads.") for k in missing), (missing, unexpected)
        return model

    def save(self, folder):
        """Writes the weights as BERT's are named, in bf16; extra heads are left out."""
        os.makedirs(folder, exist_ok=True)
        state = to_bert({k: v.detach() for k, v in self.state_dict().items()}, self.config.num_hidden_layers)
        save_file({k: v.to(torch.bfloat16).contiguous() for k, v in state.items() if ".extra." not in k}, os.path.join(folder, WEIGHTS))
        self.config.save_pretrained(folder)


EMBEDDINGS = {"first.weight": "LayerNorm.weight", "first.bias": "LayerNorm.bias", "words": "word_embeddings.weight", "positions": "position_embeddings.weight"}
PARTS = {"out": "attention.output.dense", "norm1": "attention.output.LayerNorm", "up": "intermediate.dense", "down": "output.dense", "norm2": "output.LayerNorm"}
PROJECTIONS = ("query", "key", "value")


def from_bert(stored, depth):
    """The weights by our names. Token types are of no use: there is one."""
    e = "bert.embeddings."
    state = {ours: stored[e + theirs] for ours, theirs in EMBEDDINGS.items()}
    if e + "token_type_embeddings.weight" in stored:
        state["positions"] = state["positions"] + stored[e + "token_type_embeddings.weight"][0]
    for i in range(depth):
        for kind in ("weight", "bias"):
            p = f"bert.encoder.layer.{i}."
            state[f"layers.{i}.qkv.{kind}"] = torch.cat([stored[f"{p}attention.self.{n}.{kind}"] for n in PROJECTIONS])
            for ours, theirs in PARTS.items():
                state[f"layers.{i}.{ours}.{kind}"] = stored[f"{p}{theirs}.{kind}"]
    if "classifier.weight" in stored:
        state |= {f"heads.sentiment.{kind}": stored[f"classifier.{kind}"] for kind in ("weight", "bias")}
    return state


def to_bert(state, depth):
    """The weights by BERT's names, as from_bert reads them."""
    stored = {"bert.embeddings." + theirs: state[ours] for ours, theirs in EMBEDDINGS.items()}
    stored |= {k: v for k, v in state.items() if k.startswith("heads.")}
    for i in range(depth):
        for kind in ("weight", "bias"):
            p = f"bert.encoder.layer.{i}."
            for name, part in zip(PROJECTIONS, state[f"layers.{i}.qkv.{kind}"].chunk(3)):
                stored[f"{p}attention.self.{name}.{kind}"] = part
            for ours, theirs in PARTS.items():
                stored[f"{p}{theirs}.{kind}"] = state[f"layers.{i}.{ours}.{kind}"]
    return stored
