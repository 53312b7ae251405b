-- Questions about a period: where it hurts, how journeys go, who is loyal. They are asked by time and want few columns of
-- many rows, while feedback_store is sorted by identity. So hourly_items, which is sorted by hour and exact in each of them,
-- also holds what such questions read: the segments, the scores, the places of the quotes, and the text that these are in.
ALTER TABLE hourly_items
    ADD COLUMN IF NOT EXISTS created_at DateTime64(3, 'UTC') COMMENT 'When the customer gave the feedback' CODEC(Delta, ZSTD(1)),
    ADD COLUMN IF NOT EXISTS segment LowCardinality(String) COMMENT 'As in feedback',
    ADD COLUMN IF NOT EXISTS product LowCardinality(String) COMMENT 'As in feedback',
    ADD COLUMN IF NOT EXISTS location LowCardinality(String) COMMENT 'As in feedback',
    ADD COLUMN IF NOT EXISTS touchpoint LowCardinality(String) COMMENT 'As in feedback',
    ADD COLUMN IF NOT EXISTS score Float32 COMMENT 'As in feedback',
    ADD COLUMN IF NOT EXISTS effort Nullable(Float32) COMMENT 'As in feedback',
    ADD COLUMN IF NOT EXISTS nps Nullable(UInt8) COMMENT 'As in feedback',
    ADD COLUMN IF NOT EXISTS csat Nullable(Float32) COMMENT 'As in feedback',
    ADD COLUMN IF NOT EXISTS ces Nullable(Float32) COMMENT 'As in feedback',
    ADD COLUMN IF NOT EXISTS score_last Nullable(Float32) COMMENT 'As in feedback',
    ADD COLUMN IF NOT EXISTS intents Array(LowCardinality(String)) COMMENT 'As in feedback',
    ADD COLUMN IF NOT EXISTS quotes Array(Tuple(span_start UInt32, span_end UInt32)) COMMENT 'Where in text the quote of each entry of counted is; of the item itself, whose entry is the first, (0, 0)',
    ADD COLUMN IF NOT EXISTS text String COMMENT 'As in feedback' CODEC(ZSTD(1)),
    ADD INDEX IF NOT EXISTS of_customer customer TYPE bloom_filter(0.01) GRANULARITY 1;

DROP VIEW IF EXISTS hourly_items_feed;

CREATE MATERIALIZED VIEW IF NOT EXISTS hourly_items_feed TO hourly_items
(
    hour       DateTime64(3, 'UTC') COMMENT 'As in hourly_items',
    source     LowCardinality(String) COMMENT 'As in hourly_items',
    id         String COMMENT 'As in hourly_items',
    rank       UInt256 COMMENT 'As in hourly_items',
    is_deleted UInt8 COMMENT 'As in hourly_items',
    channel    LowCardinality(String) COMMENT 'As in hourly_items',
    customer   String COMMENT 'As in hourly_items',
    counted    Array(Tuple(topic LowCardinality(String), stage LowCardinality(String), label LowCardinality(String))) COMMENT 'As in hourly_items',
    created_at DateTime64(3, 'UTC') COMMENT 'As in hourly_items',
    segment    LowCardinality(String) COMMENT 'As in hourly_items',
    product    LowCardinality(String) COMMENT 'As in hourly_items',
    location   LowCardinality(String) COMMENT 'As in hourly_items',
    touchpoint LowCardinality(String) COMMENT 'As in hourly_items',
    score      Float32 COMMENT 'As in hourly_items',
    effort     Nullable(Float32) COMMENT 'As in hourly_items',
    nps        Nullable(UInt8) COMMENT 'As in hourly_items',
    csat       Nullable(Float32) COMMENT 'As in hourly_items',
    ces        Nullable(Float32) COMMENT 'As in hourly_items',
    score_last Nullable(Float32) COMMENT 'As in hourly_items',
    intents    Array(LowCardinality(String)) COMMENT 'As in hourly_items',
    quotes     Array(Tuple(span_start UInt32, span_end UInt32)) COMMENT 'As in hourly_items',
    text       String COMMENT 'As in hourly_items'
)
AS
(
    SELECT
        fromUnixTimestamp64Milli(intDiv(toUnixTimestamp64Milli(created_at), 3600000) * 3600000, 'UTC') AS hour,
        source, id, rank, is_deleted, channel, customer,
        if(noise != '' OR is_deleted, [], arrayPushFront(arrayMap(m -> (m.topic, m.stage, toString(m.label)), mentions), ('', toString(stage), toString(label)))) AS counted,
        created_at, segment, product, location, touchpoint, score, effort, nps, csat, ces, score_last, intents,
        if(empty(counted), [], arrayPushFront(arrayMap(m -> (m.quote_start, m.quote_end), mentions), (toUInt32(0), toUInt32(0)))) AS quotes,
        text
    FROM feedback_store
)
COMMENT 'Feeds hourly_items';

-- What is there already, under the same ranks: of rows that are level the later one stays.
INSERT INTO hourly_items (hour, source, id, rank, is_deleted, channel, customer, counted, created_at, segment, product, location, touchpoint, score, effort, nps, csat, ces, score_last, intents, quotes, text)
SELECT
    fromUnixTimestamp64Milli(intDiv(toUnixTimestamp64Milli(created_at), 3600000) * 3600000, 'UTC') AS hour,
    source, id, rank, is_deleted, channel, customer,
    if(noise != '', [], arrayPushFront(arrayMap(m -> (m.topic, m.stage, toString(m.label)), mentions), ('', toString(stage), toString(label)))) AS counted,
    created_at, segment, product, location, touchpoint, score, effort, nps, csat, ces, score_last, intents,
    if(empty(counted), [], arrayPushFront(arrayMap(m -> (m.quote_start, m.quote_end), mentions), (toUInt32(0), toUInt32(0)))) AS quotes,
    text
FROM feedback_store FINAL;

-- What a day has come to, as hours in sentiment_hourly_store: computed once it is left alone, read until it is written to.
-- Long periods are made of days, and of the hours of days that are open.
CREATE TABLE IF NOT EXISTS days
(
    day        DateTime64(3, 'UTC') COMMENT 'Start of the day',
    revision   UInt64 COMMENT 'As in hours: odd: open, read from hourly_items; even: closed, read from daily_store',
    roll       UInt64 COMMENT 'Of a closed day: the roll-up in daily_store that counts',
    changed_at DateTime64(3, 'UTC') COMMENT 'When it was opened or closed. For the choice of what to roll up, part of no key'
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY day
COMMENT 'Which days are rolled up';

CREATE TABLE IF NOT EXISTS daily_store
(
    day          DateTime64(3, 'UTC') COMMENT 'Start of the day',
    roll         UInt64 COMMENT 'The roll-up that the cell belongs to, as in sentiment_hourly_store. Cells whose roll their day does not name count nothing',
    topic        LowCardinality(String) COMMENT 'Topic; empty: items as a whole. Never add rows with and without topic',
    stage        LowCardinality(String) COMMENT 'Journey stage: of the topic; of the item where topic is empty',
    touchpoint   LowCardinality(String) COMMENT 'Touchpoint of the item where topic is empty, else empty',
    channel      LowCardinality(String) COMMENT 'review, social, chat, survey, ticket or call',
    segment      LowCardinality(String) COMMENT 'As in feedback',
    product      LowCardinality(String) COMMENT 'As in feedback',
    items        UInt64 COMMENT 'Feedback items; of a topic, its mentions',
    negatives    UInt64 COMMENT 'Those of them that are negative',
    positives    UInt64 COMMENT 'Those of them that are positive',
    known        AggregateFunction(uniqExact, UInt64) COMMENT 'Customers among them, as cityHash64 of their pseudonyms',
    unknown      UInt64 COMMENT 'Those of them whose customer is not known',
    effort_sum   Float64 COMMENT 'Sum of their effort, where the text says something of it',
    effort_items UInt64 COMMENT 'Those of them that say something of effort',
    churns       UInt64 COMMENT 'Those of them with the intent churn or cancel',
    stages       Array(LowCardinality(String)) COMMENT 'Journey stages of the items, each once, without unknown',
    nps_items    UInt64 COMMENT 'Those of them with an answer to how likely the customer is to recommend',
    promoters    UInt64 COMMENT 'Answers of 9 or 10',
    detractors   UInt64 COMMENT 'Answers of 0 to 6',
    csat_items   UInt64 COMMENT 'Those of them with a satisfaction',
    csat_top     UInt64 COMMENT 'Satisfactions of 4 or 5',
    ces_items    UInt64 COMMENT 'Those of them with an ease of effort',
    ces_sum      Float64 COMMENT 'Sum of the eases of effort',
    ces_squares  Float64 COMMENT 'Sum of their squares',
    quotes       Array(Tuple(chance UInt64, source String, id String, customer String, quote String)) COMMENT 'Up to two of the negative quotes, by cityHash64 of source and id, which is chance'
)
ENGINE = MergeTree
ORDER BY (day, roll, topic, channel, stage, touchpoint, segment, product)
COMMENT 'Cells of the days that are rolled up. Query pain_points, journey and measures, not this table';

INSERT INTO days (day, revision, roll, changed_at)
SELECT fromUnixTimestamp64Milli(intDiv(toUnixTimestamp64Milli(hour), 86400000) * 86400000, 'UTC') AS day, 3, 0, now64(3) FROM hours GROUP BY day;

CREATE OR REPLACE VIEW feedback_between
AS SELECT
    created_at, source, id, channel, customer, segment, product, location, touchpoint,
    counted.stage[1] AS stage, score, counted.label[1] AS label, effort, intents, nps, csat, ces, score_last,
    counted.topic AS topics, counted.stage AS topic_stages, counted.label AS topic_labels, quotes, text
FROM hourly_items FINAL
WHERE is_deleted = 0 AND notEmpty(counted)
    AND hour > {period_from:DateTime64(3, 'UTC')} - toIntervalHour(1) AND hour < {period_to:DateTime64(3, 'UTC')}
    AND created_at >= {period_from:DateTime64(3, 'UTC')} AND created_at < {period_to:DateTime64(3, 'UTC')}
    AND ({channel:String} = '' OR channel = {channel:String})
    AND ({segment:String} = '' OR segment = {segment:String})
    AND ({product:String} = '' OR product = {product:String})
COMMENT 'feedback_between(period_from, period_to, channel, segment, product): what was said in a period, from and without its end, as in feedback but without noise; empty text: no filter. topics, topic_stages, topic_labels and quotes (bytes of text) go together; their first entry is the item itself, with an empty topic';

-- Cells of a period: of closed days that lie in it, and of the rest of it by hours. known is a state: read it by
-- uniqExactMerge.
CREATE OR REPLACE VIEW cells_between
AS WITH
    -- Read once: a day that is opened or closed meanwhile is neither counted twice nor missed.
    (
        SELECT (groupArray(day), groupArray((day, roll))) FROM days FINAL
        WHERE revision % 2 = 0 AND day >= {period_from:DateTime64(3, 'UTC')} AND day <= {period_to:DateTime64(3, 'UTC')} - toIntervalHour(24)
    ) AS closed
SELECT
    day, topic, stage, touchpoint, channel, segment, product, items, negatives, positives, known, unknown, effort_sum, effort_items, churns, stages,
    nps_items, promoters, detractors, csat_items, csat_top, ces_items, ces_sum, ces_squares, quotes
FROM daily_store
WHERE (day, roll) IN closed.2
    AND ({channel:String} = '' OR channel = {channel:String})
    AND ({segment:String} = '' OR segment = {segment:String})
    AND ({product:String} = '' OR product = {product:String})
UNION ALL
SELECT
    fromUnixTimestamp64Milli(intDiv(toUnixTimestamp64Milli(hour), 86400000) * 86400000, 'UTC') AS day, topic, stage, if(topic = '', touchpoint, '') AS touchpoint, channel, segment, product,
    count() AS items,
    countIf(label = 'negative') AS negatives,
    countIf(label = 'positive') AS positives,
    uniqExactStateIf(cityHash64(customer), customer != '') AS known,
    countIf(customer = '') AS unknown,
    ifNull(sum(toFloat64(effort)), 0) AS effort_sum,
    count(effort) AS effort_items,
    countIf(hasAny(intents, ['churn', 'cancel'])) AS churns,
    groupUniqArrayIf(item_stage, item_stage != '') AS stages,
    count(nps) AS nps_items, countIf(nps >= 9) AS promoters, countIf(nps <= 6) AS detractors,
    count(csat) AS csat_items, countIf(csat >= 4) AS csat_top,
    count(ces) AS ces_items, ifNull(sum(toFloat64(ces)), 0) AS ces_sum, ifNull(sum(pow(toFloat64(ces), 2)), 0) AS ces_squares,
    groupArraySortedIf(2)((cityHash64(source, id), toString(source), id, customer, quote), quote != '') AS quotes
FROM
(
    SELECT
        hour, source, id, customer, channel, segment, product, touchpoint, counted, effort, intents, nps, csat, ces, counted.stage[1] AS item_stage,
        arrayMap((c, q) -> if(c.topic != '' AND c.label = 'negative' AND q.2 BETWEEN q.1 + 10 AND q.1 + 400, substring(text, q.1 + 1, q.2 - q.1), ''), counted, quotes) AS negative_quotes
    FROM hourly_items FINAL
    WHERE is_deleted = 0
        AND hour IN (SELECT hour FROM hours WHERE (fromUnixTimestamp64Milli(intDiv(toUnixTimestamp64Milli(hour), 86400000) * 86400000, 'UTC') NOT IN closed.1)
            AND hour > {period_from:DateTime64(3, 'UTC')} - toIntervalHour(1) AND hour < {period_to:DateTime64(3, 'UTC')})
        AND created_at >= {period_from:DateTime64(3, 'UTC')} AND created_at < {period_to:DateTime64(3, 'UTC')}
        AND ({channel:String} = '' OR channel = {channel:String})
        AND ({segment:String} = '' OR segment = {segment:String})
        AND ({product:String} = '' OR product = {product:String})
)
ARRAY JOIN counted.topic AS topic, counted.stage AS stage, counted.label AS label, negative_quotes AS quote
GROUP BY day, topic, stage, touchpoint, channel, segment, product
COMMENT 'cells_between(period_from, period_to, channel, segment, product): what pain_points, journey and measures add up; columns as in daily_store';
