-- The hours that have feedback in a period, the latest first.
SELECT toUnixTimestamp64Milli(hour) AS ms
FROM {database}.hourly_items
WHERE hour > toDateTime64({period_from:String}, 3, 'UTC') - toIntervalHour(1) AND hour < toDateTime64({period_to:String}, 3, 'UTC')
ORDER BY hour DESC
LIMIT 1
