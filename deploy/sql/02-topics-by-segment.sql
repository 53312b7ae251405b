-- Which topics hurt one segment of customers more than the others?
-- gap is how far the segment's net sentiment lies below that of everybody who speaks of the topic, in points.
SELECT
    topic,
    segment,
    count() AS mentions,
    round(100 * avg(multiIf(label = 'positive', 1, label = 'negative', -1, 0)), 1) AS net_sentiment,
    round(any(overall) - net_sentiment, 1) AS gap
FROM mentions
INNER JOIN
(
    SELECT topic, 100 * avg(multiIf(label = 'positive', 1, label = 'negative', -1, 0)) AS overall
    FROM mentions
    WHERE created_at >= now() - INTERVAL 28 DAY
    GROUP BY topic
) AS everybody USING (topic)
WHERE created_at >= now() - INTERVAL 28 DAY AND segment != ''
GROUP BY topic, segment
HAVING mentions >= 20
ORDER BY gap DESC
LIMIT 20;
