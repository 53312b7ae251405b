-- When feedback of a short period was given, to the millisecond.
SELECT
    count() AS items,
    toUnixTimestamp64Milli(min(created_at)) AS first_ms,
    toUnixTimestamp64Milli(max(created_at)) AS last_ms,
    toInt64(quantile(0.005)(toUnixTimestamp64Milli(created_at))) AS bulk_from_ms,
    toInt64(quantile(0.995)(toUnixTimestamp64Milli(created_at))) AS bulk_to_ms
FROM {database}.feedback_between(period_from = {period_from:String}, period_to = {period_to:String}, channel = '', segment = '', product = '')
HAVING items > 0
