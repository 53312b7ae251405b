"""Counts what the example files must become, by Python's own readers.

Prints: reviews, complaints with a narrative, complaints without, tweets, chats,
turns with words, turns without.
"""

import csv
import gzip
import json
import pathlib
import sys

folder = pathlib.Path(sys.argv[1])
csv.field_size_limit(1 << 30)


def records(name, **options):
    with gzip.open(folder / name, "rt", encoding="utf-8", errors="replace", newline="") as file:
        yield from csv.DictReader(file, **options)


reviews = {r[""] for r in records("womens_clothing_reviews.csv.gz")}
complaints = list(records("cfpb_complaints.csv.gz"))
told = {c["Complaint ID"] for c in complaints if c["Consumer complaint narrative"].strip()}
tweets = {t["_unit_id"] for t in records("apple_tweets.csv.gz")}
chats = {c["convo_id"] for c in json.loads((folder / "abcd_sample.json").read_text())}
turns = list(records("multidogo_media.train.tsv.gz", delimiter="\t"))
spoken = {t["utteranceId"] for t in turns if t["utterance"].strip()}
print(len(reviews), len(told), len(complaints) - len(told), len(tweets), len(chats), len(spoken), len(turns) - len(spoken))
