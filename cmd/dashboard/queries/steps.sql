-- Steps of customers from stage to stage in a period.
SELECT toString(from_stage), toString(to_stage), toUInt64(steps), toUInt64(customers), toFloat64(net_sentiment_before), toFloat64(net_sentiment_after), toFloat64(change), toFloat64(change_error)
FROM {database}.journey_steps(period_from = {period_from:String}, period_to = {period_to:String}, channel = {channel:String}, segment = {segment:String}, product = {product:String})
LIMIT 500
