-- How many records are open, by reason.
SELECT toString(reason), count()
FROM {database}.dead_letters
WHERE state = 'open'
GROUP BY reason
ORDER BY count() DESC, reason
