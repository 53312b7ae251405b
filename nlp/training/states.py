"""What needs computing only once: the states below the layers that learn, and
what the teacher, the encoder as it was, says of texts and of clauses."""

import time

import numpy as np
import torch


def batches(lengths, budget):
    """Indexes of texts of one length, together of at most budget pieces."""
    order = sorted(range(len(lengths)), key=lambda i: lengths[i])
    at = 0
    while at < len(order):
        length = lengths[order[at]]
        end = at + 1
        while end < len(order) and lengths[order[end]] == length and (end - at + 1) * length <= budget:
            end += 1
        yield order[at:end]
        at = end


class States:
    """The states of texts below layer `frozen`, in half precision."""

    def __init__(self, model, items, frozen, budget=2048):
        lengths = [len(i.ids) for i in items]
        self.starts = np.concatenate([[0], np.cumsum(lengths)])
        self.kept = torch.empty(int(self.starts[-1]), model.config.hidden_size, dtype=torch.float16)
        began, done = time.time(), 0
        depth = len(model.layers)
        with torch.inference_mode():
            for n, chosen in enumerate(batches(lengths, budget)):
                x = model.run(model.embed(torch.tensor([items[i].ids for i in chosen])), 0, frozen)
                for state, i in zip(x, chosen):
                    self.kept[self.starts[i] : self.starts[i + 1]] = state
                teach = [row for row, i in enumerate(chosen) if items[i].teach]
                if teach:
                    said = sentiment(model, model.run(x[teach], frozen, depth))
                    for row, p in zip(teach, said):
                        items[chosen[row]].taught = p
                done += x.shape[0] * x.shape[1]
                if n % 200 == 0:
                    print(f"states of {done} of {self.starts[-1]} pieces, {done / (time.time() - began):.0f}/s", flush=True)

    def of(self, chosen, longest):
        """The states of some texts, padded, and their mask."""
        width = self.kept.shape[1]
        x, mask = torch.zeros(len(chosen), longest, width), torch.zeros(len(chosen), longest)
        for row, i in enumerate(chosen):
            a, b = self.starts[i], self.starts[i + 1]
            x[row, : b - a] = self.kept[a:b]
            mask[row, : b - a] = 1
        return x, mask


def sentiment(model, x):
    return torch.softmax(model.heads.sentiment(x[:, 0]), -1).tolist()


def teach_clauses(model, items, budget=2048):
    """Gives each clause what the model says of it when it hears nothing else."""
    clauses = [(item, a, b) for item in items for a, b in item.clauses]
    began, first, last = time.time(), 101, 102  # [CLS], [SEP]
    with torch.inference_mode():
        for chosen in batches([b - a for _, a, b in clauses], budget):
            ids = torch.tensor([[first, *clauses[i][0].ids[clauses[i][1] : clauses[i][2]], last] for i in chosen])
            said = sentiment(model, model.run(model.embed(ids), 0, len(model.layers)))
            for i, p in zip(chosen, said):
                item, a, b = clauses[i]
                item.spans.append((max(1, a), min(b, len(item.ids) - 1), tuple(p)))
    for item in items:
        item.clauses = []
    print(f"{len(clauses)} clauses taught in {time.time() - began:.0f} s", flush=True)
