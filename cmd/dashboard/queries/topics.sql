-- What pain points are made of: every topic of a period, and of the one before it.
SELECT
    toString(topic), toString(arraySort(s -> (-by_stage[s], s), mapKeys(by_stage))[1]) AS stage,
    toUInt64(items), negatives, positives, toUInt64(customers), toUInt64(voices), effort_sum, toUInt64(effort_items), toUInt64(churns),
    arrayMap(s -> toString(s), stages) AS in_stages,
    toUInt64(ifNull(items_before, 0)) AS before, negatives_before, positives_before,
    sample.2 AS sources, sample.3 AS ids, sample.4 AS people, sample.5 AS words
FROM {database}.topics_between(period_from = {period_from:String}, period_to = {period_to:String}, channel = {channel:String}, segment = {segment:String}, product = {product:String}, level = {level:UInt8})
