-- Mentions around an improvement, by hours: of what was mended, and of all other topics.
SELECT
    toUInt8({topic:String} = '' OR topic = {topic:String} OR startsWith(topic, concat({topic:String}, '.'))) AS mine,
    toUnixTimestamp64Milli(hour) AS ms,
    toUInt64(sum(h.items)), toUInt64(sum(h.negatives)), toUInt64(sum(h.positives))
FROM {database}.sentiment_hourly AS h
WHERE topic != '' AND hour >= toDateTime64({period_from:String}, 3, 'UTC') AND hour < toDateTime64({period_to:String}, 3, 'UTC')
    AND ({stage:String} = '' OR stage = {stage:String})
    AND ({channel:String} = '' OR channel = {channel:String})
GROUP BY mine, ms
ORDER BY mine, ms
