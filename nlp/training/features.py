"""The features of a text that a user's own labels are learned from.

[B, 3·width]: the [CLS] and the mean of the last states, and the mean of those of
a middle layer, which knows less of feedback and more of words; each brought to
mean 0 and deviation 1 over texts of many kinds.
"""

import torch

# The layers up to the one whose mean is taken beside the last's.
MIDDLE = 6


def raw(middle, last):
    return torch.cat([last[:, 0], last.mean(1), middle.mean(1)], -1)


def features(heads, middle, last):
    return (raw(middle, last) - heads.feature_mean) * heads.feature_scale


@torch.inference_mode()
def fit(model, texts):
    """Sets the means and scales from the ids of some texts."""
    rows = []
    for ids in texts:
        middle = model.run(model.embed(torch.tensor([ids])), 0, MIDDLE)
        rows.append(raw(middle, model.run(middle, MIDDLE, len(model.layers))))
    rows = torch.cat(rows)
    model.heads.feature_mean.copy_(rows.mean(0))
    model.heads.feature_scale.copy_(1 / (rows.std(0) + 1e-3))
