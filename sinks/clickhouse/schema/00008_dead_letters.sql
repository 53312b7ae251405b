-- One row a record that could not become a row of feedback_store and went to the topic of dead letters, which keeps its
-- bytes. Of the rows of a record the one that is closed stays, then the one with the most attempts; of two that are level
-- the one that was rejected first, so that a record that is delivered and rejected again changes nothing. Nothing of the
-- record itself is kept here but what the error says of it, in which personal data is hidden.
CREATE TABLE IF NOT EXISTS dead_letter_store
(
    kafka_topic      LowCardinality(String) COMMENT 'Topic of the record',
    kafka_partition  UInt32 COMMENT 'Partition of the record',
    kafka_offset     UInt64 COMMENT 'Offset of the record',
    recorded_at      DateTime64(3, 'UTC') COMMENT 'Kafka timestamp of the record. Part of its identity: a topic that was made anew has other records at the same offsets',
    state            LowCardinality(String) COMMENT 'open, or closed: the record became a row or was given up',
    reason           LowCardinality(String) COMMENT 'Why it was rejected at the last attempt that failed; a stable code',
    error            String COMMENT 'What was wrong then, for people; personal data is hidden' CODEC(ZSTD(1)),
    first_rejected_at DateTime64(3, 'UTC') COMMENT 'When it was first rejected',
    last_tried_at    DateTime64(3, 'UTC') COMMENT 'When it was last tried, or given up',
    attempts         UInt32 COMMENT 'How often it was tried: once by the pipeline, then by replays; redeliveries do not count',
    closed_by        String COMMENT 'Version of earshot under which it became a row; discarded: it was given up; empty while it is open',
    history          Array(Tuple(at DateTime64(3, 'UTC'), reason String, error String, by String)) COMMENT 'Every attempt, oldest first: when, why it failed (empty: it passed), what was wrong, version of earshot. Giving it up is the last entry',
    bytes            UInt64 COMMENT 'Length of the value of the record',
    letter_topic     LowCardinality(String) COMMENT 'Topic of dead letters that has its bytes; empty until a replay has met the letter',
    letter_partition Nullable(UInt32) COMMENT 'Partition of the letter; NULL until a replay has met it',
    letter_offset    Nullable(UInt64) COMMENT 'Offset of the letter; NULL until a replay has met it',
    version          UInt128 MATERIALIZED bitOr(bitShiftLeft(toUInt128(state = 'closed'), 96),
                         bitOr(bitShiftLeft(toUInt128(attempts), 64), toUInt128(bitNot(toUInt64(toUnixTimestamp64Milli(first_rejected_at))))))
                     COMMENT 'Which row of a record stays: closed before open, then more attempts, then the earlier rejection'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (kafka_topic, kafka_partition, kafka_offset, recorded_at)
-- Replays look letters up by their places, some hundred at a time.
SETTINGS index_granularity = 1024
COMMENT 'Storage behind dead_letters: every state not yet merged away. Query the view, not this table';

CREATE OR REPLACE VIEW dead_letters
(
    kafka_topic      LowCardinality(String) COMMENT 'Topic of the record',
    kafka_partition  UInt32 COMMENT 'Partition of the record',
    kafka_offset     UInt64 COMMENT 'Offset of the record',
    recorded_at      DateTime64(3, 'UTC') COMMENT 'Kafka timestamp of the record',
    state            LowCardinality(String) COMMENT 'open, or closed: the record became a row or was given up',
    reason           LowCardinality(String) COMMENT 'Why it was rejected at the last attempt that failed; a stable code',
    error            String COMMENT 'What was wrong then, for people; personal data is hidden',
    first_rejected_at DateTime64(3, 'UTC') COMMENT 'When it was first rejected',
    last_tried_at    DateTime64(3, 'UTC') COMMENT 'When it was last tried, or given up',
    attempts         UInt32 COMMENT 'How often it was tried: once by the pipeline, then by replays; redeliveries do not count',
    closed_by        String COMMENT 'Version of earshot under which it became a row; discarded: it was given up; empty while it is open',
    history          Array(Tuple(at DateTime64(3, 'UTC'), reason String, error String, by String)) COMMENT 'Every attempt, oldest first: when, why it failed (empty: it passed), what was wrong, version of earshot. Giving it up is the last entry',
    bytes            UInt64 COMMENT 'Length of the value of the record',
    letter_topic     LowCardinality(String) COMMENT 'Topic of dead letters that has its bytes; empty until a replay has met the letter',
    letter_partition Nullable(UInt32) COMMENT 'Partition of the letter; NULL until a replay has met it',
    letter_offset    Nullable(UInt64) COMMENT 'Offset of the letter; NULL until a replay has met it'
)
AS SELECT
    kafka_topic, kafka_partition, kafka_offset, recorded_at, state, reason, error, first_rejected_at, last_tried_at, attempts,
    closed_by, history, bytes, letter_topic, letter_partition, letter_offset
FROM dead_letter_store FINAL
COMMENT 'One row a record that could not become a row, always exact; SELECT reason, count() FROM dead_letters WHERE state = ''open'' GROUP BY reason';
