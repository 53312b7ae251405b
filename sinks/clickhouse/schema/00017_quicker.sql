-- Measures and contacts as before, in less time. Measures read their own columns of the cells: a view with parameters in
-- another one is understood four times, which took longer than reading.
CREATE OR REPLACE VIEW measures
AS WITH
    -- Read once: a day that is opened or closed meanwhile is neither counted twice nor missed.
    (
        SELECT (groupArray(day), groupArray((day, roll))) FROM days FINAL
        WHERE revision % 2 = 0 AND day >= {period_from:DateTime64(3, 'UTC')} AND day <= {period_to:DateTime64(3, 'UTC')} - toIntervalHour(24)
    ) AS closed
SELECT
    channel, items, customers,
    100 * (positives - negatives) / items AS net_sentiment,
    100 * sqrt(((positives + negatives) / items - pow((positives - negatives) / items, 2)) / items) AS net_sentiment_error,
    nps_items,
    if(nps_items = 0, NULL, 100 * (promoters - detractors) / nps_items) AS nps,
    if(nps_items = 0, NULL, 100 * sqrt(((promoters + detractors) / nps_items - pow((promoters - detractors) / nps_items, 2)) / nps_items)) AS nps_error,
    csat_items,
    if(csat_items = 0, NULL, 100 * csat_top / csat_items) AS csat,
    if(csat_items = 0, NULL, 100 * (csat_top + 1.920729410347062 - 1.959963984540054 * sqrt(csat_top - csat_top * csat_top / csat_items + 0.960364705173531)) / (csat_items + 3.841458820694124)) AS csat_low,
    if(csat_items = 0, NULL, 100 * (csat_top + 1.920729410347062 + 1.959963984540054 * sqrt(csat_top - csat_top * csat_top / csat_items + 0.960364705173531)) / (csat_items + 3.841458820694124)) AS csat_high,
    ces_items,
    if(ces_items = 0, NULL, ces_sum / ces_items) AS ces,
    if(ces_items < 2, NULL, sqrt(greatest(0, ces_squares - ces_sum * ces_sum / ces_items) / (ces_items - 1) / ces_items)) AS ces_error,
    effort_items,
    if(effort_items = 0, NULL, effort_sum / effort_items) AS effort,
    churns,
    churns / items AS churn_share
FROM
(
    SELECT
        toString(c) AS channel, toInt64(sum(n)) AS items, uniqExactMerge(who) AS customers, toInt64(sum(positive)) AS positives, toInt64(sum(negative)) AS negatives,
        toInt64(sum(nps_n)) AS nps_items, toInt64(sum(nps_top)) AS promoters, toInt64(sum(nps_low)) AS detractors, toInt64(sum(csat_n)) AS csat_items, toInt64(sum(csat_high)) AS csat_top,
        toInt64(sum(ces_n)) AS ces_items, sum(ces_s) AS ces_sum, sum(ces_q) AS ces_squares,
        toInt64(sum(effort_n)) AS effort_items, sum(effort_s) AS effort_sum, toInt64(sum(leaving)) AS churns
    FROM
    (
        SELECT
            daily_store.channel AS c, daily_store.items AS n, known AS who, daily_store.positives AS positive, daily_store.negatives AS negative,
            daily_store.nps_items AS nps_n, daily_store.promoters AS nps_top, daily_store.detractors AS nps_low, daily_store.csat_items AS csat_n, daily_store.csat_top AS csat_high,
            daily_store.ces_items AS ces_n, daily_store.ces_sum AS ces_s, daily_store.ces_squares AS ces_q,
            daily_store.effort_items AS effort_n, daily_store.effort_sum AS effort_s, daily_store.churns AS leaving
        FROM daily_store
        WHERE (day, roll) IN closed.2 AND topic = ''
            AND ({channel:String} = '' OR channel = {channel:String})
            AND ({segment:String} = '' OR segment = {segment:String})
            AND ({product:String} = '' OR product = {product:String})
        UNION ALL
        SELECT
            hourly_items.channel AS c, count() AS n, uniqExactStateIf(cityHash64(customer), customer != '') AS who, countIf(counted.label[1] = 'positive') AS positive, countIf(counted.label[1] = 'negative') AS negative,
            count(nps) AS nps_n, countIf(nps >= 9) AS nps_top, countIf(nps <= 6) AS nps_low, count(csat) AS csat_n, countIf(csat >= 4) AS csat_high,
            count(ces) AS ces_n, ifNull(sum(toFloat64(ces)), 0) AS ces_s, ifNull(sum(pow(toFloat64(ces), 2)), 0) AS ces_q,
            count(effort) AS effort_n, ifNull(sum(toFloat64(effort)), 0) AS effort_s, countIf(hasAny(intents, ['churn', 'cancel'])) AS leaving
        FROM hourly_items FINAL
        WHERE is_deleted = 0 AND notEmpty(counted)
            AND hour IN (SELECT hour FROM hours WHERE (fromUnixTimestamp64Milli(intDiv(toUnixTimestamp64Milli(hour), 86400000) * 86400000, 'UTC') NOT IN closed.1)
                AND hour > {period_from:DateTime64(3, 'UTC')} - toIntervalHour(1) AND hour < {period_to:DateTime64(3, 'UTC')})
            AND created_at >= {period_from:DateTime64(3, 'UTC')} AND created_at < {period_to:DateTime64(3, 'UTC')}
            AND ({channel:String} = '' OR channel = {channel:String})
            AND ({segment:String} = '' OR segment = {segment:String})
            AND ({product:String} = '' OR product = {product:String})
        GROUP BY c
    )
    GROUP BY GROUPING SETS ((c), ())
    HAVING items > 0
)
ORDER BY channel
COMMENT 'measures(period_from, period_to, channel, segment, product): NPS (100 x (promoters - detractors) / answers), CSAT (share of 4 and 5, in 100), CES (mean, 1 to 7) and net sentiment with their errors, effort and churn intent: a row a channel, and one for all of them (channel empty)';;

-- Contacts of a customer are numbers in one array, sorted once, with those of a topic side by side: that is a tenth of the
-- work of a window over all contacts. What is counted is as in 00013.
CREATE OR REPLACE VIEW contacts_between
AS WITH
    -- A moment is a number: twice the milliseconds from 8 days before the period on, and one more if the contact ends unhappy.
    -- It takes 45 bits; the number of a topic goes in front of them.
    toUnixTimestamp64Milli({period_from:DateTime64(3, 'UTC')}) - 691200000 AS origin,
    2 * (toUnixTimestamp64Milli({period_to:DateTime64(3, 'UTC')}) - origin) AS period_end,
    2 * (assumeNotNull((SELECT toUnixTimestamp64Milli(max(hour)) FROM hours)) - 604800000 - origin) AS over_until,
    (
        -- More than those that count, as old versions are among them: it only numbers the topics.
        SELECT arraySort(groupUniqArrayArray(counted.topic)) FROM hourly_items
        WHERE hour > {period_from:DateTime64(3, 'UTC')} - toIntervalHour(1) AND hour < {period_to:DateTime64(3, 'UTC')}
    ) AS names
SELECT
    toString(names[code]) AS topic,
    contacts,
    1000 * contacts / all_contacts AS contact_rate,
    followed,
    if(followed = 0, NULL, repeated / followed) AS repeat_share,
    firsts,
    if(firsts = 0, NULL, solved / firsts) AS first_contact_resolution
FROM
(
    SELECT
        bitShiftRight(greatest(fate, 0), 4) AS code,
        sum(sumIf(-fate, fate < 0)) OVER () AS all_contacts,
        count() AS contacts,
        countIf(bitAnd(fate, 8) = 8) AS followed,
        countIf(bitAnd(fate, 9) = 9) AS repeated,
        countIf(bitAnd(fate, 10) = 10) AS firsts,
        countIf(bitAnd(fate, 15) = 10) AS solved
    FROM
    (
        SELECT
            -- Of each contact in the period its topic, and 8: followed, 4: ends unhappy, 2: the first, 1: repeated. A moment of
            -- another topic is far away. Last, below 0, how many contacts there are, whatever they are about.
            arrayPushBack(
                arrayMap((x, before, after) -> if(bitAnd(x, 35184372088831) >= 1382400000 AND bitAnd(x, 35184372088831) < period_end,
                    toInt64(bitShiftLeft(bitShiftRight(x, 45), 4) + 8 * (known AND bitAnd(x, 35184372088831) < over_until) + 4 * bitAnd(x, 1)
                        + 2 * (before < bitOr(x, 1) - 1209600001) + (after <= bitOr(x, 1) + 1209600000)), 0),
                    moments, arrayPopBack(arrayPushFront(moments, 0)), arrayPopFront(arrayPushBack(moments, 18446744073709551615))),
                -toInt64(items)) AS fates
        FROM
        (
            SELECT
                customer != '' AS known,
                countIf(moment >= 1382400000 AND moment < period_end) AS items,
                arraySort(groupArrayArray(arrayMap(t -> bitOr(bitShiftLeft(toUInt64(transform(t, names, arrayEnumerate(names), 0)), 45), moment), arrayPopFront(arrayDistinct(said))))) AS moments
            FROM
            (
                SELECT customer, id, toUInt64(2 * (toUnixTimestamp64Milli(created_at) - origin) + ifNull(score_last < 0, 0)) AS moment, counted.topic AS said
                FROM hourly_items FINAL
                WHERE is_deleted = 0 AND notEmpty(counted.topic) AND channel IN ('chat', 'ticket', 'call')
                    AND hour > {period_from:DateTime64(3, 'UTC')} - toIntervalDay(8) AND hour < {period_to:DateTime64(3, 'UTC')} + toIntervalDay(7)
                    AND ({channel:String} = '' OR channel = {channel:String})
                    AND ({segment:String} = '' OR segment = {segment:String})
                    AND ({product:String} = '' OR product = {product:String})
            )
            GROUP BY known, cityHash64(if(known, customer, id))
        )
    )
    ARRAY JOIN fates AS fate
    WHERE fate != 0
    GROUP BY code
)
WHERE code > 0
ORDER BY contacts DESC, topic
COMMENT 'contacts_between(period_from, period_to, channel, segment, product): chats, tickets and calls by topic: how many, per 1,000 of them, share that is repeated within 7 days, first-contact resolution';
