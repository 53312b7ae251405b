SELECT toString(channel) AS of_channel, toString(s) AS of_stage, toString(t) AS of_topic, toUnixTimestamp64Milli(created_at) AS ms, 1 AS n, l = 'negative' AS negative, l = 'positive' AS positive
FROM {database}.feedback_between(period_from = {period_from:String}, period_to = {period_to:String}, channel = {channel:String}, segment = {segment:String}, product = {product:String})
ARRAY JOIN topics AS t, topic_stages AS s, topic_labels AS l
WHERE (t != '') = {mentions:UInt8}
