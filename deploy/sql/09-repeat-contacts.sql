-- What do people have to tell us twice? Share of contacts about a topic after which the same customer speaks of the same
-- topic again within 7 days. Counts contacts that are at least 7 days old: the others may still come back.
SELECT
    topic,
    count() AS contacts,
    countIf(again <= created_at + INTERVAL 7 DAY AND again > created_at) AS repeated,
    round(100 * repeated / contacts, 1) AS repeat_share
FROM
(
    SELECT
        topic, customer, created_at,
        leadInFrame(created_at) OVER (PARTITION BY customer, topic ORDER BY created_at ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS again
    FROM (SELECT DISTINCT topic, customer, source, id, created_at FROM mentions WHERE customer != '' AND created_at >= now() - INTERVAL 35 DAY)
)
WHERE created_at < now() - INTERVAL 7 DAY
GROUP BY topic
HAVING contacts >= 20
ORDER BY repeat_share DESC
LIMIT 15;
