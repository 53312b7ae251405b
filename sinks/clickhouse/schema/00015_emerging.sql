-- As before, but of feedback_store only the items of the sample are read.
CREATE OR REPLACE VIEW emerging
(
    phrase         String COMMENT 'Noun phrase that no topic covers where it stands',
    items          UInt64 COMMENT 'Items of the sample that say it, in the recent period: 7 days, longer where these have fewer than 200 items of the sample, but at most a quarter of all the time that is sampled',
    items_before   UInt64 COMMENT 'Items that said it in the four periods of that length before',
    share          Float64 COMMENT 'items per 100 items of the sample, in the recent period',
    share_before   Float64 COMMENT 'items_before per 100 items of the sample, in the four periods before',
    growth         Float64 COMMENT 'share over share_before, half an item added to each',
    z              Float64 COMMENT 'How surely the share rose: difference of the shares over its standard error (pooled); 2 is hardly chance for a phrase chosen beforehand, and among many 3 is the least to act on',
    negative_share Float64 COMMENT 'Share of the recent items that are negative, 0 to 1',
    first_seen     DateTime64(3, 'UTC') COMMENT 'Earliest item of the sample that says it',
    last_seen      DateTime64(3, 'UTC') COMMENT 'Latest item of the sample that says it',
    examples       Array(Tuple(source String, id String, quote String)) COMMENT 'Up to three recent items, with up to 80 characters of text on either side'
)
AS WITH
    (SELECT max(created_at) FROM phrase_store) AS newest,
    (SELECT min(created_at) FROM phrase_store) AS oldest,
    (SELECT min(created_at) FROM (SELECT created_at FROM phrase_store ORDER BY created_at DESC LIMIT 200)) AS enough,
    -- In milliseconds: 7 days, or as long as it takes for 200 items.
    least(greatest(604800000, toUnixTimestamp64Milli(newest) - toUnixTimestamp64Milli(enough)), intDiv(toUnixTimestamp64Milli(newest) - toUnixTimestamp64Milli(oldest), 4)) AS period,
    newest - toIntervalMillisecond(period) AS recent_from,
    newest - toIntervalMillisecond(5 * period) AS before_from,
    sampled AS
    (
        SELECT p.source AS source, p.id AS id, p.created_at AS created_at, p.phrases AS phrases, f.text AS text, f.label AS label
        FROM (SELECT * FROM phrase_store FINAL) AS p
        INNER JOIN (SELECT source, id, rank, text, label FROM feedback_store FINAL
            WHERE is_deleted = 0 AND noise = '' AND (source, id) IN (SELECT source, id FROM phrase_store)) AS f
            ON p.source = f.source AND p.id = f.id
        WHERE p.rank = f.rank
    ),
    (SELECT countIf(created_at > recent_from) FROM sampled) AS sample,
    (SELECT countIf(created_at <= recent_from AND created_at > before_from) FROM sampled) AS sample_before
SELECT
    p.phrase AS phrase,
    countIf(created_at > recent_from) AS items,
    countIf(created_at <= recent_from AND created_at > before_from) AS items_before,
    100 * items / greatest(sample, 1) AS share,
    100 * items_before / greatest(sample_before, 1) AS share_before,
    ((items + 0.5) / (sample + 1)) / ((items_before + 0.5) / (sample_before + 1)) AS growth,
    (items / greatest(sample, 1) - items_before / greatest(sample_before, 1))
        / sqrt(greatest(((items + items_before) / greatest(sample + sample_before, 1)) * (1 - (items + items_before) / greatest(sample + sample_before, 1)), 1e-9)
            * (1 / greatest(sample, 1) + 1 / greatest(sample_before, 1))) AS z,
    countIf(created_at > recent_from AND label = 'negative') / items AS negative_share,
    min(created_at) AS first_seen,
    max(created_at) AS last_seen,
    groupArrayIf(3)(tuple(toString(source), id, toValidUTF8(substring(text, greatest(1, toInt64(p.span_start) - 79), p.span_end - p.span_start + 160))), created_at > recent_from) AS examples
FROM sampled
ARRAY JOIN phrases AS p
GROUP BY phrase
HAVING items >= 3 AND z >= 1.645 -- one in twenty, one-sided
COMMENT 'Phrases whose share rises against their own past and that no topic covers, in a bounded sample of negative and uncovered feedback';
