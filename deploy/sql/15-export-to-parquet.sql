-- How do I get a week into a notebook? As Parquet, over HTTP:
--     curl "http://127.0.0.1:8123/?database=earshot" --data-binary @15-export-to-parquet.sql > week.parquet
SELECT source, id, channel, created_at, customer, segment, product, stage, touchpoint, label, score, confidence, effort, emotion, intents, topics, text
FROM feedback
WHERE noise = '' AND created_at >= now() - INTERVAL 7 DAY
ORDER BY created_at
FORMAT Parquet;
