-- How journeys go: stages, touchpoints and channels of a period, and the steps that customers take between stages.
CREATE OR REPLACE VIEW journey_between
AS SELECT
    stage, touchpoint, channel, items, customers, negatives, positives,
    negatives / items AS negative_share,
    100 * (toInt64(positives) - toInt64(negatives)) / items AS net_sentiment,
    if(effort_items = 0, NULL, effort_sum / effort_items) AS effort,
    effort_items,
    drop_outs,
    drop_outs / items AS drop_out_share
FROM
(
    SELECT
        stage, touchpoint, channel, sum(c.items) AS items, uniqExactMerge(known) AS customers, sum(c.negatives) AS negatives, sum(c.positives) AS positives,
        sum(c.effort_sum) AS effort_sum, sum(c.effort_items) AS effort_items, sum(churns) AS drop_outs
    FROM cells_between(period_from = {period_from:DateTime64(3, 'UTC')}, period_to = {period_to:DateTime64(3, 'UTC')},
    channel = {channel:String}, segment = {segment:String}, product = {product:String}) AS c
    WHERE topic = ''
    GROUP BY stage, touchpoint, channel
)
ORDER BY stage, touchpoint, channel
COMMENT 'journey_between(period_from, period_to, channel, segment, product): stage x touchpoint x channel in a period; columns as in journey';

CREATE OR REPLACE VIEW journey_steps
AS SELECT
    step.1 AS from_stage, step.2 AS to_stage,
    count() AS steps,
    uniqExact(who) AS customers,
    100 * avg(step.3) AS net_sentiment_before,
    100 * avg(step.4) AS net_sentiment_after,
    100 * avg(step.4 - step.3) AS change,
    100 * sqrt(varPop(step.4 - step.3) / steps) AS change_error
FROM
(
    SELECT cityHash64(customer) AS who, arraySort(groupArray((created_at, source, id, stage, toInt8(label = 'positive') - toInt8(label = 'negative')))) AS contacts
    FROM feedback_between(period_from = {period_from:DateTime64(3, 'UTC')}, period_to = {period_to:DateTime64(3, 'UTC')},
    channel = {channel:String}, segment = {segment:String}, product = {product:String})
    WHERE customer != '' AND stage != ''
    GROUP BY who
    HAVING length(contacts) > 1
)
ARRAY JOIN arrayMap((a, b) -> (a.4, b.4, a.5, b.5), arrayPopBack(contacts), arrayPopFront(contacts)) AS step
GROUP BY from_stage, to_stage
ORDER BY steps DESC, from_stage, to_stage
COMMENT 'journey_steps(period_from, period_to, channel, segment, product): from each contact of a known customer to their next one in the period: stages, how many, net sentiment before and after, mean change in points with its standard error';

CREATE OR REPLACE VIEW journey
(
    stage          LowCardinality(String) COMMENT 'Journey stage of the items; empty: unknown',
    touchpoint     LowCardinality(String) COMMENT 'Touchpoint of the items; empty: unknown',
    channel        LowCardinality(String) COMMENT 'review, social, chat, survey, ticket or call',
    items          UInt64 COMMENT 'Feedback items, without noise',
    customers      UInt64 COMMENT 'Different customers among them, where known',
    negatives      UInt64 COMMENT 'Items that are negative',
    positives      UInt64 COMMENT 'Items that are positive',
    negative_share Float64 COMMENT 'negatives over items, 0 to 1',
    net_sentiment  Float64 COMMENT '100 x (positives - negatives) / items, -100 to +100',
    effort         Nullable(Float64) COMMENT 'Mean effort, -1 (hard) to +1 (easy), where the text says something of it; NULL: nowhere',
    effort_items   UInt64 COMMENT 'Items that say something of effort',
    drop_outs      UInt64 COMMENT 'Items in which the customer means to leave: intent churn or cancel',
    drop_out_share Float64 COMMENT 'drop_outs over items, 0 to 1',
    transitions    Map(String, UInt64) COMMENT 'Of the stage, over all channels: to which stage the next contact of the same customer belonged, and how often'
)
AS SELECT j.*, t.transitions AS transitions
FROM journey_between(period_from = '1970-01-01', period_to = '2200-01-01', channel = '', segment = '', product = '') AS j
LEFT JOIN
(
    SELECT from_stage, mapFromArrays(groupArray(to_stage), groupArray(steps)) AS transitions
    FROM journey_steps(period_from = '1970-01-01', period_to = '2200-01-01', channel = '', segment = '', product = '')
    GROUP BY from_stage
) AS t ON j.stage = t.from_stage
COMMENT 'Stage x touchpoint x channel, over all time; for a period read journey_between and journey_steps';

-- What customers are to the company, by what they have said. Of the last 500 contacts of each the loyalty stage after every
-- contact is worked out from the ten up to it that are at most 180 days old; deploy/INSIGHT.md has the rule and its reasons.
CREATE OR REPLACE VIEW customers
(
    customer       String COMMENT 'Pseudonym of the customer',
    segment        LowCardinality(String) COMMENT 'Segment as the last record states it',
    first_contact  DateTime64(3, 'UTC') COMMENT 'When they first gave feedback',
    last_contact   DateTime64(3, 'UTC') COMMENT 'When they last gave feedback',
    items          UInt64 COMMENT 'Feedback items, without noise',
    channels       Array(String) COMMENT 'Channels that they used, in the order of the alphabet',
    stage          LowCardinality(String) COMMENT 'Journey stage of the last contact that tells it',
    net_sentiment  Float64 COMMENT '100 x (positive items - negative items) / items, -100 to +100',
    nps            Nullable(UInt8) COMMENT 'Last answer to how likely they are to recommend, 0 to 10; NULL: never asked',
    loyalty        LowCardinality(String) COMMENT 'at risk, satisfied, loyal or advocate, after the last contact',
    loyalty_since  DateTime64(3, 'UTC') COMMENT 'When they came to be that',
    changes        Array(Tuple(at DateTime64(3, 'UTC'), before String, after String)) COMMENT 'Changes of the loyalty stage, oldest first; the first contact is none',
    churn_intent   Bool COMMENT 'Meant to leave (intent churn or cancel) in the 90 days up to their last contact',
    last_churn     Nullable(DateTime64(3, 'UTC')) COMMENT 'When they last meant to leave; NULL: never',
    trajectory     Array(Tuple(at DateTime64(3, 'UTC'), channel String, stage String, label String, loyalty String)) COMMENT 'The last 50 contacts, oldest first: when, where, sentiment, and the loyalty stage after it'
)
AS SELECT
    customer, segment, first_contact, last_contact, items, channels, stage, net_sentiment, nps,
    states[-1] AS loyalty,
    if(empty(changes), contacts[1].1, changes[-1].1) AS loyalty_since,
    CAST(arrayFilter(c -> c.2 != c.3, arrayMap((c, before, after) -> (c.1, before, after), arrayPopFront(contacts), arrayPopBack(states), arrayPopFront(states))),
        'Array(Tuple(at DateTime64(3, \'UTC\'), before String, after String))') AS changes,
    toBool(ifNull(last_churn >= last_contact - toIntervalDay(90), 0)) AS churn_intent,
    last_churn,
    CAST(arraySlice(arrayMap((c, after) -> (c.1, c.3, c.4, c.5, after), contacts, states), -50),
        'Array(Tuple(at DateTime64(3, \'UTC\'), channel String, stage String, label String, loyalty String))') AS trajectory
FROM
(
    SELECT
        * EXCEPT latest,
        -- Oldest first: when, item, channel, stage, label, and what it says of loyalty: -2 means to leave, -1 is unhappy,
        -- 0 neither, 1 is happy, 2 recommends.
        arrayMap(c -> (fromUnixTimestamp64Milli(-c.1, 'UTC'), c.2, c.3, c.4, c.5, c.6), arrayReverse(latest)) AS contacts,
        arrayMap(c -> c.6, contacts) AS signs,
        arrayMap(i -> arrayFilter((sign, at) -> at >= contacts[i].1 - toIntervalDay(180), arraySlice(signs, greatest(1, i - 9), least(10, i)), arraySlice(contacts.1, greatest(1, i - 9), least(10, i))), arrayEnumerate(contacts)) AS windows,
        arrayMap(w -> multiIf(
            -- Means to leave, and has not been happy twice since.
            arrayLastIndex(x -> x = -2, w) > 0 AND arrayCount(x -> x > 0, arraySlice(w, arrayLastIndex(x -> x = -2, w) + 1)) < 2, 'at risk',
            -- Unhappy twice in the last three contacts, or never happy.
            arrayCount(x -> x < 0, arraySlice(w, -3)) >= 2 OR (arrayCount(x -> x < 0, w) > 0 AND arrayCount(x -> x > 0, w) = 0), 'at risk',
            arrayCount(x -> x = 2, w) > 0 AND arrayCount(x -> x > 0, w) >= 3 AND 5 * arrayCount(x -> x < 0, w) <= arrayCount(x -> x > 0, w), 'advocate',
            arrayCount(x -> x > 0, w) >= 3 AND 3 * arrayCount(x -> x < 0, w) <= arrayCount(x -> x > 0, w), 'loyal',
            'satisfied'), windows) AS states
    FROM
    (
        SELECT
            customer,
            argMax(s.segment, s.created_at) AS segment,
            min(s.created_at) AS first_contact,
            max(s.created_at) AS last_contact,
            count() AS items,
            arraySort(groupUniqArray(toString(s.channel))) AS channels,
            argMaxIf(item_stage, s.created_at, item_stage != '') AS stage,
            100 * (countIf(label = 'positive') - countIf(label = 'negative')) / items AS net_sentiment,
            argMaxIf(s.nps, s.created_at, s.nps IS NOT NULL) AS nps,
            maxOrNullIf(s.created_at, leaves) AS last_churn,
            groupArraySorted(500)((
                -toUnixTimestamp64Milli(s.created_at), cityHash64(s.source, s.id), toString(s.channel), toString(item_stage), toString(label),
                multiIf(leaves, -2, s.nps <= 6, -1, s.nps >= 9, 2, label = 'negative', -1, label != 'positive', 0, s.channel IN ('review', 'social') AND has(s.intents, 'praise'), 2, 1))) AS latest
        FROM
        (
            SELECT customer, segment, created_at, channel, source, id, nps, intents, counted.stage[1] AS item_stage, counted.label[1] AS label, hasAny(intents, ['churn', 'cancel']) AS leaves
            FROM hourly_items FINAL
            WHERE is_deleted = 0 AND notEmpty(counted) AND customer != ''
        ) AS s
        GROUP BY customer
    )
) AS known
COMMENT 'One row a known customer: who said what when, and how loyal they are; SELECT * FROM customers WHERE customer = ... is quick, the whole takes seconds at ten million items';

CREATE OR REPLACE VIEW loyalty_moves
(
    month  Date COMMENT 'First day of the month',
    before LowCardinality(String) COMMENT 'Loyalty stage before: at risk, satisfied, loyal or advocate',
    after  LowCardinality(String) COMMENT 'Loyalty stage after',
    moves  UInt64 COMMENT 'Changes from one to the other in that month',
    customers UInt64 COMMENT 'Customers who made them'
)
AS SELECT toStartOfMonth(c.at) AS month, c.before AS before, c.after AS after, count() AS moves, uniqExact(customer) AS customers
FROM customers
ARRAY JOIN changes AS c
GROUP BY month, before, after
ORDER BY month, before, after
COMMENT 'Moves of customers between loyalty stages, by month';
