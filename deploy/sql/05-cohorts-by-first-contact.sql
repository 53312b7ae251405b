-- Do customers come back, and in what mood? Cohorts by the week of their first contact.
SELECT
    toMonday(first) AS cohort,
    dateDiff('week', cohort, toMonday(created_at)) AS weeks_later,
    uniqExact(customer) AS customers,
    count() AS items,
    round(100 * (countIf(label = 'positive') - countIf(label = 'negative')) / items, 1) AS net_sentiment
FROM feedback
INNER JOIN (SELECT customer, min(created_at) AS first FROM feedback WHERE customer != '' GROUP BY customer) AS cohorts USING (customer)
WHERE noise = ''
GROUP BY cohort, weeks_later
ORDER BY cohort, weeks_later;
