-- Items of a span of time that a filter lets through, the latest first, up to where the last page ended.
SELECT toString(source) AS item_source, id AS item_id, toUnixTimestamp64Milli(created_at) AS created_ms
FROM {database}.hourly_items FINAL
WHERE is_deleted = 0
    AND hour > toDateTime64({period_from:String}, 3, 'UTC') - toIntervalHour(1) AND hour < toDateTime64({period_to:String}, 3, 'UTC')
    AND created_at >= toDateTime64({period_from:String}, 3, 'UTC') AND created_at < toDateTime64({period_to:String}, 3, 'UTC')
    AND ({channel:String} = '' OR channel = {channel:String})
    AND ({segment:String} = '' OR segment = {segment:String})
    AND ({product:String} = '' OR product = {product:String})
    AND ({customer:String} = '' OR customer = {customer:String})
    AND ({search:String} = '' OR positionCaseInsensitiveUTF8(text, {search:String}) > 0)
    AND multiIf(
        {noise:UInt8} = 1, empty(counted),
        {topic:String} = '' AND {stage:String} = '' AND {label:String} = '', 1,
        arrayExists(c -> ({topic:String} = '' ? c.topic = '' : (c.topic = {topic:String} OR startsWith(c.topic, concat({topic:String}, '.'))))
            AND ({stage:String} = '' OR c.stage = if({stage:String} = 'unknown', '', {stage:String}))
            AND ({label:String} = '' OR c.label = {label:String}), counted))
    AND ({after_source:String} = '' OR (created_at, source, id) < (toDateTime64({before:String}, 3, 'UTC'), {after_source:String}, {after_id:String}))
ORDER BY created_at DESC, source DESC, id DESC
LIMIT {limit:UInt32}
