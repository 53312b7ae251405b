"""Reads the sets into items: texts in word pieces, with what is known of each.

Of the corpus, every tenth item of train (by a digest of its text) is held out
for temperatures and thresholds; dev parts are only measured on.
"""

import csv
import gzip
import hashlib
import os
import re

from clean import clean
from names import EMOTIONS, LABELS, MANY, ONE

SENTIMENT = {name: i for i, name in enumerate(LABELS)}
MIXED = (0.45, 0.10, 0.45)
LONGEST = 128
OTHER_LANGUAGES = {"german", "french", "spanish", "portuguese", "italian"}
# How many texts of each class are replayed. Two-class sets teach nothing about neutral.
REPLAY = {"sst3": 900, "tweeteval": 1300, "goemotions3": 500, "clothing": 300, "amazon10k": 300, "blitzer": 250, "imdb": 100, "xlmt_english": 150}
CLAUSES = 0.4  # of the replayed texts, the share whose clauses are taught too
TWO_CLASS = {"amazon10k", "blitzer", "imdb"}
# Other sets, whose labels only shape the states: their heads are thrown away.
EXTRA = ("banking77", "clinc150", "app_reviews", "tweeteval_emotion")
# Forum comments' emotions, as ours.
FORUM = {
    "anger": "anger", "annoyance": "anger", "disappointment": "disappointment", "sadness": "sadness", "grief": "sadness",
    "remorse": "sadness", "fear": "fear", "nervousness": "fear", "disgust": "disgust", "joy": "joy", "excitement": "joy",
    "love": "joy", "amusement": "joy", "gratitude": "gratitude", "surprise": "surprise", "neutral": "none",
}
FORUM_EACH = 450

CLAUSE = re.compile(r"(?<=[.!?…;])\s+(?=\S)|,?\s+(?=(?:but|however|although|though|yet|while|whereas)\b)|\s+[-–—]+\s+", re.IGNORECASE)


class Item:
    """One text. What isn't known of it is None.

    sentiment  three probabilities; two: nothing is said of neutral
    spans      (first piece, end, three probabilities)
    clauses    (first piece, end): their sentiment is to be asked of the teacher
    labels     {head: index, or a list of them}
    terms      how many of the spans, the first, are terms that the text judges
    teach      whether the teacher is asked about the whole text
    """

    __slots__ = ("clauses", "ids", "labels", "sentiment", "spans", "taught", "teach", "terms", "two")

    def __init__(self, ids, sentiment=None, two=False, spans=(), clauses=(), labels=None, teach=False):
        self.ids, self.sentiment, self.two = ids, sentiment, two
        self.spans, self.clauses, self.labels = list(spans), list(clauses), labels or {}
        self.teach, self.taught, self.terms = teach, None, len(self.spans)


def one_hot(label):
    return tuple(1.0 if i == label else 0.0 for i in range(3))


def key(text):
    return re.sub(r"[^a-z0-9]+", "", text.lower())[:200]


def tenth(text):
    return int(hashlib.sha256(key(text).encode()).hexdigest(), 16) % 10 == 0


def cut(ids):
    """The first third and the last two thirds of a text that is too long."""
    if len(ids) <= LONGEST:
        return ids
    head = LONGEST // 3
    return ids[:head] + ids[-(LONGEST - head) :]


def encode(tokenizer, text, terms=(), clauses=False):
    """Ids of a text, the terms (from, to, label; in characters of the cleaned text) and its clauses in word pieces."""
    encoding = tokenizer.encode(text)
    if len(encoding.ids) > LONGEST:
        return cut(encoding.ids), [], []

    def pieces(start, end):
        found = [i for i, (a, b) in enumerate(encoding.offsets) if a < end and b > start and b > a]
        return (found[0], found[-1] + 1) if found else None

    spans = [(*p, one_hot(label)) for a, b, label in terms if (p := pieces(a, b))]
    parts = []
    if clauses:
        ends = [(m.start(), m.end()) for m in CLAUSE.finditer(text)]
        starts = [0, *(b for _, b in ends)]
        parts = [p for a, b in zip(starts, [*(a for a, _ in ends), len(text)]) if (p := pieces(a, b)) and p[1] - p[0] >= 3]
        parts = parts if len(parts) > 1 else []
    return encoding.ids, spans, parts


def table(path):
    """The rows of a set as dicts by the names in its header."""
    opened = gzip.open(path, "rt", encoding="utf8", newline="\n") if path.endswith(".gz") else open(path, encoding="utf8", newline="\n")
    with opened as lines:
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


def corpus(tokenizer, path, left_out=()):
    """English items of the corpus as (item, industry, held)."""
    for row in table(path):
        if row["industry"] in OTHER_LANGUAGES or row["industry"] in left_out:
            continue
        text = clean(row["text"])
        terms = []
        for aspect in filter(None, row["aspects"].split(";")):
            term, _, label = aspect.rpartition("=")
            start = text.find(clean(term))
            if start >= 0:
                terms.append((start, start + len(clean(term)), SENTIMENT[label]))
        ids, spans, clauses = encode(tokenizer, text, terms, True)
        sentiment = MIXED if row["label"] == "mixed" else one_hot(SENTIMENT[row["label"]])
        labels = {head: [names.index(n) for n in row[head].split(",") if n] for head, names in MANY.items()}
        labels |= {head: names.index(row[head]) for head, names in ONE.items()}
        item = Item(ids, sentiment, False, spans, clauses, labels)
        if row["label"] != "mixed" and not clauses:
            item.spans.append((1, len(ids) - 1, sentiment))
        yield item, row["industry"], tenth(row["text"])


def held_texts(folder):
    return {key(row["text"]) for name in os.listdir(folder) if ".dev." in name for row in table(os.path.join(folder, name))}


def replay(tokenizer, folder, rng):
    """Public texts with a sentiment, about as many of each class."""
    held, items = held_texts(folder), []
    for name, most in REPLAY.items():
        rows = [row for row in table(os.path.join(folder, name + ".train.tsv.gz")) if row["label"] in SENTIMENT and key(row["text"]) not in held]
        rng.shuffle(rows)
        count = {}
        for row in rows:
            if count.get(row["label"], 0) >= most:
                continue
            count[row["label"]] = count.get(row["label"], 0) + 1
            ids, _, clauses = encode(tokenizer, clean(row["text"]), (), rng.random() < CLAUSES)
            target = one_hot(SENTIMENT[row["label"]])
            spans = [(1, len(ids) - 1, target)] if name in ("sst3", "goemotions3") and len(ids) > 2 else []
            items.append(Item(ids, target, name in TWO_CLASS, spans, clauses, teach=True))
    return items


def aspects(tokenizer, path):
    """Sentences with several terms of different polarity: spans only."""
    sentences = {}
    for row in table(path):
        if row["polarity"] in SENTIMENT:
            sentences.setdefault(row["text"], []).append(row)
    items = []
    for text, rows in sorted(sentences.items()):
        cleaned, terms = clean(text), []
        for row in rows:
            start, end = int(row["from"]), int(row["to"])
            if cleaned != text:
                start = cleaned.find(clean(row["aspect"]))
                end = start + len(clean(row["aspect"]))
            if start >= 0:
                terms.append((start, end, SENTIMENT[row["polarity"]]))
        ids, spans, _ = encode(tokenizer, cleaned, terms)
        items.append(Item(ids, spans=spans))
    return [item for item in items if item.spans]


def last_tenth(text):
    """Of sets without a dev part, the texts that are kept for measuring."""
    return int(hashlib.sha256(("kept " + key(text)).encode()).hexdigest(), 16) % 10 == 9


def extra(tokenizer, folder):
    """(items, {name: number of labels}) of the sets in EXTRA."""
    items, sizes = [], {}
    for name in EXTRA:
        rows = [row for row in table(os.path.join(folder, name + ".train.tsv.gz")) if name != "banking77" or not last_tenth(row["text"])]
        labels = sorted({row["label"] for row in rows})
        sizes[name] = len(labels)
        for row in rows:
            ids, _, clauses = encode(tokenizer, clean(row["text"]), (), name == "app_reviews")
            items.append(Item(ids, None, False, (), clauses, {name: labels.index(row["label"])}, teach=name in ("app_reviews", "tweeteval_emotion")))
    return items, sizes


def forum(tokenizer, folder, rng):
    """Comments with one emotion, as many of each."""
    rows = [(row["text"], FORUM[row["label"]]) for row in table(os.path.join(folder, "goemotions.train.tsv.gz")) if row["label"] in FORUM]
    rng.shuffle(rows)
    items, count = [], {}
    for text, emotion in rows:
        count[emotion] = count.get(emotion, 0) + 1
        if count[emotion] <= FORUM_EACH:
            items.append(Item(encode(tokenizer, clean(text))[0], labels={"forum": EMOTIONS.index(emotion)}))
    return items
