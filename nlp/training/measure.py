"""Measures the heads, and fits temperatures and thresholds."""

import torch
import torch.nn.functional as F

from names import MANY, ONE


@torch.inference_mode()
def predict(model, states, chosen, frozen, size=32):
    """Logits of every head for some items, in their order; of spans, [L, 3] each."""
    was = model.training
    model.eval()
    length = {i: int(states.starts[i + 1] - states.starts[i]) for i in chosen}
    order = sorted(range(len(chosen)), key=lambda n: length[chosen[n]])
    told = {name: [None] * len(chosen) for name in ("logits", "span_logits", *MANY, *ONE)}
    for at in range(0, len(order), size):
        part = order[at : at + size]
        x, mask = states.of([chosen[n] for n in part], max(length[chosen[n]] for n in part))
        said = model.heads(model.run(x, frozen, len(model.layers), mask), mask)
        for name, rows in told.items():
            for row, n in enumerate(part):
                rows[n] = said[name][row, : length[chosen[n]]].clone() if name == "span_logits" else said[name][row]
    model.train(was)
    return {name: rows if name == "span_logits" else torch.stack(rows) for name, rows in told.items()}


def f1(hit, said, is_):
    return 2 * hit / (said + is_) if said + is_ else 0.0


def single(pairs, count):
    """(accuracy, macro F1, macro recall) of (said, is) pairs, over the classes that occur."""
    scores, recalls = [], []
    for c in range(count):
        hit = sum(a == b == c for a, b in pairs)
        said, is_ = sum(a == c for a, _ in pairs), sum(b == c for _, b in pairs)
        if is_:
            scores.append(f1(hit, said, is_))
            recalls.append(hit / is_)
    return tuple(100 * x for x in (sum(a == b for a, b in pairs) / max(1, len(pairs)), sum(scores) / max(1, len(scores)), sum(recalls) / max(1, len(recalls))))


def hots(items, head):
    y = torch.zeros(len(items), len(MANY[head]))
    for row, item in enumerate(items):
        y[row, item.labels[head]] = 1
    return y


def micro(said, y):
    return 100 * f1(float((said * y).sum()), float(said.sum()), float(y.sum()))


def span_pairs(items, logits):
    pairs = []
    for item, z in zip(items, logits):
        for a, b, target in item.spans[: item.terms]:
            pairs.append((int(z[a:b].mean(0).argmax()), target.index(max(target))))
    return pairs


def sentiment_pairs(items, logits):
    pairs = []
    for item, z in zip(items, logits):
        if item.sentiment and max(item.sentiment) == 1:
            z = z.clone()
            z[1] -= 1e4 * item.two
            pairs.append((int(z.argmax()), item.sentiment.index(1)))
    return pairs


def report(name, items, told, thresholds):
    """One line of what each head scores."""
    line = []
    if any(i.sentiment for i in items):
        line.append("sentiment %.1f/%.1f/%.1f" % single(sentiment_pairs(items, told["logits"]), 3))
    pairs = span_pairs(items, told["span_logits"])
    if pairs:
        line.append("aspects %.1f/%.1f" % single(pairs, 3)[:2])
    if items[0].labels:
        for head in MANY:
            line.append("%s %.1f" % (head, micro((told[head].sigmoid() >= thresholds[head]).float(), hots(items, head))))
        for head, names in ONE.items():
            line.append("%s %.1f/%.1f" % (head, *single(list(zip(told[head].argmax(-1).tolist(), (i.labels[head] for i in items))), len(names))[:2]))
    print(f"{name} n {len(items)}: " + ", ".join(line), flush=True)


def temperature(logits, loss):
    """The divisor of logits at which the loss is least."""
    candidates = [0.5 * 1.05**k for k in range(40)]
    return min(candidates, key=lambda t: float(loss(logits / t)))


def many_temperature(items, logits, head):
    y = hots(items, head)
    return temperature(logits, lambda z: F.binary_cross_entropy_with_logits(z, y))


def one_temperature(items, logits, head):
    y = torch.tensor([i.labels[head] for i in items])
    return temperature(logits, lambda z: F.cross_entropy(z, y))


GRID = [k / 100 for k in range(10, 81, 2)]
TRUST = 40  # how many examples of a label weigh as much as all labels together


def cuts(items, probabilities, head):
    """A threshold for each label: the best for all together, moved towards the
    best for the label as far as its examples go."""
    y = hots(items, head)
    best = max(GRID, key=lambda t: micro((probabilities >= t).float(), y))
    chosen = torch.full((y.shape[1],), best)
    for k in range(y.shape[1]):
        own = max(GRID, key=lambda t: (micro((probabilities[:, k] >= t).float(), y[:, k]), -abs(t - best)))
        weight = float(y[:, k].sum()) / (float(y[:, k].sum()) + TRUST)
        chosen[k] = best + weight * (own - best)
    return chosen
