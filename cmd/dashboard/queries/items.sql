-- Items by their identities, a JSON array of pairs of source and id.
-- Only rows of these identities are read whole: the condition is on the sorting key, which FINAL leaves alone.
SELECT
    toString(source) AS item_source,
    id AS item_id,
    toString(channel) AS item_channel,
    toUnixTimestamp64Milli(created_at) AS created_ms,
    customer,
    toString(segment) AS item_segment,
    toString(product) AS item_product,
    toString(stage) AS item_stage,
    toString(touchpoint) AS item_touchpoint,
    title,
    substring(text, 1, {excerpt:UInt32}) AS words,
    length(text) AS text_bytes,
    length(turns) AS turn_count,
    arrayMap(t -> toString(t.role), arraySlice(turns, 1, 200)) AS turn_roles,
    arrayMap(t -> t.span_start, arraySlice(turns, 1, 200)) AS turn_starts,
    arrayMap(t -> t.span_end, arraySlice(turns, 1, 200)) AS turn_ends,
    toString(label) AS item_label,
    toFloat64(score) AS item_score,
    mixed AS is_mixed,
    toFloat64(confidence) AS item_confidence,
    toString(noise) AS item_noise,
    toFloat64(rating) AS item_rating,
    toFloat64(rating_max) AS item_rating_max,
    toFloat64(nps) AS item_nps,
    toFloat64(csat) AS item_csat,
    toFloat64(ces) AS item_ces,
    toFloat64(effort) AS item_effort,
    toString(emotion) AS item_emotion,
    arrayMap(i -> toString(i), intents) AS item_intents,
    arrayMap(u -> toString(u), urgency) AS item_urgency,
    toString(language) AS item_language,
    url,
    toString(model) AS item_model
FROM {database}.feedback
WHERE (source, id) IN JSONExtract({identities:String}, 'Array(Tuple(String, String))')
SETTINGS optimize_move_to_prewhere_if_final = 1
