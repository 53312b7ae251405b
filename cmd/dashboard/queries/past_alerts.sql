-- Alerts that are over and lasted at some time of a period, the latest first.
SELECT
    id,
    toString(measure),
    series,
    toString(severity),
    toUnixTimestamp64Milli(since),
    toUnixTimestamp64Milli(resolved_at) AS over_ms,
    expected,
    observed,
    explanation
FROM {database}.alerts
WHERE resolved_at >= toDateTime64({period_from:String}, 3, 'UTC') AND raised_at < toDateTime64({period_to:String}, 3, 'UTC')
    AND ({channel:String} = '' OR channel IN ('', {channel:String}))
ORDER BY raised_at DESC, id
LIMIT {limit:UInt32}
