-- Where in the journey, and on which channel, does it hurt? One row a stage, one column a channel: net sentiment.
-- Uses the roll-up, so that a year costs no more than a day.
SELECT
    stage,
    sum(items) AS items,
    round(100 * sumIf(toInt64(positives) - toInt64(negatives), channel = 'review') / nullIf(sumIf(sentiment_hourly.items, channel = 'review'), 0)) AS review,
    round(100 * sumIf(toInt64(positives) - toInt64(negatives), channel = 'social') / nullIf(sumIf(sentiment_hourly.items, channel = 'social'), 0)) AS social,
    round(100 * sumIf(toInt64(positives) - toInt64(negatives), channel = 'chat') / nullIf(sumIf(sentiment_hourly.items, channel = 'chat'), 0)) AS chat,
    round(100 * sumIf(toInt64(positives) - toInt64(negatives), channel = 'survey') / nullIf(sumIf(sentiment_hourly.items, channel = 'survey'), 0)) AS survey,
    round(100 * sumIf(toInt64(positives) - toInt64(negatives), channel = 'ticket') / nullIf(sumIf(sentiment_hourly.items, channel = 'ticket'), 0)) AS ticket,
    round(100 * sumIf(toInt64(positives) - toInt64(negatives), channel = 'call') / nullIf(sumIf(sentiment_hourly.items, channel = 'call'), 0)) AS call
FROM sentiment_hourly
WHERE topic = '' AND hour >= now() - INTERVAL 28 DAY
GROUP BY stage
ORDER BY indexOf(['discovery', 'inquiry', 'purchase', 'fulfilment', 'usage', 'billing', 'support', 'renewal', 'exit'], stage);
