-- What items speak of, with the words that it rests on.
SELECT
    toString(source) AS item_source,
    id AS item_id,
    toString(topic) AS name,
    toString(stage) AS at_stage,
    toFloat64(score) AS mention_score,
    toString(label) AS felt,
    found_by,
    arrayMap(e -> e.cue, evidence) AS cues,
    arrayMap(e -> e.span_start, evidence) AS cue_starts,
    arrayMap(e -> e.span_end, evidence) AS cue_ends,
    arrayMap(e -> e.rule, evidence) AS rules
FROM {database}.mentions
WHERE (source, id) IN JSONExtract({identities:String}, 'Array(Tuple(String, String))')
ORDER BY item_source, item_id, span_start, name
LIMIT 2000
SETTINGS optimize_move_to_prewhere_if_final = 1
