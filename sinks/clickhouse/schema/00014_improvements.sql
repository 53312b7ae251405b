-- What the company has mended, and when: told by people, so that what customers say before and after can be compared.
CREATE TABLE IF NOT EXISTS improvement_store
(
    id            String COMMENT 'Made of topic, stage, channel and at: registered again it is the same',
    topic         LowCardinality(String) COMMENT 'Topic that it is about: of the first level with all below it, or first.second',
    stage         LowCardinality(String) COMMENT 'Journey stage that it is about; empty: all',
    channel       LowCardinality(String) COMMENT 'Channel that it is about; empty: all',
    at            DateTime64(3, 'UTC') COMMENT 'From when customers could notice it',
    note          String COMMENT 'What was done, for people',
    registered_at DateTime64(3, 'UTC') COMMENT 'When it was registered, or removed; the latest counts',
    removed       UInt8 COMMENT '1: it was removed'
)
ENGINE = ReplacingMergeTree(registered_at)
ORDER BY id
COMMENT 'Improvements, and those that were removed; read the view improvements';

CREATE OR REPLACE VIEW improvements
(
    id            String COMMENT 'Names it, for example to remove it',
    topic         LowCardinality(String) COMMENT 'Topic that it is about: of the first level with all below it, or first.second',
    stage         LowCardinality(String) COMMENT 'Journey stage that it is about; empty: all',
    channel       LowCardinality(String) COMMENT 'Channel that it is about; empty: all',
    at            DateTime64(3, 'UTC') COMMENT 'From when customers could notice it',
    note          String COMMENT 'What was done, for people',
    registered_at DateTime64(3, 'UTC') COMMENT 'When it was registered'
)
AS SELECT id, topic, stage, channel, at, note, registered_at
FROM improvement_store FINAL
WHERE removed = 0
ORDER BY at, id
COMMENT 'What the company has mended, and when';
