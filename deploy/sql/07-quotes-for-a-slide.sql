-- Which five quotes would go on a slide? Of the topic that is complained of most, one a customer, neither a word nor a novel.
-- Personal data was redacted before it was stored; read them all the same before you show them.
WITH
(
    SELECT topic FROM mentions
    WHERE created_at >= now() - INTERVAL 28 DAY AND label = 'negative'
    GROUP BY topic ORDER BY count() DESC LIMIT 1
) AS worst
SELECT topic, channel, toDate(created_at) AS day, quote
FROM mentions
WHERE topic = worst AND label = 'negative' AND created_at >= now() - INTERVAL 28 DAY AND lengthUTF8(quote) BETWEEN 40 AND 200
ORDER BY created_at DESC
LIMIT 1 BY if(customer = '', id, customer)
LIMIT 5;
