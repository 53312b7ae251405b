-- A shadow run hears history again under another taxonomy or model and keeps what it heard here, beside what everybody
-- sees. rank says which version of the item it heard: of an item that has changed since, nothing is compared and nothing
-- published. Each shadow is a partition, so that dropping one is one step.
CREATE TABLE IF NOT EXISTS shadow_store
(
    shadow          LowCardinality(String) COMMENT 'Name of the shadow run',
    source          LowCardinality(String) COMMENT 'With id: the feedback item',
    id              String COMMENT 'Identity of the item within its source',
    rank            UInt256 COMMENT 'Rank of the version that was heard, as in feedback_store',
    heard_at        DateTime64(3, 'UTC') COMMENT 'When the shadow run heard it',
    language        LowCardinality(String) COMMENT 'As in feedback_store, by the shadow run',
    touchpoint      LowCardinality(String) COMMENT 'As in feedback_store, by the shadow run',
    stage           LowCardinality(String) COMMENT 'As in feedback_store, by the shadow run',
    score           Float32 COMMENT 'As in feedback_store, by the shadow run: -1 to +1',
    label           LowCardinality(String) COMMENT 'As in feedback_store, by the shadow run: negative, neutral or positive',
    mixed           Bool COMMENT 'As in feedback_store, by the shadow run',
    confidence      Float32 COMMENT 'As in feedback_store, by the shadow run: 0 to 1',
    score_text_mismatch Bool COMMENT 'As in feedback_store, by the shadow run',
    score_first     Nullable(Float32) COMMENT 'As in feedback_store, by the shadow run: -1 to +1',
    score_last      Nullable(Float32) COMMENT 'As in feedback_store, by the shadow run: -1 to +1',
    score_worst     Nullable(Float32) COMMENT 'As in feedback_store, by the shadow run: -1 to +1',
    sentences       Array(Tuple(span_start UInt32, span_end UInt32, score Float32, label String)) COMMENT 'As in feedback_store, by the shadow run',
    effort          Nullable(Float32) COMMENT 'As in feedback_store, by the shadow run: -1 to +1',
    emotion         LowCardinality(String) COMMENT 'As in feedback_store, by the shadow run',
    emotions        Map(String, Float32) COMMENT 'As in feedback_store, by the shadow run: 0 to 1',
    intents         Array(String) COMMENT 'As in feedback_store, by the shadow run',
    urgency         Array(String) COMMENT 'As in feedback_store, by the shadow run',
    signals         Array(Tuple(kind String, name String, confidence Float32, evidence Array(Tuple(cue String, span_start UInt32, span_end UInt32, kind String, rule String)))) COMMENT 'As in feedback_store, by the shadow run',
    mentions        Array(Tuple(topic String, stage String, touchpoint String, found_by String, confidence Float32, score Float32, label String, span_start UInt32, span_end UInt32, quote_start UInt32, quote_end UInt32, evidence Array(Tuple(cue String, span_start UInt32, span_end UInt32, kind String, rule String)))) COMMENT 'As in feedback_store, by the shadow run',
    targets         Array(Tuple(term String, score Float32, label String, span_start UInt32, span_end UInt32, evidence Array(Tuple(cue String, span_start UInt32, span_end UInt32, kind String, rule String)))) COMMENT 'As in feedback_store, by the shadow run',
    noise           LowCardinality(String) COMMENT 'As in feedback_store, by the shadow run',
    tier            LowCardinality(String) COMMENT 'As in feedback_store, by the shadow run: fast or deep',
    model           LowCardinality(String) COMMENT 'Model and version of the shadow run',
    taxonomy        LowCardinality(String) COMMENT 'Taxonomy and version of the shadow run'
)
ENGINE = ReplacingMergeTree(heard_at)
PARTITION BY shadow
ORDER BY (shadow, source, id)
COMMENT 'What shadow runs heard; compare it through the views shadow_changes and shadow_diff';

CREATE OR REPLACE VIEW shadow_changes
(
    shadow       String COMMENT 'Name of the shadow run',
    source       String COMMENT 'With id: the feedback item',
    id           String COMMENT 'Identity of the item within its source',
    channel      LowCardinality(String) COMMENT 'review, social, chat, survey, ticket or call',
    created_at   DateTime64(3, 'UTC') COMMENT 'When the customer gave the feedback',
    change       String COMMENT 'gained: the item would speak of topic_after as well; lost: no longer of topic_before; moved: a sentence that spoke of topic_before would speak of topic_after instead; relabelled: the sentiment of the topic would be another (topics empty: of the item as a whole)',
    topic_before String COMMENT 'Topic as it is now; empty: none',
    topic_after  String COMMENT 'Topic as the shadow run has it; empty: none',
    label_before String COMMENT 'Sentiment as it is now: negative, neutral, positive; empty where gained',
    label_after  String COMMENT 'Sentiment as the shadow run has it; empty where lost',
    score_before Float32 COMMENT 'Score as it is now, -1 to +1; 0 where gained',
    score_after  Float32 COMMENT 'Score as the shadow run has it, -1 to +1; 0 where lost',
    quote        String COMMENT 'The sentence in question; of the item as a whole, its text'
)
AS SELECT
    shadow, source, id, channel, created_at,
    c.1 AS change, c.2 AS topic_before, c.3 AS topic_after, c.4 AS label_before, c.5 AS label_after,
    c.6 AS score_before, c.7 AS score_after, substring(text, c.8 + 1, c.9 - c.8) AS quote
FROM
(
    SELECT
        toString(s.shadow) AS shadow, toString(f.source) AS source, f.id AS id, f.channel AS channel, f.created_at AS created_at, f.text AS text,
        arrayFilter(m -> NOT has(f.mentions.topic, m.topic), s.mentions) AS more,
        arrayFilter(m -> NOT has(s.mentions.topic, m.topic), f.mentions) AS less,
        arrayConcat(
            arrayMap(m -> if(
                    has(less.quote_start, m.quote_start),
                    tuple('moved', arrayFirst(l -> l.quote_start = m.quote_start, less).topic, m.topic,
                        arrayFirst(l -> l.quote_start = m.quote_start, less).label, m.label,
                        arrayFirst(l -> l.quote_start = m.quote_start, less).score, m.score, m.quote_start, m.quote_end),
                    tuple('gained', '', m.topic, '', m.label, toFloat32(0), m.score, m.quote_start, m.quote_end)), more),
            arrayMap(m -> tuple('lost', m.topic, '', m.label, '', m.score, toFloat32(0), m.quote_start, m.quote_end),
                arrayFilter(m -> NOT has(more.quote_start, m.quote_start), less)),
            arrayMap(m -> tuple('relabelled', m.topic, m.topic, arrayFirst(o -> o.topic = m.topic, f.mentions).label, m.label,
                    arrayFirst(o -> o.topic = m.topic, f.mentions).score, m.score, m.quote_start, m.quote_end),
                arrayFilter(m -> has(f.mentions.topic, m.topic) AND arrayFirst(o -> o.topic = m.topic, f.mentions).label != m.label
                    AND arrayFirst(o -> o.topic = m.topic, s.mentions) = m, s.mentions)),
            if(f.label = s.label, [], [tuple('relabelled', '', '', toString(f.label), toString(s.label), f.score, s.score, toUInt32(0), toUInt32(length(f.text)))])
        ) AS changes
    FROM (SELECT * FROM shadow_store FINAL) AS s
    INNER JOIN (SELECT source, id, rank, channel, created_at, text, label, score, mentions FROM feedback_store FINAL WHERE is_deleted = 0) AS f
        ON s.source = f.source AND s.id = f.id
    WHERE s.rank = f.rank
)
ARRAY JOIN changes AS c
COMMENT 'One row for each change that a shadow run would make to an item, as the item is now';

CREATE OR REPLACE VIEW shadow_diff
(
    shadow       String COMMENT 'Name of the shadow run',
    topic        String COMMENT 'topic_after, or topic_before where that is lost; empty: the item as a whole',
    change       String COMMENT 'gained, lost, moved or relabelled; see shadow_changes',
    topic_before String COMMENT 'Topic as it is now; empty: none',
    topic_after  String COMMENT 'Topic as the shadow run has it; empty: none',
    items        UInt64 COMMENT 'Feedback items that change so',
    negatives    Int64 COMMENT 'Change in the number of negative mentions (topic empty: of negative items)',
    examples     Array(Tuple(source String, id String, quote String, label_before String, label_after String)) COMMENT 'Up to five of them, those whose score changes most'
)
AS SELECT
    shadow, if(topic_after != '', topic_after, topic_before) AS topic, change, topic_before, topic_after,
    uniqExact(source, id) AS items,
    toInt64(countIf(label_after = 'negative')) - toInt64(countIf(label_before = 'negative')) AS negatives,
    arrayMap(e -> e.3, arraySlice(arraySort(groupArraySorted(5)((-abs(score_after - score_before), id, tuple(source, id, quote, label_before, label_after)))), 1, 5)) AS examples
FROM shadow_changes
GROUP BY shadow, change, topic_before, topic_after
COMMENT 'What a shadow run would change, by topic, with examples';
