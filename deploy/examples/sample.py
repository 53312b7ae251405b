"""Writes small files in the shapes of the example files, for run.sh."""

import csv
import gzip
import json
import pathlib
import sys

folder = pathlib.Path(sys.argv[1])


def table(name, header, rows, delimiter=","):
    with gzip.open(folder / name, "wt", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


table(
    "womens_clothing_reviews.csv.gz",
    ["", "Clothing ID", "Age", "Title", "Review Text", "Rating", "Recommended IND", "Positive Feedback Count", "Division Name", "Department Name", "Class Name"],
    [
        [i, 700 + i % 40, 20 + i % 60, "" if i % 3 else f"Title {i}", "" if i % 25 == 0 else f'Fits well, 5\'8".\n\nThe "blue" one is lovely, nr {i}.', 1 + i % 5, i % 2, i % 7, "General", "Dresses", "Dresses"]
        for i in range(2000)
    ],
)
table(
    "cfpb_complaints.csv.gz",
    ["Date received", "Product", "Sub-product", "Issue", "Sub-issue", "Consumer complaint narrative", "Company public response", "Company", "State", "ZIP code", "Tags", "Consumer consent provided?", "Submitted via", "Date sent to company", "Company response to consumer", "Timely response?", "Consumer disputed?", "Complaint ID"],
    [
        [f"2020/{1 + i % 12}/{1 + i % 28}", "Debt collection", "I do not know", "Written notification", "", f"They called me {i} times about a debt that is not mine." if i % 4 == 0 else "", "", "Some Bank", "FL", "330XX", "", "Other", "Web", "2020/3/18", "Closed", "Yes", "N/A", 3_000_000 + i]
        for i in range(800)
    ],
)
table(
    "apple_tweets.csv.gz",
    ["_unit_id", "_golden", "_unit_state", "_trusted_judgments", "_last_judgment_at", "sentiment", "sentiment:confidence", "date", "id", "query", "sentiment_gold", "text"],
    [
        [600_000_000 + i, "FALSE", "finalized", 3, "", 1 + 2 * (i % 3), 0.6, "Mon Dec 01 19:30:03 +0000 2014", "540000000000000000", "#brand", "3\n0", f"The battery of nr {i} died again\nhttps://example.org/{i}"]
        for i in range(600)
    ],
)
table(
    "multidogo_media.train.tsv.gz",
    ["conversationId", "turnNumber", "utteranceId", "utterance", "slot-labels", "intent"],
    [[f"c{i // 6}", i % 6, f"<CONV>c{i // 6}<TURN>{i % 6}", "" if i % 200 == 0 else f"my internet is down since {i} minutes", "O", "outage"] for i in range(1200)],
    delimiter="\t",
)
(folder / "abcd_sample.json").write_text(
    json.dumps(
        [
            {
                "convo_id": i,
                "scenario": {"personal": {"username": f"user{i}", "member_level": "gold"}, "product": {"names": ["jeans"]}, "flow": "return", "subflow": "size"},
                "original": [["agent", "Hi! What a wonderful day, how can I help?"], ["customer", "My order is late, this is terrible."], ["action", "Account has been pulled up."], ["customer", "Thanks anyway."]],
            }
            for i in range(10)
        ]
    )
)
