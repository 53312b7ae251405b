SELECT toString(c.channel) AS of_channel, toString(c.stage) AS of_stage, toString(c.topic) AS of_topic, toUnixTimestamp64Milli(c.day) AS ms, c.items AS n, c.negatives AS negative, c.positives AS positive
FROM {database}.cells_between(period_from = {period_from:String}, period_to = {period_to:String}, channel = {channel:String}, segment = {segment:String}, product = {product:String}) AS c
WHERE (c.topic != '') = {mentions:UInt8}
