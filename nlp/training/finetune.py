"""Fine-tunes the deep tier's encoder and trains its heads.

The encoder (bge-small-en-v1.5, fine-tuned for sentiment before) goes on with the
voice corpus, earshot's own items, a replay of public texts so that it does not
forget them, and sets whose labels only shape its states:

  1. data.py reads the sets
  2. states.py computes once what the frozen layers give, and what the encoder
     as it is says of replayed texts and of clauses heard alone
  3. the upper layers and all heads learn together; what a text is not labelled
     with is left out of its loss
  4. measure.py fits temperatures and thresholds on a held tenth of train

    python finetune.py --start DIR --data DIR --corpus DIR --out DIR
"""

import argparse
import json
import math
import os
import random
import time

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer

import data
import features
import measure
from model import Ear
from names import EFFORT, EMOTIONS, INTENTS, MANY, ONE, STAGES, TOPICS
from states import States, teach_clauses

# How often each set is heard, the whole training long.
TIMES = {"voice": 4.4, "own": 4.4, "replay": 0.65, "mams": 2.9, "banking77": 1.4, "clinc150": 0.8, "app_reviews": 1.25, "tweeteval_emotion": 1.6, "forum": 0.4}
WEIGHTS = {"sentiment": 1.0, "spans": 0.9, "topics": 0.9, "intents": 0.6, "stage": 0.7, "effort": 0.7, "emotion": 0.7, "forum": 0.3, "extra": 0.5}
TAUGHT = 0.5  # of a replayed text's target, the teacher's share


def soft_cross_entropy(logits, target):
    return -(target * F.log_softmax(logits, -1)).sum(-1)


def sentiment_loss(logits, items):
    """Of the texts that have a label, a teacher's word, or both."""
    loss = torch.zeros(())
    labelled = [n for n, i in enumerate(items) if i.sentiment]
    taught = [n for n, i in enumerate(items) if i.taught]
    if labelled:
        two = torch.tensor([items[n].two for n in labelled])
        z = logits[labelled].masked_fill(two[:, None] & torch.tensor([False, True, False]), -1e4)
        share = torch.tensor([1 - TAUGHT if items[n].taught else 1.0 for n in labelled])
        loss = loss + (share * soft_cross_entropy(z, torch.tensor([items[n].sentiment for n in labelled]))).sum()
    if taught:
        loss = loss + TAUGHT * soft_cross_entropy(logits[taught], torch.tensor([items[n].taught for n in taught])).sum()
    return loss


def span_loss(logits, items):
    spans = [(row, a, b, t) for row, item in enumerate(items) for a, b, t in item.spans]
    if not spans:
        return torch.zeros(())
    row, a, b = (torch.tensor(x) for x in list(zip(*spans))[:3])
    sums = F.pad(logits.cumsum(1), (0, 0, 1, 0))
    mean = (sums[row, b] - sums[row, a]) / (b - a)[:, None]
    return soft_cross_entropy(mean, torch.tensor([t for *_, t in spans])).sum()


def losses(heads, told, items, balance):
    """The summed loss of each task over a batch."""
    out = {"sentiment": sentiment_loss(told["logits"], items), "spans": span_loss(told["span_logits"], items)}
    names = {name for item in items for name in item.labels}
    for name in sorted(names):
        rows = [n for n, item in enumerate(items) if name in item.labels]
        if name in MANY:
            y = measure.hots([items[n] for n in rows], name)
            out[name] = F.binary_cross_entropy_with_logits(told[name][rows], y, reduction="sum")
            continue
        y = torch.tensor([items[n].labels[name] for n in rows])
        if name == "forum":  # the same emotions, of other frequency
            z = told["emotion"][rows] + heads.extra["forum"].bias
        else:
            z = told[name][rows] if name in ONE else heads.extra[name](told["both"][rows])
        out[name] = F.cross_entropy(z, y, weight=balance.get(name), reduction="sum")
    return out


def balances(items):
    """Weights of classes, the rarer the more, so that the mean is 1."""
    out = {}
    for head in ("effort", "emotion"):
        count = torch.bincount(torch.tensor([i.labels[head] for i in items]), minlength=len(ONE[head])).float()
        weight = (count.sum() / count.clamp(min=1)).sqrt()
        out[head] = weight * count.sum() / (weight * count).sum()
    return out


def parameters(model, rate, decay, frozen):
    """Layers nearer to the text learn less; the lowest don't learn at all."""
    depth, groups = len(model.layers), []
    for name, p in model.named_parameters():
        part = name.split(".")
        if part[0] == "heads":
            factor = 1.0 if part[1] == "sentiment" else 5.0
        elif part[0] == "layers" and int(part[1]) >= frozen:
            factor = decay ** (depth - 1 - int(part[1]))
        else:
            p.requires_grad = False
            continue
        groups.append({"params": [p], "lr": rate * factor, "weight_decay": 0.01 if p.dim() > 1 else 0.0})
    return groups


def batches(chosen, length, size, rng):
    """Texts of like length together, in an order that is not by length."""
    chosen = list(chosen)
    rng.shuffle(chosen)
    made = []
    for at in range(0, len(chosen), size * 40):
        part = sorted(chosen[at : at + size * 40], key=length)
        made += [part[j : j + size] for j in range(0, len(part), size)]
    rng.shuffle(made)
    return made


def plan(groups, items, rng):
    """Indexes of all texts to be heard, each set as often as TIMES says."""
    heard = []
    for name, times in TIMES.items():
        members = groups[name]
        heard += list(members) * int(times)
        heard += rng.sample(list(members), int((times % 1) * len(members)))
    return heard


def fit(model, states, items, frozen, held):
    """Temperatures and thresholds, as the Go side reads them."""
    told = measure.predict(model, states, held, frozen)
    some = [items[i] for i in held]
    temperatures, thresholds, raw = {}, {}, {}
    for head, names in MANY.items():
        t = temperatures[head] = measure.many_temperature(some, told[head], head)
        cuts = measure.cuts(some, (told[head] / t).sigmoid(), head)
        thresholds[head] = {name: round(float(c), 3) for name, c in zip(names, cuts)}
        raw[head] = (torch.logit(cuts) * t).sigmoid()
    for head in ONE:
        temperatures[head] = measure.one_temperature(some, told[head], head)
    spans = [(z[a:b].mean(0), t) for item, z in zip(some, told["span_logits"]) for a, b, t in item.spans[: item.terms]]
    target = torch.tensor([t for _, t in spans])
    span = measure.temperature(torch.stack([z for z, _ in spans]), lambda z: float(soft_cross_entropy(z, target).mean()))
    return {
        "topics": TOPICS, "stages": STAGES, "intents": INTENTS, "effort": EFFORT, "emotions": EMOTIONS,
        "temperature": {k: round(v, 3) for k, v in temperatures.items()}, "thresholds": thresholds, "span_temperature": round(span, 3),
    }, raw


def read(tokenizer, a, rng):
    """({name: indexes}, items, {name: labels of an extra head})."""
    left_out = set(filter(None, a.leave_out.split(",")))
    sets = {}
    for name in ("voice", "own"):
        rows = list(data.corpus(tokenizer, os.path.join(a.corpus, name + ".train.tsv"), left_out))
        sets[name] = [i for i, _, held in rows if not held]
        sets[name + ".held"] = [i for i, _, held in rows if held]
        dev = list(data.corpus(tokenizer, os.path.join(a.corpus, name + ".dev.tsv")))
        sets[name + ".dev"] = [i for i, _, _ in dev]
        if left_out and name == "voice":
            sets["left out.dev"] = [i for i, industry, _ in dev if industry in left_out]
    sets["replay"] = data.replay(tokenizer, os.path.join(a.data, "sentiment"), rng)
    for name in ("train", "dev"):
        sets["mams" + (".dev" if name == "dev" else "")] = data.aspects(tokenizer, os.path.join(a.data, "aspects", f"mams_atsa.{name}.tsv.gz"))
    extra, sizes = data.extra(tokenizer, os.path.join(a.data, "topics"))
    for name in data.EXTRA:
        sets[name] = [i for i in extra if name in i.labels]
    sets["forum"] = data.forum(tokenizer, os.path.join(a.data, "topics"), rng)
    items, groups = [], {}
    for name, members in sets.items():
        groups[name] = range(len(items), len(items) + len(members))
        items += members
    return groups, items, sizes | {"forum": len(EMOTIONS)}


def train(model, states, items, groups, a, rng):
    balance = balances([items[i] for i in [*groups["voice"], *groups["own"]]])
    optimizer = torch.optim.AdamW(parameters(model, a.rate, 0.9, a.frozen), betas=(0.9, 0.98), eps=1e-6, fused=True)
    rates = [g["lr"] for g in optimizer.param_groups]
    made = batches(plan(groups, items, rng), lambda i: len(items[i].ids), a.batch, rng)
    warm, began, heard, running = max(1, int(0.06 * len(made))), time.time(), 0, {}
    model.train()
    for step, chosen in enumerate(made):
        factor = min((step + 1) / warm, (len(made) - step) / (len(made) - warm))
        for group, rate in zip(optimizer.param_groups, rates):
            group["lr"] = rate * factor
        x, mask = states.of(chosen, max(len(items[i].ids) for i in chosen))
        told = model.heads(model.run(F.dropout(x, 0.05), a.frozen, len(model.layers), mask), mask)
        some = [items[i] for i in chosen]
        each = losses(model.heads, told, some, balance)
        loss = sum(WEIGHTS.get(name, WEIGHTS["extra"]) * value for name, value in each.items()) / a.batch
        loss.backward()
        torch.nn.utils.clip_grad_norm_([p for p in model.parameters() if p.requires_grad], 2.0)
        optimizer.step()
        optimizer.zero_grad()
        heard += int(mask.sum())
        for name, value in each.items():
            running[name] = 0.98 * running.get(name, value.item() / len(chosen)) + 0.02 * value.item() / len(chosen)
        if step % 50 == 49:
            line = " ".join(f"{k} {v:.2f}" for k, v in sorted(running.items()))
            print(f"step {step + 1}/{len(made)} {heard / (time.time() - began):.0f} pieces/s: {line}", flush=True)
        if step % a.every == a.every - 1:
            finish(model, states, items, groups, a)


def finish(model, states, items, groups, a):
    """Fits, measures and saves."""
    heads, raw = fit(model, states, items, a.frozen, [*groups["voice.held"], *groups["own.held"]])
    for name in groups:
        if name.endswith(".dev"):
            chosen = list(groups[name])
            measure.report(name, [items[i] for i in chosen], measure.predict(model, states, chosen, a.frozen), raw)
    rng = random.Random(a.seed)
    known = [i for name, members in groups.items() if not name.endswith(".dev") for i in rng.sample(list(members), min(100, len(members)))]
    model.eval()
    features.fit(model, [items[i].ids for i in known])
    model.train()
    model.save(a.out)
    for name in ("tokenizer.json", "vocab.txt"):
        with open(os.path.join(a.start, name), "rb") as source, open(os.path.join(a.out, name), "wb") as copy:
            copy.write(source.read())
    with open(os.path.join(a.out, "heads.json"), "w", encoding="utf8") as out:
        json.dump({"model": a.name} | heads, out, indent=1)
    with open(os.path.join(a.out, "training.json"), "w", encoding="utf8") as out:
        json.dump(vars(a) | {"items": len(items), "times": TIMES, "weights": WEIGHTS}, out, indent=1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--start", required=True, help="folder of the encoder to start from")
    parser.add_argument("--data", required=True, help="folder of the public data (sentiment/, aspects/, topics/)")
    parser.add_argument("--corpus", required=True, help="folder of voice.*.tsv and own.*.tsv")
    parser.add_argument("--out", required=True)
    parser.add_argument("--name", default="ear-deep@3", help="name and version of the weights, for heads.json")
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--frozen", type=int, default=6, help="lowest layers that stay as they are")
    parser.add_argument("--every", type=int, default=400, help="steps between measurements")
    parser.add_argument("--leave-out", default="", help="industries of the corpus not to learn from, comma-separated")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    a = parser.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(a.seed)
    rng = random.Random(a.seed)

    tokenizer = Tokenizer.from_file(os.path.join(a.start, "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    groups, items, extra = read(tokenizer, a, rng)
    print({name: len(members) for name, members in groups.items()}, flush=True)
    model = Ear.load(a.start, extra).eval()
    states = States(model, items, a.frozen)
    teach_clauses(model, [items[i] for name in groups if not name.endswith(".dev") for i in groups[name]])
    train(model, states, items, groups, a, rng)
    finish(model, states, items, groups, a)


if __name__ == "__main__":
    main()
