-- How much money is behind the complaints? Joins with a table of yours:
--     orders (customer String, ordered_at DateTime, amount Float64)
-- customer must hold the same pseudonyms as earshot's: hash your ids with the key file of `privacy.key_file`.
SELECT
    topic,
    uniqExact(m.customer) AS customers,
    round(sum(spent)) AS spent_in_a_year,
    round(spent_in_a_year / customers) AS a_customer
FROM (SELECT DISTINCT topic, customer FROM mentions WHERE label = 'negative' AND customer != '' AND created_at >= now() - INTERVAL 28 DAY) AS m
INNER JOIN (SELECT customer, sum(amount) AS spent FROM orders WHERE ordered_at >= now() - INTERVAL 365 DAY GROUP BY customer) AS o USING (customer)
GROUP BY topic
ORDER BY spent_in_a_year DESC
LIMIT 10;
