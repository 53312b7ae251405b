-- The latest feedback. An item dated in the future counts as of its arrival, so that it cannot stay on top.
-- The inner query sorts narrow columns; the texts are read of the chosen rows only.
SELECT
    toString(source) AS item_source,
    id AS item_id,
    toString(channel) AS item_channel,
    toUnixTimestamp64Milli(created_at) AS created_ms,
    title AS item_title,
    substring(text, 1, {excerpt:UInt32}) AS words,
    length(text) AS text_bytes,
    length(turns) AS turn_count,
    arrayMap(t -> toString(t.role), arraySlice(turns, 1, 40)) AS turn_roles,
    arrayMap(t -> t.span_start, arraySlice(turns, 1, 40)) AS turn_starts,
    arrayMap(t -> t.span_end, arraySlice(turns, 1, 40)) AS turn_ends,
    toString(label) AS item_label,
    toFloat64(score) AS item_score,
    mixed AS is_mixed,
    toString(noise) AS item_noise,
    toFloat64(rating) AS item_rating,
    toFloat64(rating_max) AS item_rating_max,
    toFloat64(nps) AS item_nps,
    toFloat64(csat) AS item_csat,
    toFloat64(ces) AS item_ces,
    toString(language) AS item_language,
    url AS item_url
FROM {database}.feedback
WHERE (source, id) IN
(
    SELECT source, id
    FROM {database}.feedback
    WHERE {channel:String} = '' OR channel = {channel:String}
    ORDER BY least(created_at, ingested_at) DESC, source, id
    LIMIT {limit:UInt32}
)
ORDER BY least(created_at, ingested_at) DESC, source, id
LIMIT {limit:UInt32}
