-- What the text says against the score beside it, and how sentiment moved through a chat or call. Rows that were
-- written before keep false and NULL: nobody compared them, and nobody listened turn by turn.
ALTER TABLE feedback_store
    ADD COLUMN IF NOT EXISTS score_text_mismatch Bool COMMENT 'The rating, NPS or CSAT is negative and the text positive, or the reverse; neither corrects the other. Only where both are clear' AFTER confidence,
    ADD COLUMN IF NOT EXISTS score_first Nullable(Float32) COMMENT 'Chats and calls: sentiment of the first turn of the customer, -1 to +1; NULL where the customer has fewer than two turns' AFTER score_text_mismatch,
    ADD COLUMN IF NOT EXISTS score_last Nullable(Float32) COMMENT 'Chats and calls: sentiment of the last turn of the customer, -1 to +1; NULL where the customer has fewer than two turns' AFTER score_first,
    ADD COLUMN IF NOT EXISTS score_worst Nullable(Float32) COMMENT 'Chats and calls: sentiment of the worst turn of the customer, -1 to +1; NULL where the customer has fewer than two turns' AFTER score_last;

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
    touchpoint      LowCardinality(String) COMMENT 'Touchpoint as the record states it or as found in the text',
    stage           LowCardinality(String) COMMENT 'Journey stage: discovery, inquiry, purchase, fulfilment, usage, billing, support, renewal, exit; empty if unknown',
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
    score, label, mixed, confidence, score_text_mismatch, score_first, score_last, score_worst, sentences, effort, emotion, emotions, intents,
    arrayDistinct(mentions.topic) AS topics,
    targets, pii, noise, flags, attributes, tier, model, taxonomy, kafka_topic, kafka_partition, kafka_offset
FROM feedback_store FINAL
WHERE is_deleted = 0
COMMENT 'One row a feedback item, always exact: duplicates, earlier versions and withdrawn items never show';
