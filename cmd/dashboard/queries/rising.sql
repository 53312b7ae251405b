-- Phrases that no topic covers and that are said more than before.
SELECT phrase, toUInt64(items), toUInt64(items_before), growth, negative_share, z, toUnixTimestamp64Milli(first_seen), examples.1, examples.2, examples.3
FROM {database}.emerging
WHERE z >= {least:Float64}
ORDER BY z DESC, phrase
LIMIT 20
