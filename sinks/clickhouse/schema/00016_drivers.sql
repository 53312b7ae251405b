-- What goes with the answers that customers give: computed now and then by earshot, since a matrix's roots are nothing for SQL.
CREATE TABLE IF NOT EXISTS driver_store
(
    measure     LowCardinality(String) COMMENT 'nps or csat',
    days        UInt16 COMMENT 'Length of the period in days; it ends when this was computed',
    computed_at DateTime64(3, 'UTC') COMMENT 'When this was computed; the latest of a measure and length counts',
    items       UInt64 COMMENT 'Items with an answer that speak of a topic',
    needed      UInt64 COMMENT 'With fewer items nothing is said',
    r2          Float64 COMMENT 'Share of the variance of the answers that the topics account for, 0 to 1',
    topic       LowCardinality(String) COMMENT 'First-level topic; empty: none, as there are too few items or the answers are all the same',
    mentions    UInt64 COMMENT 'Items that speak of it',
    weight      Float64 COMMENT 'Share of r2 that is its own, 0 to 1 (relative weights, Johnson 2000)',
    correlation Float64 COMMENT 'Correlation of what is said of it (-1, 0, +1) with the answer, -1 to +1',
    effect      Float64 COMMENT 'By how much the answer is higher where it is praised than where it is not spoken of, other topics being equal'
)
ENGINE = MergeTree
ORDER BY (measure, days, computed_at)
TTL toDateTime(computed_at) + toIntervalDay(7)
COMMENT 'Drivers of NPS and CSAT as computed; read the view drivers';

CREATE OR REPLACE VIEW drivers
(
    measure     LowCardinality(String) COMMENT 'nps (0 to 10) or csat (1 to 5)',
    days        UInt16 COMMENT 'Of the last so many days when it was computed: 30 or 90',
    computed_at DateTime64(3, 'UTC') COMMENT 'When it was computed, every ten minutes',
    items       UInt64 COMMENT 'Items with an answer that speak of a topic',
    needed      UInt64 COMMENT 'With fewer items nothing is said: 200, and 20 for each topic that 30 items speak of',
    r2          Float64 COMMENT 'Share of the variance of the answers that the topics account for, 0 to 1',
    topic       LowCardinality(String) COMMENT 'First-level topic; empty: none, as items are fewer than needed or the answers all the same',
    mentions    UInt64 COMMENT 'Items that speak of it',
    weight      Float64 COMMENT 'Share of r2 that is its own, 0 to 1; shared fairly between topics that come together (relative weights, Johnson 2000)',
    correlation Float64 COMMENT 'Correlation of what is said of it (-1, 0, +1) with the answer, -1 to +1',
    effect      Float64 COMMENT 'By how much the answer is higher where it is praised than where it is not spoken of, other topics being equal'
)
AS SELECT measure, days, computed_at, items, needed, r2, topic, mentions, weight, correlation, effect
FROM driver_store
WHERE (measure, days, computed_at) IN (SELECT measure, days, max(computed_at) FROM driver_store GROUP BY measure, days)
ORDER BY measure, days, weight DESC, topic
COMMENT 'What goes with NPS and CSAT, by topic';
