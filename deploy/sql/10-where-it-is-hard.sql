-- Where do we make it hard for customers? Touchpoints by the effort that customers tell of, -1 (hard) to +1 (easy).
SELECT
    touchpoint,
    stage,
    count() AS told,
    round(avg(f.effort), 2) AS mean_effort,
    round(stddevSamp(f.effort) / sqrt(told), 2) AS standard_error,
    round(100 * countIf(f.effort < 0) / told, 1) AS hard_share
FROM feedback AS f
WHERE f.effort IS NOT NULL AND noise = '' AND created_at >= now() - INTERVAL 28 DAY
GROUP BY touchpoint, stage
HAVING told >= 10
ORDER BY mean_effort
LIMIT 15;
