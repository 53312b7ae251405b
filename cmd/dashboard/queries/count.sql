-- How many items a period has.
SELECT count()
FROM {database}.hourly_items FINAL
WHERE is_deleted = 0
    AND hour > toDateTime64({period_from:String}, 3, 'UTC') - toIntervalHour(1) AND hour < toDateTime64({period_to:String}, 3, 'UTC')
    AND created_at >= toDateTime64({period_from:String}, 3, 'UTC') AND created_at < toDateTime64({period_to:String}, 3, 'UTC')
