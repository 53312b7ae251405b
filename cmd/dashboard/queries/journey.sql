-- Stage x touchpoint x channel of a period.
SELECT toString(stage), toString(touchpoint), toString(channel), toUInt64(items), toUInt64(negatives), toUInt64(positives), toFloat64(effort), toUInt64(effort_items), toUInt64(drop_outs)
FROM {database}.journey_between(period_from = {period_from:String}, period_to = {period_to:String}, channel = {channel:String}, segment = {segment:String}, product = {product:String})
