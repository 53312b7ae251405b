// Connects to the server whose URL is given, as JavaScript's
// @clickhouse/client does, and checks what comes back.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'

const [modules, url, username, password] = process.argv.slice(2)
const { createClient } = createRequire(modules + '/')('@clickhouse/client')

for (const compression of [{}, { request: true, response: true }]) {
  const client = createClient({ url, username, password, compression })
  assert.equal((await client.ping()).success, true)
  assert.equal((await client.ping({ select: true })).success, true)
  await client.command({ query: 'CREATE DATABASE IF NOT EXISTS js' })
  await client.command({ query: 'DROP TABLE IF EXISTS js.t' })
  await client.command({
    query: 'CREATE TABLE js.t (id UInt32, s String, a Array(String), n Nullable(Float64)) ENGINE = MergeTree ORDER BY id',
    clickhouse_settings: { wait_end_of_query: 1 },
  })
  const rows = Array.from({ length: 1000 }, (_, id) => ({ id, s: `it's\n\nrow ${id}`, a: ['x', `${id}`], n: id % 2 ? null : 0.5 }))
  const inserted = await client.insert({ table: 'js.t', values: rows, format: 'JSONEachRow' })
  assert.equal(inserted.summary.written_rows, '1000')

  const all = await client.query({ query: 'SELECT * FROM js.t ORDER BY id', format: 'JSONEachRow' })
  assert.deepEqual(await all.json(), rows)
  const whole = await client.query({ query: 'SELECT count() AS n FROM js.t', format: 'JSON' })
  assert.equal((await whole.json()).data[0].n, 1000)

  const values = { s: "it's a 'quote'\n\tand \\ more", n: 7, a: ['x', "y'z"] }
  const params = await client.query({ query: 'SELECT {s:String} AS s, {n:UInt8} AS n, {a:Array(String)} AS a', query_params: values, format: 'JSONEachRow' })
  assert.deepEqual(await params.json(), [values])

  let streamed = 0
  const big = await client.query({ query: 'SELECT number FROM numbers(200000)', format: 'JSONEachRow' })
  for await (const part of big.stream()) streamed += part.length
  assert.equal(streamed, 200000)

  await assert.rejects(client.query({ query: 'SELECT * FROM js.nosuch' }), (e) => e.code === '60' && e.type === 'UNKNOWN_TABLE')
  const broken = await client.query({ query: 'SELECT throwIf(number = 900000) FROM numbers(1000000) SETTINGS max_block_size = 10000', format: 'JSONEachRow' })
  await assert.rejects(broken.text())
  await client.close()
}
const stranger = createClient({ url, username, password: 'wrong' })
await assert.rejects(stranger.query({ query: 'SELECT 1' }), (e) => e.code === '516')
await stranger.close()
console.log('ok')
