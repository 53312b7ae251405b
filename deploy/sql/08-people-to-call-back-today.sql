-- Whom should we call back today? Customers who want to leave, or whose last word was angry, and who have not been heard
-- to be content since. Join customer with your own table to know who they are.
SELECT
    customer,
    max(created_at) AS last_contact,
    count() AS items,
    arrayDistinct(arrayFlatten(groupArray(intents))) AS wants,
    argMax(channel, created_at) AS channel,
    argMax(label, created_at) AS last_label,
    substringUTF8(argMax(text, created_at), 1, 160) AS last_words
FROM feedback
WHERE customer != '' AND noise = '' AND created_at >= now() - INTERVAL 3 DAY
GROUP BY customer
HAVING last_label = 'negative' AND hasAny(wants, ['cancel', 'churn', 'escalation', 'refund'])
ORDER BY has(wants, 'cancel') OR has(wants, 'churn') DESC, last_contact DESC
LIMIT 50;
