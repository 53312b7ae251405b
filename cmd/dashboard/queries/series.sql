-- Feedback of a window by channel and step; step -1 holds what lies outside the axis.
-- Counts as sentiment_hourly does: noise is no feedback.
SELECT
    toString(channel) AS name,
    toInt32(if(ms < {axis_from:Int64} OR ms >= {axis_to:Int64}, -1, intDiv(ms - {axis_from:Int64}, {step:Int64}))) AS bucket,
    countIf(noise = '') AS items,
    countIf(noise = '' AND label = 'negative') AS negatives,
    countIf(noise = '' AND label = 'positive') AS positives,
    countIf(noise != '') AS noisy
FROM
(
    SELECT channel, label, noise, toUnixTimestamp64Milli(created_at) AS ms
    FROM {database}.feedback
    WHERE created_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
      AND created_at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
)
GROUP BY name, bucket
ORDER BY name, bucket
LIMIT 5000
