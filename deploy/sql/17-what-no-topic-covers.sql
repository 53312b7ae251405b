-- What are people talking about that our taxonomy has no name for? Phrases of complaints and of items without a topic.
SELECT p.phrase AS phrase, uniqExact(source, id) AS items, max(created_at) AS last_said
FROM (SELECT source, id, created_at, phrases FROM phrase_store FINAL)
ARRAY JOIN phrases AS p
WHERE created_at >= now() - INTERVAL 28 DAY
GROUP BY phrase
ORDER BY items DESC
LIMIT 20;
