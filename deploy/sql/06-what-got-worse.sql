-- Which topics got worse since last week, and is that more than chance?
-- z compares the two negative shares (pooled two-proportion test); among many topics, act from 3 on.
SELECT
    topic,
    countIf(recent) AS mentions,
    countIf(NOT recent) AS mentions_before,
    round(100 * countIf(recent AND negative) / mentions, 1) AS negative_share,
    round(100 * countIf(NOT recent AND negative) / mentions_before, 1) AS negative_share_before,
    round((negative_share - negative_share_before) / 100
        / sqrt((countIf(negative) / count()) * (1 - countIf(negative) / count()) * (1 / mentions + 1 / mentions_before)), 2) AS z
FROM
(
    SELECT topic, label = 'negative' AS negative, created_at >= now() - INTERVAL 7 DAY AS recent
    FROM mentions
    WHERE created_at >= now() - INTERVAL 14 DAY
)
GROUP BY topic
HAVING mentions >= 10 AND mentions_before >= 10 AND countIf(negative) BETWEEN 1 AND count() - 1
ORDER BY z DESC
LIMIT 15;
