-- What the company has mended, the latest first.
SELECT id, toString(topic), toString(stage), toString(channel), toUnixTimestamp64Milli(at), note, toUnixTimestamp64Milli(registered_at)
FROM {database}.improvements
ORDER BY at DESC, id
LIMIT {limit:UInt32}
