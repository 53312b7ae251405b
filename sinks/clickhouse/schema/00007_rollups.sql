-- Roll-ups that no retry can falsify. An item counts in the hour in which its feedback was given. A table by hour, fed by
-- every insert into feedback_store, replaces rows by the same rank, but only within an hour: a version that lies in
-- another hour than the one before it leaves that one behind. Before offsets are committed the writer looks for what was
-- left behind and lays a tombstone over it (Writer.Settle). So each hour by itself is exact, and is read by itself.
CREATE TABLE IF NOT EXISTS hourly_items
(
    hour       DateTime64(3, 'UTC') COMMENT 'Start of the hour in which the feedback was given',
    source     LowCardinality(String) COMMENT 'With id: the feedback item',
    id         String COMMENT 'Identity of the item within its source',
    rank       UInt256 COMMENT 'Rank of the version, as in feedback_store; of a tombstone, the rank of the version that lies in another hour',
    is_deleted UInt8 COMMENT '1: nothing of the item counts in this hour; it was withdrawn, or lies in another one',
    identity   UInt32 MATERIALIZED CRC32(id) COMMENT 'CRC-32 of id: finds an item in all hours by a short column',
    channel    LowCardinality(String) COMMENT 'review, social, chat, survey, ticket or call',
    customer   String COMMENT 'Pseudonym of the customer, empty if unknown',
    counted    Array(Tuple(topic LowCardinality(String), stage LowCardinality(String), label LowCardinality(String))) COMMENT 'What the item counts as: itself (topic empty), then each of its mentions; nothing where it is noise'
)
ENGINE = ReplacingMergeTree(rank, is_deleted)
ORDER BY (hour, source, id)
SETTINGS min_bytes_for_wide_part = 134217728
COMMENT 'The items of each hour, as they count in roll-ups. Query sentiment_hourly, not this table';

CREATE MATERIALIZED VIEW IF NOT EXISTS hourly_items_feed TO hourly_items
(
    hour       DateTime64(3, 'UTC') COMMENT 'As in hourly_items',
    source     LowCardinality(String) COMMENT 'As in hourly_items',
    id         String COMMENT 'As in hourly_items',
    rank       UInt256 COMMENT 'As in hourly_items',
    is_deleted UInt8 COMMENT 'As in hourly_items',
    channel    LowCardinality(String) COMMENT 'As in hourly_items',
    customer   String COMMENT 'As in hourly_items',
    counted    Array(Tuple(topic LowCardinality(String), stage LowCardinality(String), label LowCardinality(String))) COMMENT 'As in hourly_items'
)
AS
(
    SELECT
        fromUnixTimestamp64Milli(intDiv(toUnixTimestamp64Milli(created_at), 3600000) * 3600000, 'UTC') AS hour,
        source, id, rank, is_deleted, channel, customer,
        if(noise != '' OR is_deleted, [], arrayPushFront(arrayMap(m -> (m.topic, m.stage, toString(m.label)), mentions), ('', toString(stage), toString(label)))) AS counted
    FROM feedback_store
)
COMMENT 'Feeds hourly_items';

-- An hour that was left alone for a while is rolled up: its cells are computed once and then only read. Writing to the
-- hour opens it again. The revision is odd while an hour is open. Opening goes two steps up, closing one, from what each
-- has read: so an hour that was written to while its cells were computed ends open, whoever comes first.
CREATE TABLE IF NOT EXISTS hours
(
    hour       DateTime64(3, 'UTC') COMMENT 'Start of the hour',
    revision   UInt64 COMMENT 'Rises with every write to the hour and every roll-up of it; odd: open, read from hourly_items; even: closed, read from sentiment_hourly_store',
    roll       UInt64 COMMENT 'Of a closed hour: the roll-up in sentiment_hourly_store that counts',
    changed_at DateTime64(3, 'UTC') COMMENT 'When it was opened or closed. For the choice of what to roll up, part of no key'
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY hour
COMMENT 'Which hours are rolled up';

CREATE TABLE IF NOT EXISTS sentiment_hourly_store
(
    hour      DateTime64(3, 'UTC') COMMENT 'Start of the hour',
    roll      UInt64 COMMENT 'The roll-up that the cell belongs to: milliseconds since 1970 when it began, shifted left by 20, with chance in the low bits. Cells whose roll their hour does not name count nothing',
    channel   LowCardinality(String) COMMENT 'As in sentiment_hourly',
    stage     LowCardinality(String) COMMENT 'As in sentiment_hourly',
    topic     LowCardinality(String) COMMENT 'As in sentiment_hourly',
    items     UInt64 COMMENT 'As in sentiment_hourly',
    negatives UInt64 COMMENT 'As in sentiment_hourly',
    positives UInt64 COMMENT 'As in sentiment_hourly',
    neutrals  UInt64 COMMENT 'As in sentiment_hourly',
    customers UInt64 COMMENT 'As in sentiment_hourly'
)
ENGINE = MergeTree
ORDER BY (hour, roll, channel, stage, topic)
COMMENT 'Cells of the hours that are rolled up. Query sentiment_hourly, not this table';

-- What is there already: the items as they are, and everything that was ever withdrawn, so that a late duplicate brings
-- nothing back.
INSERT INTO hourly_items (hour, source, id, rank, is_deleted, channel, customer, counted)
SELECT
    fromUnixTimestamp64Milli(intDiv(toUnixTimestamp64Milli(created_at), 3600000) * 3600000, 'UTC') AS hour,
    source, id, rank, is_deleted, channel, customer,
    if(noise != '', [], arrayPushFront(arrayMap(m -> (m.topic, m.stage, toString(m.label)), mentions), ('', toString(stage), toString(label)))) AS counted
FROM feedback_store FINAL;

INSERT INTO hourly_items (hour, source, id, rank, is_deleted)
SELECT fromUnixTimestamp64Milli(intDiv(toUnixTimestamp64Milli(created_at), 3600000) * 3600000, 'UTC') AS hour, source, id, rank, is_deleted
FROM feedback_store
WHERE is_deleted = 1;

INSERT INTO hours (hour, revision, roll, changed_at)
SELECT hour, 3, 0, now64(3) FROM hourly_items GROUP BY hour;

CREATE OR REPLACE VIEW sentiment_hourly
(
    hour          DateTime64(3, 'UTC') COMMENT 'Start of the hour in which the feedback was given',
    channel       LowCardinality(String) COMMENT 'review, social, chat, survey, ticket or call',
    stage         LowCardinality(String) COMMENT 'Journey stage: of the topic; of the item where topic is empty',
    topic         LowCardinality(String) COMMENT 'Topic; empty: items as a whole, each counted once whatever it mentions. Never add rows with and without topic',
    items         UInt64 COMMENT 'Feedback items; of a topic, its mentions',
    negatives     UInt64 COMMENT 'Those of them that are negative',
    positives     UInt64 COMMENT 'Those of them that are positive',
    neutrals      UInt64 COMMENT 'Those of them that are neutral',
    net_sentiment Float64 COMMENT '100 x (positives - negatives) / items, -100 to +100',
    customers     UInt64 COMMENT 'Different customers among them, where known'
)
AS WITH
    -- Read once: an hour that is opened or closed meanwhile is neither counted twice nor missed.
    (SELECT (groupArrayIf(hour, revision % 2 = 1), groupArrayIf((hour, roll), revision % 2 = 0)) FROM hours FINAL) AS state
SELECT hour, channel, stage, topic, items, negatives, positives, neutrals, 100 * (toInt64(positives) - toInt64(negatives)) / items AS net_sentiment, customers
FROM
(
    SELECT hour, channel, stage, topic, items, negatives, positives, neutrals, customers
    FROM sentiment_hourly_store
    WHERE (hour, roll) IN state.2
    UNION ALL
    SELECT
        hour, channel, c.stage AS stage, c.topic AS topic,
        count() AS items,
        countIf(c.label = 'negative') AS negatives,
        countIf(c.label = 'positive') AS positives,
        countIf(c.label = 'neutral') AS neutrals,
        uniqExactIf(customer, customer != '') AS customers
    FROM hourly_items FINAL
    ARRAY JOIN counted AS c
    WHERE is_deleted = 0 AND hour IN state.1
    GROUP BY hour, channel, stage, topic
)
WHERE items > 0
COMMENT 'Sentiment by hour, channel, stage and topic; equals the same GROUP BY over feedback (topic empty) and mentions, without noise';
