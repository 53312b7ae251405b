-- One customer: who they are to the company, and their last contacts.
SELECT
    toString(segment), toString(stage), toString(loyalty),
    toUnixTimestamp64Milli(first_contact), toUnixTimestamp64Milli(last_contact), toUnixTimestamp64Milli(loyalty_since),
    toUInt64(items), channels, net_sentiment, nps, churn_intent,
    arrayMap(c -> toUnixTimestamp64Milli(c.1), changes), changes.2, changes.3,
    arrayMap(c -> toUnixTimestamp64Milli(c.1), trajectory), trajectory.2, trajectory.3, trajectory.4, trajectory.5
FROM {database}.customers
WHERE customer = {customer:String} AND customer != ''
