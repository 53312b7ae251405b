-- Where it hurts, in one pass over the cells of the period and of the one before it, in two steps: the server takes the more
-- time to understand a query the deeper it is, and twice that for a view with parameters. Such views have no columns of
-- their own: what they give is told in deploy/INSIGHT.md and in the columns of pain_points_recent.
CREATE OR REPLACE VIEW topics_between
AS WITH
    fromUnixTimestamp64Milli(2 * toUnixTimestamp64Milli({period_from:DateTime64(3, 'UTC')}) - toUnixTimestamp64Milli({period_to:DateTime64(3, 'UTC')}), 'UTC') AS before_from,
    -- Closed days that lie in one of the two periods, read once: a day that is opened or closed meanwhile is neither
    -- counted twice nor missed.
    (
        SELECT (groupArray(day), groupArray((day, roll))) FROM days FINAL
        WHERE revision % 2 = 0 AND day >= before_from AND day <= {period_to:DateTime64(3, 'UTC')} - toIntervalHour(24) AND (day >= {period_from:DateTime64(3, 'UTC')} OR day <= {period_from:DateTime64(3, 'UTC')} - toIntervalHour(24))
    ) AS closed
SELECT
    if({level:UInt8} = 1, substringIndex(of_topic, '.', 1), of_topic) AS topic,
    sumMapIf(map(toString(of_stage), n), present) AS by_stage,
    sumIf(n, present) AS items,
    toInt64(sumIf(negative, present)) AS negatives,
    toInt64(sumIf(positive, present)) AS positives,
    uniqExactMergeIf(who, present) AS customers,
    -- A customer's items are not independent: a period has as many voices as customers, and the one before as many
    -- an item.
    customers + sumIf(nobody, present) AS voices,
    sumIf(effort_s, present) AS effort_sum,
    sumIf(effort_n, present) AS effort_items,
    sumIf(leaving, present) AS churns,
    arraySort(groupUniqArrayArrayIf(at, present)) AS stages,
    nullIf(sumIf(n, NOT present), 0) AS items_before,
    toInt64(sumIf(negative, NOT present)) AS negatives_before,
    toInt64(sumIf(positive, NOT present)) AS positives_before,
    groupArraySortedArrayIf(40)(said, present) AS sample
FROM
(
    SELECT
        day >= {period_from:DateTime64(3, 'UTC')} AS present, topic AS of_topic, daily_store.stage AS of_stage,
        daily_store.items AS n, daily_store.negatives AS negative, daily_store.positives AS positive, known AS who, unknown AS nobody,
        daily_store.effort_sum AS effort_s, daily_store.effort_items AS effort_n, daily_store.churns AS leaving, daily_store.stages AS at, quotes AS said
    FROM daily_store
    WHERE (day, roll) IN closed.2 AND topic != ''
        AND ({channel:String} = '' OR channel = {channel:String})
        AND ({segment:String} = '' OR segment = {segment:String})
        AND ({product:String} = '' OR product = {product:String})
    UNION ALL
    SELECT
        present, t AS of_topic, s AS of_stage,
        count() AS n,
        countIf(l = 'negative') AS negative,
        countIf(l = 'positive') AS positive,
        uniqExactStateIf(cityHash64(customer), customer != '') AS who,
        countIf(customer = '') AS nobody,
        ifNull(sum(toFloat64(effort)), 0) AS effort_s,
        count(effort) AS effort_n,
        countIf(hasAny(intents, ['churn', 'cancel'])) AS leaving,
        groupUniqArrayIf(item_stage, item_stage != '') AS at,
        groupArraySortedIf(10)((cityHash64(source, id), toString(source), id, customer, q), q != '') AS said
    FROM
    (
        SELECT
            hour, created_at >= {period_from:DateTime64(3, 'UTC')} AS present, source, id, customer, counted, effort, intents, counted.stage[1] AS item_stage,
            arrayMap((c, q) -> if(present AND c.topic != '' AND c.label = 'negative' AND q.2 BETWEEN q.1 + 10 AND q.1 + 400, substring(text, q.1 + 1, q.2 - q.1), ''), counted, quotes) AS negative_quotes
        FROM hourly_items FINAL
        WHERE is_deleted = 0
            AND hour IN (SELECT hour FROM hours WHERE fromUnixTimestamp64Milli(intDiv(toUnixTimestamp64Milli(hour), 86400000) * 86400000, 'UTC') NOT IN closed.1
                AND hour > before_from - toIntervalHour(1) AND hour < {period_to:DateTime64(3, 'UTC')})
            AND created_at >= before_from AND created_at < {period_to:DateTime64(3, 'UTC')}
            AND ({channel:String} = '' OR channel = {channel:String})
            AND ({segment:String} = '' OR segment = {segment:String})
            AND ({product:String} = '' OR product = {product:String})
    )
    ARRAY JOIN counted.topic AS t, counted.stage AS s, counted.label AS l, negative_quotes AS q
    WHERE t != ''
    GROUP BY present, of_topic, of_stage
)
GROUP BY topic
HAVING items > 0
COMMENT 'topics_between(period_from, period_to, channel, segment, product, level): counts of each topic in a period and in the one before it, and a sample of its negative quotes; a step of pain_points';

-- In few steps, each of which names what the next one needs more than once: the server takes the more time for a function
-- the more steps are below it, writes out a name wherever it is used beside its definition, and does all of it twice for a
-- view with parameters.
CREATE OR REPLACE VIEW pain_points
AS SELECT
    topic, stage, items, customers, negatives, positives, negative_share, bounds[1] AS negative_low, bounds[2] AS negative_high,
    net_sentiment, items * (net_sentiment - all_net_sentiment) / others AS impact,
    net_sentiment - net_sentiment_before AS trend, trend_p, trend_q, direction, items_before, net_sentiment_before,
    if(effort_items = 0, NULL, effort_sum / effort_items) AS effort, effort_items, churn_share, length(stages) AS reach, stages,
    all_items, all_net_sentiment, prior_voices, shrunk[1] AS negative_share_shrunk, shrunk[2] AS net_sentiment_shrunk, shrunk[3] AS churn_share_shrunk,
    points[1] AS points_impact, points[2] AS points_negative, points[3] AS points_churn, points[4] AS points_effort, points[5] AS points_trend, points[6] AS points_reach,
    arraySum(points) AS priority,
    -- Of different people, who say it differently.
    CAST(arrayMap(q -> (q.2, q.3, q.6), arraySlice(arrayFilter((q, a, b) -> a = 1 AND b = 1, ranked, arrayEnumerateUniq(ranked.4), arrayEnumerateUniq(ranked.5)), 1, 3)),
        'Array(Tuple(source String, id String, quote String))') AS quotes
FROM
(
    SELECT
        *,
        multiIf(trend_q IS NULL, 'new', trend_q >= 0.05, 'steady', net_sentiment < net_sentiment_before, 'worse', 'better') AS direction,
        arrayMap((x, most) -> most * greatest(0, least(1, x)), [
            1 - exp(least(0, items * (shrunk[2] - all_net_sentiment) / others) / 2),
            (shrunk[1] - prior_share) / greatest(1 - prior_share, 1e-9),
            shrunk[3] / 0.2,
            -effort_sum / (effort_items + 10),
            if(trend_q < 0.05, ifNull(net_sentiment_before - net_sentiment, 0) / 20, 0),
            shrunk[1] * (length(stages) - 1) / 8],
            -- What hardly anybody speaks of is not urgent, however bad it is.
            arrayConcat([40.], arrayMap(m -> m * (1 - exp(-100 * items / all_items)), [20., 15., 10., 10., 5.]))) AS points
    FROM
    (
        SELECT
            topic, stage, items, customers, negatives, positives, negative_share, bounds, net_sentiment, net_sentiment_before, items_before, trend_p,
            effort_sum, effort_items, churn_share, stages, all_items, all_net_sentiment, others, prior_share,
            -- Benjamini and Hochberg: of the topics that are called worse or better, at most one in twenty is so by chance.
            if(trend_p IS NULL, NULL, least(1, length(all_p) * arrayMin(arrayMap(p -> p / arrayCount(o -> o <= p, all_p), arrayFilter(p -> p >= trend_p, all_p))))) AS trend_q,
            -- As many as the topics' shares vary by more than chance (DerSimonian and Laird).
            arrayMap(v -> if(v > 0, least(1000, greatest(1, prior_share * (1 - prior_share) / v - 1)), 1000), [
                (voiced_squares - all_voices * prior_share * prior_share - (topics_heard - 1) * prior_share * (1 - prior_share))
                    / greatest(all_voices - square_voices / all_voices, 1e-9)])[1] AS prior_voices,
            -- What few voices say counts as if prior_voices more had spoken as everybody does.
            arrayMap((own, prior) -> (own * voices + prior * prior_voices) / (voices + prior_voices),
                [negative_share, net_sentiment, churn_share], [prior_share, all_net_sentiment, all_churn_share]) AS shrunk,
            -- Quotes whose words are most those of all of the topic's, apart from words that every topic has.
            arraySort(q -> (-q.1, q.2, q.3, q.6), arrayMap((q, w) -> (
                arraySum(arrayMap(x -> if(has(common, x), 0, countEqual(all_words, x)), w)) / length(words) / sqrt(length(w) + 3),
                q.2, q.3, if(q.4 = '', concat(q.2, '/', q.3), q.4), lowerUTF8(q.5), q.5), sample, words)) AS ranked
        FROM
        (
            SELECT
                topic, items, customers, voices, negatives, positives, items_before, effort_sum, effort_items, stages, sample,
                arraySort(s -> (-by_stage[s], s), mapKeys(by_stage))[1] AS stage,
                negatives / items AS negative_share,
                -- Wilson, 95 %.
                arrayMap(z -> (negatives + 1.920729410347062 + z * sqrt(negatives - negatives * negatives / items + 0.960364705173531)) / (items + 3.841458820694124), [-1.959963984540054, 1.959963984540054]) AS bounds,
                100 * (positives - negatives) / items AS net_sentiment,
                100 * (positives_before - negatives_before) / items_before AS net_sentiment_before,
                churns / items AS churn_share,
                -- Two shares differ by chance, with the labels as -1, 0 and +1 and one more of each.
                arrayMap(variances -> erfc(abs(net_sentiment - net_sentiment_before) / 100 / sqrt(2 * (variances[1] / voices + variances[2] / items_before * items / voices))), [
                    arrayMap(n -> (n.1 + n.2 + 2) / (n.3 + 3) - pow((n.1 - n.2) / (n.3 + 3), 2),
                        [(positives, negatives, items), (positives_before, negatives_before, ifNull(items_before, 0))])])[1] AS trend_p,
                groupArray(trend_p) OVER () AS all_p,
                sum(items) OVER () AS all_items,
                greatest(1, all_items - items) AS others,
                100 * sum(positives - negatives) OVER () / all_items AS all_net_sentiment,
                sum(churns) OVER () / all_items AS all_churn_share,
                sum(voices) OVER () AS all_voices,
                sum(voices * voices) OVER () AS square_voices,
                sum(voices * negative_share) OVER () / all_voices AS prior_share,
                sum(voices * negative_share * negative_share) OVER () AS voiced_squares,
                count() OVER () AS topics_heard,
                arrayMap(q -> arrayDistinct(arrayMap(w -> cityHash64(w), extractAll(lowerUTF8(q.5), '[\\pL]{3,}'))), sample) AS words,
                arrayFlatten(words) AS all_words,
                topKArray(50)(all_words) OVER () AS common
            FROM topics_between(period_from = {period_from:DateTime64(3, 'UTC')}, period_to = {period_to:DateTime64(3, 'UTC')},
                channel = {channel:String}, segment = {segment:String}, product = {product:String}, level = {level:UInt8})
        )
    )
)
ORDER BY priority DESC, topic
COMMENT 'pain_points(period_from, period_to, channel, segment, product, level): topics by what hurts most, in a period from and without its end; empty text: no filter; level 1: first-level topics, 2: as mentioned. Columns: as in pain_points_recent. The formula: deploy/INSIGHT.md';

-- The same for the last 30 days that have feedback, with columns that tell what they are.
CREATE OR REPLACE VIEW pain_points_recent
(
    topic                 String COMMENT 'Topic as mentioned: first level, or first.second',
    stage                 String COMMENT 'Journey stage that most of its mentions belong to',
    items                 UInt64 COMMENT 'Mentions of the topic, as in sentiment_hourly',
    customers             UInt64 COMMENT 'Different customers who mention it, where known',
    negatives             Int64 COMMENT 'Mentions that are negative',
    positives             Int64 COMMENT 'Mentions that are positive',
    negative_share        Float64 COMMENT 'negatives over items, 0 to 1',
    negative_low          Float64 COMMENT 'Lower end of the 95 % interval of negative_share (Wilson)',
    negative_high         Float64 COMMENT 'Upper end of the 95 % interval of negative_share (Wilson)',
    net_sentiment         Float64 COMMENT '100 x (positives - negatives) / items, -100 to +100',
    impact                Float64 COMMENT 'Points that the topic adds to the net sentiment of all mentions: -2 means that without it this would be 2 points higher',
    trend                 Nullable(Float64) COMMENT 'net_sentiment less that of the period of the same length before, in points; NULL: nothing was said then',
    trend_p               Nullable(Float64) COMMENT 'How probable a trend at least as large is by chance, two-sided, with as many voices as there are customers',
    trend_q               Nullable(Float64) COMMENT 'trend_p corrected for the number of topics that are looked at (Benjamini and Hochberg)',
    direction             String COMMENT 'worse or better: trend_q is under 0.05; steady: it is not; new: nothing was said in the period before',
    items_before          Nullable(UInt64) COMMENT 'Mentions in the period before; NULL: none',
    net_sentiment_before  Nullable(Float64) COMMENT 'Net sentiment of the period before; NULL: nothing was said then',
    effort                Nullable(Float64) COMMENT 'Mean effort of the items that mention it, -1 (hard) to +1 (easy); NULL: none says anything of it',
    effort_items          UInt64 COMMENT 'Mentions in items that say something of effort',
    churn_share           Float64 COMMENT 'Share of mentions in items whose customer means to leave (intent churn or cancel), 0 to 1',
    reach                 UInt64 COMMENT 'Journey stages in which customers mention it',
    stages                Array(String) COMMENT 'These stages',
    all_items             UInt64 COMMENT 'Mentions of all topics',
    all_net_sentiment     Float64 COMMENT 'Net sentiment of all mentions',
    prior_voices          Float64 COMMENT 'As many voices that speak like everybody are added to each topic (empirical Bayes), 1 to 1000',
    negative_share_shrunk Float64 COMMENT 'negative_share with these',
    net_sentiment_shrunk  Float64 COMMENT 'net_sentiment with these',
    churn_share_shrunk    Float64 COMMENT 'churn_share with these',
    points_impact         Float64 COMMENT 'Of priority, 0 to 40: for how much it pulls the net sentiment down',
    points_negative       Float64 COMMENT 'Of priority, 0 to 20: for being more negative than other topics',
    points_churn          Float64 COMMENT 'Of priority, 0 to 15: for customers who mean to leave',
    points_effort         Float64 COMMENT 'Of priority, 0 to 10: for effort',
    points_trend          Float64 COMMENT 'Of priority, 0 to 10: for getting worse',
    points_reach          Float64 COMMENT 'Of priority, 0 to 5: for hurting in many stages',
    priority              Float64 COMMENT 'What to look at first, 0 to 100: the sum of the points',
    quotes                Array(Tuple(source String, id String, quote String)) COMMENT 'Up to three quotes that speak for what is said against it, and the items that they are from'
)
AS WITH (SELECT max(hour) + toIntervalHour(1) FROM hours) AS newest
SELECT * FROM pain_points(period_from = newest - toIntervalDay(30), period_to = newest, channel = '', segment = '', product = '', level = 2) AS recent
COMMENT 'Topics by what hurts most, in the last 30 days that have feedback; for other periods and filters read pain_points(...)';
