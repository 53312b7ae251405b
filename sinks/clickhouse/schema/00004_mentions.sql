-- Who found a mention, what must not wait, and what tags other than topics rest on. Rows that were written before keep
-- what they have: empty, 0.
ALTER TABLE feedback_store
    MODIFY COLUMN IF EXISTS mentions Array(Tuple(topic String, stage String, touchpoint String, found_by String, confidence Float32, score Float32, label String, span_start UInt32, span_end UInt32, quote_start UInt32, quote_end UInt32, evidence Array(Tuple(cue String, span_start UInt32, span_end UInt32, kind String, rule String)))) COMMENT 'Topics spoken of, each with who found it (rule or model), the sentiment about it, its bytes of text, the bytes of its sentence, and evidence; read them through the view mentions',
    ADD COLUMN IF NOT EXISTS urgency Array(String) COMMENT 'What must not wait: legal_threat, injury, fraud, self_harm, safety_hazard' AFTER intents,
    ADD COLUMN IF NOT EXISTS signals Array(Tuple(kind String, name String, confidence Float32, evidence Array(Tuple(cue String, span_start UInt32, span_end UInt32, kind String, rule String)))) COMMENT 'What intents, effort, emotion, urgency and noise rest on: kind, name, probability 0 to 1 (1: a rule), evidence' AFTER urgency,
    ADD COLUMN IF NOT EXISTS stated_language LowCardinality(String) COMMENT 'Language that the record states, empty if none: what a later analysis starts from' AFTER attributes,
    ADD COLUMN IF NOT EXISTS stated_stage LowCardinality(String) COMMENT 'Journey stage that the record states, empty if none' AFTER stated_language,
    ADD COLUMN IF NOT EXISTS stated_touchpoint LowCardinality(String) COMMENT 'Touchpoint that the record states, empty if none' AFTER stated_stage;

-- Publishing a shadow run gives a version of an item a later revision, which replaces the analysis and nothing else: it
-- comes after the offset in the rank, so that any later record still wins. The partition keeps 20 bits: it is there to
-- make the order total. Ranks that are stored already stay as they are, since they had revision 0.
ALTER TABLE feedback_store
    ADD COLUMN IF NOT EXISTS revision UInt16 DEFAULT 0 COMMENT 'How often the analysis of history was replaced before this one: 0 as it came in' AFTER kafka_offset;

ALTER TABLE feedback_store
    MODIFY COLUMN IF EXISTS rank UInt256 MATERIALIZED bitOr(
                        bitOr(bitShiftLeft(toUInt256(version), 160), bitShiftLeft(toUInt256(toUnixTimestamp64Milli(created_at)), 96)),
                        bitOr(bitShiftLeft(toUInt256(kafka_offset), 32), bitOr(bitShiftLeft(toUInt256(bitAnd(revision, 4095)), 20), toUInt256(bitAnd(kafka_partition, 1048575)))))
                    COMMENT 'Order of versions: version, then created_at, then offset, then revision of the analysis (partition last, so that the order is total)';

CREATE OR REPLACE VIEW feedback
(
    source          LowCardinality(String) COMMENT 'Where the item comes from; by default the Kafka topic. With id: the identity of the item',
    id              String COMMENT 'Identity of the item within its source',
    version         UInt64 COMMENT 'Version of the item as its producer counts, 0 where it does not',
    channel         LowCardinality(String) COMMENT 'review, social, chat, survey, ticket or call',
    created_at      DateTime64(3, 'UTC') COMMENT 'When the customer gave the feedback; the Kafka timestamp where the record does not say',
    ingested_at     DateTime64(3, 'UTC') COMMENT 'When earshot wrote this version',
    customer        String COMMENT 'Pseudonym of the customer, empty if unknown',
    segment         LowCardinality(String) COMMENT 'Customer segment as the record states it',
    product         LowCardinality(String) COMMENT 'Product as the record states it',
    location        LowCardinality(String) COMMENT 'Location as the record states it',
    platform        LowCardinality(String) COMMENT 'Platform of a social post or review',
    url             String COMMENT 'Where the item can be seen',
    reply_to        String COMMENT 'Id of the item that this one answers, empty if none',
    language        LowCardinality(String) COMMENT 'ISO 639-1 code of the text, und if unknown, empty without text',
    touchpoint      LowCardinality(String) COMMENT 'Touchpoint as the record states it, else that of most mentions, else that of the channel',
    stage           LowCardinality(String) COMMENT 'Journey stage as the record states it, else as heard: discovery, inquiry, purchase, fulfilment, usage, billing, support, renewal, exit; empty if unknown',
    title           String COMMENT 'Headline of a review or subject of a ticket',
    text            String COMMENT 'The text as stored; chats and calls: a line a turn, "role: words". All offsets are bytes into it',
    turns           Array(Tuple(role String, span_start UInt32, span_end UInt32, at Nullable(DateTime64(3, 'UTC')))) COMMENT 'Turns of a chat or call: role (customer, agent, bot), bytes of text, time',
    rating          Nullable(Float32) COMMENT 'Rating, 0 to rating_max',
    rating_max      Nullable(Float32) COMMENT 'Best possible rating',
    nps             Nullable(UInt8) COMMENT 'Likelihood to recommend, 0 to 10',
    csat            Nullable(Float32) COMMENT 'Satisfaction, 1 to 5',
    ces             Nullable(Float32) COMMENT 'Ease of effort, 1 (hard) to 7 (easy)',
    likes           Nullable(UInt64) COMMENT 'Likes when the record was made',
    shares          Nullable(UInt64) COMMENT 'Shares when the record was made',
    score           Float32 COMMENT 'Sentiment of the text, -1 (negative) to +1 (positive); of the rating where there is no text (tier = score)',
    label           LowCardinality(String) COMMENT 'negative, neutral or positive',
    mixed           Bool COMMENT 'Clearly positive and clearly negative parts',
    confidence      Float32 COMMENT 'Probability that label is right, 0 to 1',
    score_text_mismatch Bool COMMENT 'The rating, NPS or CSAT is negative and the text positive, or the reverse; neither corrects the other. Only where both are clear',
    score_first     Nullable(Float32) COMMENT 'Chats and calls: sentiment of the first turn of the customer, -1 to +1; NULL where the customer has fewer than two turns',
    score_last      Nullable(Float32) COMMENT 'Chats and calls: sentiment of the last turn of the customer, -1 to +1; NULL where the customer has fewer than two turns',
    score_worst     Nullable(Float32) COMMENT 'Chats and calls: sentiment of the worst turn of the customer, -1 to +1; NULL where the customer has fewer than two turns',
    sentences       Array(Tuple(span_start UInt32, span_end UInt32, score Float32, label String)) COMMENT 'Sentences heard: bytes of text, score -1 to +1, label',
    effort          Nullable(Float32) COMMENT 'Effort the customer had, -1 (hard) to +1 (easy); NULL where nothing is said of it',
    emotion         LowCardinality(String) COMMENT 'Strongest emotion, none, or empty where not analysed',
    emotions        Map(String, Float32) COMMENT 'Emotion to intensity, 0 to 1',
    intents         Array(String) COMMENT 'What the customer wants: complaint, praise, question, request, suggestion, cancel, churn, refund, escalation, thanks, chitchat, information',
    urgency         Array(String) COMMENT 'What must not wait: legal_threat, injury, fraud, self_harm, safety_hazard',
    signals         Array(Tuple(kind String, name String, confidence Float32, evidence Array(Tuple(cue String, span_start UInt32, span_end UInt32, kind String, rule String)))) COMMENT 'What intents, effort, emotion, urgency and noise rest on: kind, name, probability 0 to 1 (1: a rule), evidence',
    topics          Array(String) COMMENT 'Topics mentioned, each once',
    targets         Array(Tuple(term String, score Float32, label String, span_start UInt32, span_end UInt32, evidence Array(Tuple(cue String, span_start UInt32, span_end UInt32, kind String, rule String)))) COMMENT 'Sentiment about each term asked for, where it stands: bytes of text, and the evidence',
    pii             Array(Tuple(kind String, span_start UInt32, span_end UInt32)) COMMENT 'Personal data found: kind and bytes of text',
    noise           LowCardinality(String) COMMENT 'Why this is no feedback (advert, spam …); empty: it is',
    flags           Array(String) COMMENT 'What was mended on the way in: attributes_cut, field_cut, invalid_utf8, nul_removed, text_cut, unknown_stage',
    attributes      Map(String, String) COMMENT 'Everything else that the record said, by field',
    tier            LowCardinality(String) COMMENT 'Who heard it: fast or deep; score where there was only a rating',
    model           LowCardinality(String) COMMENT 'Model and version behind score',
    taxonomy        LowCardinality(String) COMMENT 'Taxonomy and version behind topics',
    kafka_topic     LowCardinality(String) COMMENT 'Topic of the record behind this row',
    kafka_partition UInt32 COMMENT 'Partition of the record behind this row',
    kafka_offset    UInt64 COMMENT 'Offset of the record behind this row'
)
AS SELECT
    source, id, version, channel, created_at, ingested_at, customer, segment, product, location, platform, url, reply_to,
    language, touchpoint, stage, title, text, turns, rating, rating_max, nps, csat, ces, likes, shares,
    score, label, mixed, confidence, score_text_mismatch, score_first, score_last, score_worst, sentences, effort, emotion, emotions, intents, urgency, signals,
    arrayDistinct(mentions.topic) AS topics,
    targets, pii, noise, flags, attributes, tier, model, taxonomy, kafka_topic, kafka_partition, kafka_offset
FROM feedback_store FINAL
WHERE is_deleted = 0
COMMENT 'One row a feedback item, always exact: duplicates, earlier versions and withdrawn items never show';

CREATE OR REPLACE VIEW mentions
(
    source      LowCardinality(String) COMMENT 'With id: the feedback item that speaks',
    id          String COMMENT 'Identity of the feedback item within its source',
    channel     LowCardinality(String) COMMENT 'review, social, chat, survey, ticket or call',
    created_at  DateTime64(3, 'UTC') COMMENT 'When the customer gave the feedback',
    customer    String COMMENT 'Pseudonym of the customer, empty if unknown',
    segment     LowCardinality(String) COMMENT 'Customer segment as the record states it',
    product     LowCardinality(String) COMMENT 'Product as the record states it',
    location    LowCardinality(String) COMMENT 'Location as the record states it',
    topic       String COMMENT 'Topic: first level, or first.second',
    stage       String COMMENT 'Journey stage of the topic',
    touchpoint  String COMMENT 'Touchpoint spoken of',
    found_by    String COMMENT 'Who found the topic: rule (of the taxonomy) or model; empty in rows from before this was kept',
    confidence  Float32 COMMENT '1 for a rule; for a model, the probability that the topic is spoken of',
    score       Float32 COMMENT 'Sentiment about the topic, -1 (negative) to +1 (positive)',
    label       String COMMENT 'negative, neutral or positive',
    span_start  UInt32 COMMENT 'First byte of the mention in the text of the item',
    span_end    UInt32 COMMENT 'Byte behind the mention in the text of the item',
    quote       String COMMENT 'The sentence that speaks of it',
    evidence    Array(Tuple(cue String, span_start UInt32, span_end UInt32, kind String, rule String)) COMMENT 'Words that the mention and its sentiment rest on, and the rule or model behind each'
)
AS SELECT
    source, id, channel, created_at, customer, segment, product, location,
    m.topic AS topic, m.stage AS stage, m.touchpoint AS touchpoint,
    m.found_by AS found_by, m.confidence AS confidence, m.score AS score, m.label AS label,
    m.span_start AS span_start, m.span_end AS span_end,
    substring(text, m.quote_start + 1, m.quote_end - m.quote_start) AS quote,
    m.evidence AS evidence
FROM feedback_store FINAL
ARRAY JOIN mentions AS m
WHERE is_deleted = 0
COMMENT 'One row a mention (feedback item x topic), always exact';
