-- When the feedback of a window was given: first, last, and the span of its bulk.
SELECT
    count() AS items,
    toUnixTimestamp64Milli(min(created_at)) AS first_ms,
    toUnixTimestamp64Milli(max(created_at)) AS last_ms,
    toInt64(quantile(0.005)(toUnixTimestamp64Milli(created_at))) AS bulk_from_ms,
    toInt64(quantile(0.995)(toUnixTimestamp64Milli(created_at))) AS bulk_to_ms
FROM {database}.feedback
WHERE created_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
  AND created_at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
HAVING items > 0
