-- A replay hears history again: the records of the topics where Kafka still has them, the stored texts where it has not. Of a
-- record that was read again the shadow also keeps what today's mapping and redaction make of it, since the offsets of what
-- was heard are of that text.
ALTER TABLE shadow_store
    ADD COLUMN IF NOT EXISTS reread Bool COMMENT 'Heard from the record in its topic; false: from the stored text',
    ADD COLUMN IF NOT EXISTS channel LowCardinality(String) COMMENT 'As in feedback_store, where reread',
    ADD COLUMN IF NOT EXISTS customer String COMMENT 'As in feedback_store, where reread',
    ADD COLUMN IF NOT EXISTS segment LowCardinality(String) COMMENT 'As in feedback_store, where reread',
    ADD COLUMN IF NOT EXISTS product LowCardinality(String) COMMENT 'As in feedback_store, where reread',
    ADD COLUMN IF NOT EXISTS location LowCardinality(String) COMMENT 'As in feedback_store, where reread',
    ADD COLUMN IF NOT EXISTS platform LowCardinality(String) COMMENT 'As in feedback_store, where reread',
    ADD COLUMN IF NOT EXISTS url String COMMENT 'As in feedback_store, where reread' CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS reply_to String COMMENT 'As in feedback_store, where reread',
    ADD COLUMN IF NOT EXISTS likes Nullable(UInt64) COMMENT 'As in feedback_store, where reread',
    ADD COLUMN IF NOT EXISTS shares Nullable(UInt64) COMMENT 'As in feedback_store, where reread',
    ADD COLUMN IF NOT EXISTS title String COMMENT 'As in feedback_store, where reread' CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS text String COMMENT 'As in feedback_store, where reread' CODEC(ZSTD(1)),
    ADD COLUMN IF NOT EXISTS turns Array(Tuple(role String, span_start UInt32, span_end UInt32, at Nullable(DateTime64(3, 'UTC')))) COMMENT 'As in feedback_store, where reread',
    ADD COLUMN IF NOT EXISTS rating Nullable(Float32) COMMENT 'As in feedback_store, where reread',
    ADD COLUMN IF NOT EXISTS rating_max Nullable(Float32) COMMENT 'As in feedback_store, where reread',
    ADD COLUMN IF NOT EXISTS nps Nullable(UInt8) COMMENT 'As in feedback_store, where reread',
    ADD COLUMN IF NOT EXISTS csat Nullable(Float32) COMMENT 'As in feedback_store, where reread',
    ADD COLUMN IF NOT EXISTS ces Nullable(Float32) COMMENT 'As in feedback_store, where reread',
    ADD COLUMN IF NOT EXISTS pii Array(Tuple(kind String, span_start UInt32, span_end UInt32)) COMMENT 'As in feedback_store, where reread',
    ADD COLUMN IF NOT EXISTS flags Array(String) COMMENT 'As in feedback_store, where reread',
    ADD COLUMN IF NOT EXISTS attributes Map(String, String) COMMENT 'As in feedback_store, where reread',
    ADD COLUMN IF NOT EXISTS stated_language LowCardinality(String) COMMENT 'As in feedback_store, where reread',
    ADD COLUMN IF NOT EXISTS stated_stage LowCardinality(String) COMMENT 'As in feedback_store, where reread',
    ADD COLUMN IF NOT EXISTS stated_touchpoint LowCardinality(String) COMMENT 'As in feedback_store, where reread';

-- How far each replay has come. A position is saved only after what was heard up to there is in shadow_store: a replay that is
-- interrupted goes on from here, and hears at most a little twice.
CREATE TABLE IF NOT EXISTS replay_store
(
    shadow       String COMMENT 'Name of the replay and of the shadow that it makes',
    period_from  DateTime64(3, 'UTC') COMMENT 'It hears what customers said from then on',
    period_to    DateTime64(3, 'UTC') COMMENT 'up to, not including, then',
    open_end     Bool COMMENT 'No end was asked for: period_to is when the replay began',
    tier         LowCardinality(String) COMMENT 'Tier that it hears with: fast or deep',
    model        LowCardinality(String) COMMENT 'Model that it hears with',
    taxonomy     LowCardinality(String) COMMENT 'Taxonomy that it hears with',
    setup        String COMMENT 'Digest of everything else that decides what it hears: mappings, privacy, targets, files of packs and models',
    state        LowCardinality(String) COMMENT 'running, also after an interruption; finished: all is heard; published; dropped',
    heard        UInt64 COMMENT 'Items heard so far',
    reread       UInt64 COMMENT 'Those of them that were read again from their topics; the others were heard from the stored text',
    of           UInt64 COMMENT 'Items of the period when it began, or went on',
    published    UInt64 COMMENT 'Items whose rows it replaced; those that had changed meanwhile kept theirs',
    positions    Map(String, UInt64) COMMENT 'topic/partition to the next offset to read',
    last_source  String COMMENT 'With last_id: the last item that was heard from the stored text; they are heard in the order of source and id',
    last_id      String COMMENT 'See last_source',
    started_at   DateTime64(3, 'UTC') COMMENT 'When it began',
    updated_at   DateTime64(3, 'UTC') COMMENT 'When this was saved',
    saves        UInt64 COMMENT 'How often it was saved; the highest counts'
)
ENGINE = ReplacingMergeTree(saves)
ORDER BY shadow
COMMENT 'How far replays of history have come; read it through the view replays';

CREATE OR REPLACE VIEW replays
(
    shadow       String COMMENT 'Name of the replay and of the shadow that it makes',
    state        LowCardinality(String) COMMENT 'running, also after an interruption: updated_at tells; finished: all is heard, nothing published; published; dropped',
    period_from  DateTime64(3, 'UTC') COMMENT 'It hears what customers said from then on',
    period_to    DateTime64(3, 'UTC') COMMENT 'up to, not including, then',
    tier         LowCardinality(String) COMMENT 'Tier that it hears with: fast or deep',
    model        LowCardinality(String) COMMENT 'Model that it hears with',
    taxonomy     LowCardinality(String) COMMENT 'Taxonomy that it hears with',
    heard        UInt64 COMMENT 'Items heard so far',
    of           UInt64 COMMENT 'Items of the period when it began, or went on',
    share        Float64 COMMENT 'heard over of, 0 to 1',
    reread       UInt64 COMMENT 'Items heard that were read again from their topics; the others were heard from the stored text',
    published    UInt64 COMMENT 'Items whose rows it replaced; those that had changed meanwhile kept theirs',
    positions    Map(String, UInt64) COMMENT 'topic/partition to the next offset to read',
    started_at   DateTime64(3, 'UTC') COMMENT 'When it began',
    updated_at   DateTime64(3, 'UTC') COMMENT 'When it last said how far it is: every second or two while it runs'
)
AS SELECT
    shadow, state, period_from, period_to, tier, model, taxonomy, heard, of, if(of = 0, 1, least(1, heard / of)) AS share,
    reread, published, positions, started_at, updated_at
FROM replay_store FINAL
COMMENT 'How far each replay of history is, the last one of each name';

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
    quote        String COMMENT 'The sentence in question, as the shadow run has it, where lost as it is now; of the item as a whole, its text'
)
AS SELECT
    shadow, source, id, channel, created_at,
    c.1 AS change, c.2 AS topic_before, c.3 AS topic_after, c.4 AS label_before, c.5 AS label_after,
    c.6 AS score_before, c.7 AS score_after, substring(if(c.1 = 'lost' OR NOT reread, text, text_after), c.8 + 1, c.9 - c.8) AS quote
FROM
(
    SELECT
        toString(s.shadow) AS shadow, toString(f.source) AS source, f.id AS id, f.channel AS channel, f.created_at AS created_at, f.text AS text, s.text AS text_after, s.reread AS reread,
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
            if(f.label = s.label, [], [tuple('relabelled', '', '', toString(f.label), toString(s.label), f.score, s.score, toUInt32(0), toUInt32(length(if(s.reread, s.text, f.text))))])
        ) AS changes
    FROM (SELECT * FROM shadow_store FINAL) AS s
    INNER JOIN (SELECT source, id, rank, channel, created_at, text, label, score, mentions FROM feedback_store FINAL WHERE is_deleted = 0) AS f
        ON s.source = f.source AND s.id = f.id
    WHERE s.rank = f.rank
)
ARRAY JOIN changes AS c
COMMENT 'One row for each change that a shadow run would make to an item, as the item is now';
