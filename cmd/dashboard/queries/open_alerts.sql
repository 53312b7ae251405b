-- Alerts that last, the latest first.
SELECT
    id,
    incident,
    toString(kind),
    toString(measure),
    series,
    toString(channel),
    toString(stage),
    toString(topic),
    toString(severity),
    toUnixTimestamp64Milli(since),
    toUnixTimestamp64Milli(since_from),
    toUnixTimestamp64Milli(since_to),
    toUnixTimestamp64Milli(raised_at),
    expected,
    expected_low,
    expected_high,
    observed,
    observed_low,
    observed_high,
    items,
    explanation,
    decomposition.dimension,
    decomposition.value,
    decomposition.mix,
    decomposition.within,
    rising.kind,
    rising.text,
    rising.share,
    rising.before,
    quotes.source,
    quotes.id,
    quotes.quote
FROM {database}.alerts
WHERE resolved_at IS NULL
ORDER BY raised_at DESC, id
LIMIT {limit:UInt32}
