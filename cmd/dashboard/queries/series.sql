-- Feedback by name and step; step -1 holds what lies outside the axis.
SELECT
    {key} AS name,
    toInt32(if(ms < {axis_from:Int64} OR ms >= {axis_to:Int64}, -1, intDiv(ms - {axis_from:Int64}, {step:Int64}))) AS bucket,
    toUInt64(sum(n)) AS items,
    toUInt64(sum(negative)) AS negatives,
    toUInt64(sum(positive)) AS positives
FROM
(
    {source}
)
WHERE ({stage:String} = '' OR of_stage = if({stage:String} = 'unknown', '', {stage:String}))
    AND ({topic:String} = '' OR of_topic = {topic:String} OR startsWith(of_topic, concat({topic:String}, '.')))
GROUP BY name, bucket
ORDER BY name, bucket
LIMIT 50000
