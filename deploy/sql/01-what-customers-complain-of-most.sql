-- What do customers complain of most this week, and how many of them?
-- Read negative_share beside mentions: of a topic that is rarely spoken of, a share says little.
SELECT
    topic,
    count() AS mentions,
    countIf(label = 'negative') AS negatives,
    round(100 * negatives / mentions, 1) AS negative_share,
    uniqExactIf(customer, customer != '') AS customers
FROM mentions
WHERE created_at >= now() - INTERVAL 7 DAY
GROUP BY topic
ORDER BY negatives DESC
LIMIT 10;
