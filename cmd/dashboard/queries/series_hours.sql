SELECT toString(channel) AS of_channel, toString(stage) AS of_stage, toString(topic) AS of_topic, toUnixTimestamp64Milli(hour) AS ms, items AS n, negatives AS negative, positives AS positive
FROM {database}.sentiment_hourly
WHERE hour >= toDateTime64({period_from:String}, 3, 'UTC') AND hour < toDateTime64({period_to:String}, 3, 'UTC')
    AND (topic != '') = {mentions:UInt8} AND ({channel:String} = '' OR channel = {channel:String})
