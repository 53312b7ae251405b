-- Did a release change how customers feel? Put your releases into the first query.
-- ASOF JOIN gives each item the last release before it.
WITH releases AS
(
    SELECT release, released_at
    FROM values('release String, days_ago UInt16', ('7.1', 28), ('7.2', 14), ('7.3', 5))
    ARRAY JOIN [toDateTime64(now() - toIntervalDay(days_ago), 3, 'UTC')] AS released_at
)
SELECT
    release,
    any(released_at) AS since,
    count() AS items,
    round(100 * (countIf(label = 'positive') - countIf(label = 'negative')) / items, 1) AS net_sentiment,
    round(100 * stddevSamp(multiIf(label = 'positive', 1, label = 'negative', -1, 0)) / sqrt(items), 1) AS standard_error
FROM (SELECT 1 AS one, created_at, label FROM feedback WHERE noise = '' AND created_at >= now() - INTERVAL 28 DAY) AS f
ASOF INNER JOIN (SELECT 1 AS one, release, released_at FROM releases) AS r ON f.one = r.one AND f.created_at >= r.released_at
GROUP BY release
ORDER BY since;
