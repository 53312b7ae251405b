-- How is our NPS, week by week, and how sure is it? The standard error is that of a difference of two shares of one sample.
SELECT
    toMonday(created_at) AS week,
    count() AS answers,
    countIf(nps >= 9) / answers AS promoters,
    countIf(nps <= 6) / answers AS detractors,
    round(100 * (promoters - detractors), 1) AS score,
    round(100 * sqrt((promoters + detractors - pow(promoters - detractors, 2)) / answers), 1) AS standard_error
FROM feedback
WHERE nps IS NOT NULL
GROUP BY week
ORDER BY week;
