-- Who gave us a good score and bad words, or the other way round? Such items tell more than either alone.
SELECT source, id, channel, rating, rating_max, nps, csat, ces, label, round(score, 2) AS heard, substringUTF8(text, 1, 160) AS words
FROM feedback
WHERE score_text_mismatch AND created_at >= now() - INTERVAL 28 DAY
ORDER BY confidence DESC
LIMIT 20;
