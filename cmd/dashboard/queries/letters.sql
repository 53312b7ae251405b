-- The open ones that were tried last. Sorted by a plain column first, ClickHouse 26.5 fails now and then (code 53).
SELECT toString(kafka_topic), kafka_partition, kafka_offset, toUnixTimestamp64Milli(last_tried_at) AS tried_ms, toString(reason), error, attempts
FROM {database}.dead_letters
WHERE state = 'open'
ORDER BY tried_ms DESC, kafka_topic, kafka_partition, kafka_offset DESC
LIMIT {limit:UInt32}
