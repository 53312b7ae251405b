-- What filters can choose: segments, products and topics of a period, the most frequent first.
SELECT kind, name
FROM
(
    SELECT pair.1 AS kind, pair.2 AS name, sum(n) AS items
    FROM
    (
        SELECT arrayJoin(if(c.topic = '', [('segment', toString(c.segment)), ('product', toString(c.product))], [('topic', toString(c.topic))])) AS pair, c.items AS n
        FROM {database}.cells_between(period_from = {period_from:String}, period_to = {period_to:String}, channel = '', segment = '', product = '') AS c
    )
    GROUP BY kind, name
    HAVING name != ''
    ORDER BY items DESC, name
    LIMIT 200 BY kind
)
ORDER BY kind, items DESC, name
