-- Which chats and calls began well and ended badly? By topic, with the one that fell the furthest.
SELECT
    topic,
    count() AS talks,
    countIf(score_last - score_first <= -0.5) AS turned,
    round(100 * turned / talks, 1) AS turned_share,
    round(avg(score_last - score_first), 2) AS change,
    argMin(id, score_last - score_first) AS furthest
FROM feedback
ARRAY JOIN topics AS topic
WHERE score_first IS NOT NULL AND score_last IS NOT NULL AND created_at >= now() - INTERVAL 28 DAY
GROUP BY topic
HAVING talks >= 10
ORDER BY turned_share DESC
LIMIT 15;
