-- One row a version of a feedback item. The identity of an item is (source, id); of its versions the one
-- with the highest rank stays. Neither depends on now() or on what a model says, so that a redelivery, a
-- replay or a later model always meets the row it replaces. Rows of withdrawn items stay as tombstones
-- (is_deleted = 1): a late duplicate of what was withdrawn must not bring it back.
-- Words inside of arrays and maps are plain strings: as LowCardinality they made an insert take four times
-- as long.
CREATE TABLE IF NOT EXISTS feedback_store
(
    source          LowCardinality(String) COMMENT 'Where the item comes from; by default the Kafka topic. With id: the identity of the item',
    id              String COMMENT 'Identity of the item within its source, 1 to 512 bytes',
    version         UInt64 COMMENT 'Version of the item as its producer counts, 0 where it does not; the highest wins',
    created_at      DateTime64(3, 'UTC') COMMENT 'When the customer gave the feedback; the Kafka timestamp where the record does not say. Breaks ties of version',
    is_deleted      UInt8 COMMENT '1: this version withdraws the item',
    ingested_at     DateTime64(3, 'UTC') COMMENT 'When earshot wrote this version. For latency only, part of no key',
    channel         LowCardinality(String) COMMENT 'review, social, chat, survey, ticket or call',
    customer        String COMMENT 'Pseudonym of the customer, empty if unknown',
    segment         LowCardinality(String) COMMENT 'Customer segment as the record states it',
    product         LowCardinality(String) COMMENT 'Product as the record states it',
    location        LowCardinality(String) COMMENT 'Location as the record states it',
    platform        LowCardinality(String) COMMENT 'Platform of a social post or review',
    url             String COMMENT 'Where the item can be seen' CODEC(ZSTD(1)),
    reply_to        String COMMENT 'Id of the item that this one answers, empty if none',
    likes           Nullable(UInt64) COMMENT 'Likes when the record was made',
    shares          Nullable(UInt64) COMMENT 'Shares when the record was made',
    language        LowCardinality(String) COMMENT 'ISO 639-1 code of the text, und if unknown, empty without text',
    touchpoint      LowCardinality(String) COMMENT 'Touchpoint as the record states it or as found in the text',
    stage           LowCardinality(String) COMMENT 'Journey stage: discovery, inquiry, purchase, fulfilment, usage, billing, support, renewal, exit; empty if unknown',
    title           String COMMENT 'Headline of a review or subject of a ticket' CODEC(ZSTD(1)),
    text            String COMMENT 'The text as stored; chats and calls: a line a turn, "role: words". All offsets are bytes into it' CODEC(ZSTD(1)),
    turns           Array(Tuple(role String, span_start UInt32, span_end UInt32, at Nullable(DateTime64(3, 'UTC')))) COMMENT 'Turns of a chat or call: role (customer, agent, bot), bytes of text without the role name, time',
    rating          Nullable(Float32) COMMENT 'Rating, 0 to rating_max',
    rating_max      Nullable(Float32) COMMENT 'Best possible rating',
    nps             Nullable(UInt8) COMMENT 'Likelihood to recommend, 0 to 10',
    csat            Nullable(Float32) COMMENT 'Satisfaction, 1 to 5',
    ces             Nullable(Float32) COMMENT 'Ease of effort, 1 (hard) to 7 (easy)',
    score           Float32 COMMENT 'Sentiment of the text, -1 (negative) to +1 (positive); of the rating where there is no text (tier = score)',
    label           LowCardinality(String) COMMENT 'negative, neutral or positive',
    mixed           Bool COMMENT 'Clearly positive and clearly negative parts',
    confidence      Float32 COMMENT 'Probability that label is right, 0 to 1',
    sentences       Array(Tuple(span_start UInt32, span_end UInt32, score Float32, label String)) COMMENT 'Sentences heard: bytes of text, score -1 to +1, label',
    effort          Nullable(Float32) COMMENT 'Effort the customer had, -1 (hard) to +1 (easy); NULL where nothing is said of it',
    emotion         LowCardinality(String) COMMENT 'Strongest emotion: anger, disappointment, sadness, fear, disgust, joy, gratitude, surprise, none; empty where not analysed',
    emotions        Map(String, Float32) COMMENT 'Emotion to intensity, 0 to 1',
    intents         Array(String) COMMENT 'complaint, praise, question, request, suggestion, cancel, churn, refund, escalation, thanks, chitchat, information',
    mentions        Array(Tuple(topic String, stage String, touchpoint String, score Float32, label String, span_start UInt32, span_end UInt32, quote_start UInt32, quote_end UInt32, evidence Array(Tuple(cue String, span_start UInt32, span_end UInt32, kind String, rule String)))) COMMENT 'Topics spoken of, each with the sentiment about it, its bytes of text, the bytes of its sentence, and evidence; read them through the view mentions',
    targets         Array(Tuple(term String, score Float32, label String, span_start UInt32, span_end UInt32, evidence Array(Tuple(cue String, span_start UInt32, span_end UInt32, kind String, rule String)))) COMMENT 'Sentiment about each term asked for, where it stands: bytes of text, and the evidence',
    pii             Array(Tuple(kind String, span_start UInt32, span_end UInt32)) COMMENT 'Personal data found: kind and bytes of text',
    noise           LowCardinality(String) COMMENT 'Why this is no feedback (advert, spam …); empty: it is',
    flags           Array(String) COMMENT 'What was mended on the way in: attributes_cut, field_cut, invalid_utf8, nul_removed, text_cut, unknown_stage',
    attributes      Map(String, String) COMMENT 'Everything else that the record said, by field',
    tier            LowCardinality(String) COMMENT 'Who heard it: fast or deep; score where there was only a rating',
    model           LowCardinality(String) COMMENT 'Model and version behind score',
    taxonomy        LowCardinality(String) COMMENT 'Taxonomy and version behind mentions',
    kafka_topic     LowCardinality(String) COMMENT 'Topic of the record behind this version',
    kafka_partition UInt32 COMMENT 'Partition of the record behind this version',
    kafka_offset    UInt64 COMMENT 'Offset of the record behind this version',
    rank            UInt256 MATERIALIZED bitOr(
                        bitOr(bitShiftLeft(toUInt256(version), 160), bitShiftLeft(toUInt256(toUnixTimestamp64Milli(created_at)), 96)),
                        bitOr(bitShiftLeft(toUInt256(kafka_offset), 32), toUInt256(kafka_partition)))
                    COMMENT 'Order of versions: version, then created_at, then offset (partition last, so that the order is total)'
)
ENGINE = ReplacingMergeTree(rank, is_deleted)
ORDER BY (source, id)
-- A part in the wide format has some 200 files. Small ones, of which a stream makes many, are not worth them.
SETTINGS min_bytes_for_wide_part = 134217728
COMMENT 'Storage behind feedback and mentions: every version not yet merged away. Query the views, not this table';
