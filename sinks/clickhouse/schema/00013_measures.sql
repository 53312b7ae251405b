-- Measures that people use already, over a period. Standard errors are of the mean of independent answers.
CREATE OR REPLACE VIEW measures
AS SELECT
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
        toString(c.channel) AS channel, toInt64(sum(c.items)) AS items, uniqExactMerge(known) AS customers, toInt64(sum(c.positives)) AS positives, toInt64(sum(c.negatives)) AS negatives,
        toInt64(sum(c.nps_items)) AS nps_items, toInt64(sum(c.promoters)) AS promoters, toInt64(sum(c.detractors)) AS detractors, toInt64(sum(c.csat_items)) AS csat_items, toInt64(sum(c.csat_top)) AS csat_top,
        toInt64(sum(c.ces_items)) AS ces_items, sum(c.ces_sum) AS ces_sum, sum(c.ces_squares) AS ces_squares,
        toInt64(sum(c.effort_items)) AS effort_items, sum(c.effort_sum) AS effort_sum, toInt64(sum(c.churns)) AS churns
    FROM cells_between(period_from = {period_from:DateTime64(3, 'UTC')}, period_to = {period_to:DateTime64(3, 'UTC')},
    channel = {channel:String}, segment = {segment:String}, product = {product:String}) AS c
    WHERE topic = ''
    GROUP BY GROUPING SETS ((channel), ())
    HAVING items > 0
)
ORDER BY channel
COMMENT 'measures(period_from, period_to, channel, segment, product): NPS (100 x (promoters - detractors) / answers), CSAT (share of 4 and 5, in 100), CES (mean, 1 to 7) and net sentiment with their errors, effort and churn intent: a row a channel, and one for all of them (channel empty)';

-- Contacts are what customers bring to the company: chats, tickets and calls. A contact is repeated where the same customer
-- has another one about the same topic within 7 days, and solves the matter at first if none came in the 7 days before it,
-- none in the 7 days after it, and, where it has turns, it does not end unhappy. Only contacts are counted as such whose 7
-- days after are over: of a period they are those up to 7 days before the last feedback.
CREATE OR REPLACE VIEW contacts_between
AS WITH
    (SELECT max(hour) FROM hours) AS newest,
    (SELECT sum(items) FROM cells_between(period_from = {period_from:DateTime64(3, 'UTC')}, period_to = {period_to:DateTime64(3, 'UTC')}, channel = {channel:String}, segment = {segment:String}, product = {product:String})
        WHERE topic = '' AND cells_between.channel IN ('chat', 'ticket', 'call')) AS all_contacts
SELECT
    topic,
    count() AS contacts,
    1000 * contacts / all_contacts AS contact_rate,
    countIf(customer != '' AND over) AS followed,
    if(followed = 0, NULL, countIf(customer != '' AND over AND again) / followed) AS repeat_share,
    countIf(customer != '' AND over AND first) AS firsts,
    if(firsts = 0, NULL, countIf(customer != '' AND over AND first AND NOT again AND NOT unhappy) / firsts) AS first_contact_resolution
FROM
(
    SELECT
        topic, customer, unhappy, at < newest - toIntervalDay(7) AS over, at >= {period_from:DateTime64(3, 'UTC')} AND at < {period_to:DateTime64(3, 'UTC')} AS inside,
        lagInFrame(at, 1, toDateTime64(0, 3, 'UTC')) OVER w < at - toIntervalDay(7) AS first,
        leadInFrame(at, 1, toDateTime64('2200-01-01', 3, 'UTC')) OVER w <= at + toIntervalDay(7) AS again
    FROM
    (
        SELECT toString(arrayJoin(arrayDistinct(arrayFilter(x -> x != '', topics)))) AS topic, customer, id, created_at AS at, ifNull(score_last < 0, false) AS unhappy
        FROM feedback_between(period_from = {period_from:DateTime64(3, 'UTC')} - toIntervalDay(7), period_to = {period_to:DateTime64(3, 'UTC')} + toIntervalDay(7),
            channel = {channel:String}, segment = {segment:String}, product = {product:String})
        WHERE channel IN ('chat', 'ticket', 'call')
    )
    WINDOW w AS (PARTITION BY topic, if(customer = '', id, customer) ORDER BY at, id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
)
WHERE inside
GROUP BY topic
ORDER BY contacts DESC, topic
COMMENT 'contacts_between(period_from, period_to, channel, segment, product): chats, tickets and calls by topic: how many, per 1,000 of them, share that is repeated within 7 days, first-contact resolution';
