-- When should the line be staffed? Negative items by weekday and hour (UTC), a mean week out of the last four.
SELECT
    toDayOfWeek(hour) AS weekday,
    toHour(hour) AS hour_of_day,
    sum(negatives) / 4 AS negatives
FROM sentiment_hourly
WHERE topic = '' AND hour >= toStartOfHour(now()) - INTERVAL 28 DAY
GROUP BY weekday, hour_of_day
ORDER BY weekday, hour_of_day;
