-- Topics of the latest feedback, each with the label of its strongest mention.
SELECT
    toString(source) AS item_source,
    id AS item_id,
    toString(topic) AS name,
    toString(argMax(label, abs(score))) AS felt
FROM {database}.mentions
WHERE (source, id) IN
(
    SELECT source, id
    FROM {database}.feedback
    WHERE {channel:String} = '' OR channel = {channel:String}
    ORDER BY least(created_at, ingested_at) DESC, source, id
    LIMIT {limit:UInt32}
)
GROUP BY source, id, topic
ORDER BY source, id, min(span_start), topic
LIMIT 500
