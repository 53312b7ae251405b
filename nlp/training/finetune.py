"""Fine-tunes the deep tier's encoder: sentiment of a text, and of a span in it.

The encoder (bge-small-en-v1.5, already fine-tuned once for sentiment) is trained
further on the voice corpus, on earshot's own items and on a replay of public
texts, so that it does not forget them. Two heads share one pass:

  text   logits of negative, neutral, positive from the [CLS] state
  span   the same from the mean of the last states over a span's word pieces:
         the sentiment of a sentence or about a term, in its context

    python finetune.py --start DIR --data DIR --corpus DIR --out DIR
"""

import argparse
import csv
import gzip
import json
import math
import os
import random
import re
import time

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel

from clean import clean

LABELS = {"negative": 0, "neutral": 1, "positive": 2}
MIXED = (0.45, 0.10, 0.45)
LONGEST = 128
OTHER_LANGUAGES = {"german", "french", "spanish", "portuguese", "italian"}
# Public sets: how many texts of each class are replayed. Two-class sets teach
# nothing about neutral.
REPLAY = {"sst3": 900, "tweeteval": 1300, "goemotions3": 500, "clothing": 500, "amazon10k": 600, "blitzer": 500, "imdb": 250, "xlmt_english": 150}
TWO_CLASS = {"amazon10k", "blitzer", "imdb"}


class Item:
    """One text: soft target (None: only its spans are labelled), spans."""

    __slots__ = ("ids", "target", "two", "spans")

    def __init__(self, ids, target, two, spans):
        self.ids, self.target, self.two, self.spans = ids, target, two, spans


def one_hot(label):
    return tuple(1.0 if i == label else 0.0 for i in range(3))


def key(text):
    return re.sub(r"[^a-z0-9]+", "", text.lower())[:200]


def cut(ids):
    """The first third and the last two thirds of a text that is too long."""
    if len(ids) <= LONGEST:
        return ids
    head = LONGEST // 3
    return ids[:head] + ids[-(LONGEST - head) :]


def encode(tokenizer, text, terms=()):
    """Ids of a text, and (from, to, label) of its terms in word pieces."""
    text = clean(text)
    encoding = tokenizer.encode(text)
    ids = cut(encoding.ids)
    spans = []
    if len(encoding.ids) <= LONGEST:
        for term, label in terms:
            start = text.find(clean(term))
            if start < 0:
                continue
            end = start + len(clean(term))
            pieces = [i for i, (a, b) in enumerate(encoding.offsets) if a < end and b > start and b > a]
            if pieces:
                spans.append((pieces[0], pieces[-1] + 1, one_hot(label)))
    return ids, spans


def sentences(text):
    return len(re.findall(r"[.!?…]+(?=\s+\S)", text)) + 1


def corpus(tokenizer, path, repeat):
    items = []
    with open(path, encoding="utf8", newline="\n") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["industry"] in OTHER_LANGUAGES:
                continue
            terms = []
            for aspect in filter(None, row["aspects"].split(";")):
                term, _, label = aspect.rpartition("=")
                terms.append((term, LABELS[label]))
            ids, spans = encode(tokenizer, row["text"], terms)
            target = MIXED if row["label"] == "mixed" else one_hot(LABELS[row["label"]])
            if row["label"] != "mixed" and sentences(row["text"]) == 1:
                spans.append((1, len(ids) - 1, target))
            items += [Item(ids, target, False, spans)] * repeat
    return items


def table(path):
    with gzip.open(path, "rt", encoding="utf8", newline="\n") as lines:
        next(lines)
        for line in lines:
            yield line.rstrip("\n").split("\t")


def replay(tokenizer, folder, rng):
    held = set()
    for name in sorted(os.listdir(folder)):
        if ".dev." in name:
            held.update(key(row[1]) for row in table(os.path.join(folder, name)))
    items = []
    for name, most in REPLAY.items():
        rows = [row for row in table(os.path.join(folder, name + ".train.tsv.gz")) if row[0] in LABELS and key(row[1]) not in held]
        rng.shuffle(rows)
        count = {}
        for row in rows:
            if count.get(row[0], 0) >= most:
                continue
            count[row[0]] = count.get(row[0], 0) + 1
            ids, _ = encode(tokenizer, row[1])
            target = one_hot(LABELS[row[0]])
            spans = [(1, len(ids) - 1, target)] if name in ("sst3", "goemotions3") and len(ids) > 2 else []
            items.append(Item(ids, target, name in TWO_CLASS, spans))
    return items


def aspects(tokenizer, path, most, rng):
    """Sentences with several terms of different polarity: spans only."""
    sentences = {}
    for label, text, term, *_ in table(path):
        if label in LABELS:
            sentences.setdefault(text, []).append((term, LABELS[label]))
    chosen = sorted(sentences)
    rng.shuffle(chosen)
    items = []
    for text in chosen[:most]:
        ids, spans = encode(tokenizer, text, sentences[text])
        if spans:
            items.append(Item(ids, None, False, spans))
    return items


class Ear(torch.nn.Module):
    def __init__(self, folder):
        super().__init__()
        config = BertConfig.from_pretrained(folder, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
        self.bert = BertModel(config, add_pooling_layer=False)
        self.classifier = torch.nn.Linear(config.hidden_size, 3)
        self.span = torch.nn.Linear(config.hidden_size, 3)
        state = {k: v.float() for k, v in load_file(os.path.join(folder, "encoder.bf16.safetensors")).items()}
        heads = {k: state.pop(k) for k in list(state) if k.startswith(("classifier.", "span."))}
        state = {k.removeprefix("bert."): v for k, v in state.items() if "pooler" not in k and "position_ids" not in k}
        missing, unexpected = self.bert.load_state_dict(state, strict=False)
        assert not unexpected and all("position_ids" in k for k in missing), (missing, unexpected)
        with torch.no_grad():
            self.classifier.weight.copy_(heads["classifier.weight"])
            self.classifier.bias.copy_(heads["classifier.bias"])
            self.span.weight.copy_(heads.get("span.weight", self.classifier.weight))
            self.span.bias.copy_(heads.get("span.bias", self.classifier.bias))

    def forward(self, ids, mask):
        return self.bert(input_ids=ids, attention_mask=mask).last_hidden_state


def padded(items):
    longest = -(-max(len(i.ids) for i in items) // 8) * 8
    ids = torch.zeros(len(items), longest, dtype=torch.long)
    mask = torch.zeros(len(items), longest)
    for i, item in enumerate(items):
        ids[i, : len(item.ids)] = torch.tensor(item.ids)
        mask[i, : len(item.ids)] = 1
    return ids, mask


def soft_cross_entropy(logits, target):
    return -(target * F.log_softmax(logits, -1)).sum(-1)


def loss_of(model, items, span_weight):
    ids, mask = padded(items)
    states = model(ids, mask)
    loss = torch.zeros(())
    told = [i for i, item in enumerate(items) if item.target is not None]
    if told:
        logits = model.classifier(F.dropout(states[told, 0], 0.1))
        two = torch.tensor([items[i].two for i in told])
        logits = logits.masked_fill(two[:, None] & torch.tensor([False, True, False]), -1e4)
        target = torch.tensor([items[i].target for i in told])
        loss = loss + soft_cross_entropy(logits, target).sum() / len(items)
    spans = [(i, a, b, t) for i, item in enumerate(items) for a, b, t in item.spans]
    if spans:
        pooled = torch.stack([states[i, a:b].mean(0) for i, a, b, _ in spans])
        target = torch.tensor([t for *_, t in spans])
        loss = loss + span_weight * soft_cross_entropy(model.span(pooled), target).sum() / len(items)
    return loss


def predict(model, items):
    order = sorted(range(len(items)), key=lambda i: len(items[i].ids))
    text = torch.zeros(len(items), 3)
    right = told = 0
    with torch.no_grad():
        for at in range(0, len(order), 32):
            chosen = order[at : at + 32]
            ids, mask = padded([items[i] for i in chosen])
            states = model(ids, mask)
            text[chosen] = model.classifier(states[:, 0])
            for row, i in enumerate(chosen):
                for a, b, t in items[i].spans:
                    said = model.span(states[row, a:b].mean(0)).argmax().item()
                    right += said == max(range(3), key=lambda c: t[c])
                    told += 1
    return text, 100 * right / max(1, told)


def report(name, model, items):
    logits, spans = predict(model, items)
    judged = [(l.argmax().item(), max(range(3), key=lambda c: i.target[c])) for l, i in zip(logits, items) if i.target is not None and max(i.target) == 1]
    f1, recall = [], []
    for c in range(3):
        hit = sum(a == b == c for a, b in judged)
        said, is_ = sum(a == c for a, _ in judged), sum(b == c for _, b in judged)
        f1.append(2 * hit / max(1, said + is_))
        recall.append(hit / max(1, is_))
    accuracy = 100 * sum(a == b for a, b in judged) / max(1, len(judged))
    print(f"{name}: n {len(judged)} accuracy {accuracy:.1f} macro F1 {100 * sum(f1) / 3:.1f} macro recall {100 * sum(recall) / 3:.1f} spans {spans:.1f}", flush=True)


def parameters(model, rate, decay, frozen):
    """Layers nearer to the text learn less; the lowest don't learn at all."""
    depth = model.bert.config.num_hidden_layers
    groups = []
    for name, p in model.named_parameters():
        found = re.match(r"bert\.encoder\.layer\.(\d+)\.", name)
        layer = int(found.group(1)) + 1 if found else (0 if name.startswith("bert.") else depth + 1)
        if layer <= frozen:
            p.requires_grad = False
            continue
        head = layer == depth + 1
        groups.append({"params": [p], "lr": rate * decay ** (depth + 1 - layer) * (4 if head else 1), "weight_decay": 0.01 if p.dim() > 1 else 0.0})
    return groups


def batches(items, size, rng):
    """Texts of like length together, in an order that is not by length."""
    order = list(range(len(items)))
    rng.shuffle(order)
    made = []
    for at in range(0, len(order), size * 40):
        part = sorted(order[at : at + size * 40], key=lambda i: len(items[i].ids))
        made += [part[j : j + size] for j in range(0, len(part), size)]
    rng.shuffle(made)
    return made


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--start", required=True, help="folder of the encoder to start from")
    parser.add_argument("--data", required=True, help="folder of the public data (sentiment/, aspects/)")
    parser.add_argument("--corpus", required=True, help="folder of voice.*.tsv and own.*.tsv")
    parser.add_argument("--out", required=True)
    parser.add_argument("--epochs", type=float, default=1.0)
    parser.add_argument("--rate", type=float, default=4e-5)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--frozen", type=int, default=3, help="lowest layers that stay as they are")
    parser.add_argument("--span-weight", type=float, default=0.4)
    parser.add_argument("--blend", type=float, default=0.6, help="share of the new weights against those it started from (WiSE-FT, Wortsman et al. 2022)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    a = parser.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(a.seed)
    rng = random.Random(a.seed)

    tokenizer = Tokenizer.from_file(os.path.join(a.start, "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    model = Ear(a.start)
    items = corpus(tokenizer, os.path.join(a.corpus, "voice.train.tsv"), 1)
    items += corpus(tokenizer, os.path.join(a.corpus, "own.train.tsv"), 2)
    items += replay(tokenizer, os.path.join(a.data, "sentiment"), rng)
    items += aspects(tokenizer, os.path.join(a.data, "aspects", "mams_atsa.train.tsv.gz"), 2000, rng)
    dev = {name: corpus(tokenizer, os.path.join(a.corpus, name + ".dev.tsv"), 1) for name in ("voice", "own")}
    print(len(items), "items", sum(len(i.ids) for i in items), "word pieces", flush=True)
    for name, held in dev.items():
        report("before, " + name, model, held)

    start = {name: p.detach().clone() for name, p in model.named_parameters()}
    model.train()
    optimizer = torch.optim.AdamW(parameters(model, a.rate, 0.9, a.frozen), betas=(0.9, 0.98), eps=1e-6, fused=True)
    rates = [g["lr"] for g in optimizer.param_groups]
    total = int(a.epochs * math.ceil(len(items) / a.batch))
    warm = max(1, int(0.06 * total))
    step, began, running = 0, time.time(), None
    while step < total:
        for chosen in batches(items, a.batch, rng):
            if step >= total:
                break
            factor = min((step + 1) / warm, (total - step) / (total - warm) if step >= warm else 1)
            for group, rate in zip(optimizer.param_groups, rates):
                group["lr"] = rate * factor
            loss = loss_of(model, [items[i] for i in chosen], a.span_weight)
            loss.backward()
            torch.nn.utils.clip_grad_norm_([p for p in model.parameters() if p.requires_grad], 1.0)
            optimizer.step()
            optimizer.zero_grad()
            running = loss.item() if running is None else 0.97 * running + 0.03 * loss.item()
            step += 1
            if step % 50 == 0:
                print(f"step {step}/{total} loss {running:.4f} {step * a.batch / (time.time() - began):.1f} items/s", flush=True)
            if step % 300 == 0:
                model.eval()
                for name, held in dev.items():
                    report(name, model, held)
                model.train()
    model.eval()
    with torch.no_grad():
        for name, p in model.named_parameters():
            if not name.startswith("span."):  # the span head starts from nothing
                p.copy_(a.blend * p + (1 - a.blend) * start[name])
    for name, held in dev.items():
        report("after, " + name, model, held)
    os.makedirs(a.out, exist_ok=True)
    state = {k: v.detach().to(torch.bfloat16).contiguous() for k, v in model.state_dict().items()}
    save_file(state, os.path.join(a.out, "encoder.bf16.safetensors"))
    model.bert.config.save_pretrained(a.out)
    for name in ("tokenizer.json", "vocab.txt"):
        with open(os.path.join(a.start, name), "rb") as source, open(os.path.join(a.out, name), "wb") as copy:
            copy.write(source.read())
    with open(os.path.join(a.out, "training.json"), "w", encoding="utf8") as out:
        json.dump(vars(a) | {"items": len(items)}, out, indent=1)


if __name__ == "__main__":
    main()
