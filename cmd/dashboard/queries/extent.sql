-- When feedback of a period was given, by hours: first, last, and the span of its bulk.
SELECT
    toUInt64(sum(n)) AS items,
    min(ms) AS first_ms,
    max(ms) + 3600000 AS last_ms,
    quantileExactWeighted(0.005)(ms, n) AS bulk_from_ms,
    quantileExactWeighted(0.995)(ms, n) + 3600000 AS bulk_to_ms
FROM
(
    SELECT toUnixTimestamp64Milli(hour) AS ms, sum(items) AS n
    FROM {database}.sentiment_hourly
    WHERE topic = '' AND hour > toDateTime64({period_from:String}, 3, 'UTC') - toIntervalHour(1) AND hour < toDateTime64({period_to:String}, 3, 'UTC')
    GROUP BY ms
)
HAVING items > 0
