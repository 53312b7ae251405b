// Package embedded runs the ClickHouse engine inside this process, behind
// ClickHouse's HTTP interface on a TCP port, so that any ClickHouse-HTTP
// client connects to it as it would to a server.
//
// The engine is libchdb, a shared library that `make engine` fetches. It is
// called without cgo. A request goes through these steps, one file each:
//
//	front.go       path, method, headers, query id, body        auth.go
//	request.go     URL parameters: settings, param_NAME, options
//	compression.go Content-Encoding and decompress=1
//	statement.go   what kind of statement, where its data begins lexer.go
//	spool.go       the data of an INSERT becomes a file for the engine
//	session.go     a connection of its own, or its session's     conn.go
//	run.go         the query: streamed, or at once; cancelled    cancel.go
//	native.go      Native at the client's protocol revision      types.go
//	answer.go      compression, headers, errors, also half-way   errors.go
//
// # Delivery
//
// An INSERT is answered after the engine has stored its rows (async_insert is
// off unless the client asks for it). What was answered survives a SIGKILL of
// the process. It is written to the operating system, not forced to the disk:
// a power cut can take the last seconds, as with a ClickHouse server.
//
// # Safety
//
// Clients act as the engine's user "default", who has no grant for what is
// outside of the database: file(), url(), s3(), remote(), executable() and
// the engines of the same names are refused, as are INFILE, INTO OUTFILE,
// ATTACH … FROM, dictionaries, users, BACKUP and SYSTEM SHUTDOWN. For the
// scalar function file() the engine asks no grant, so statements that call it
// are refused by their words; inside the data of an INSERT … VALUES they are not
// seen. Pages of other sites are kept out by their Origin and Host. That keeps
// out accidents and curious clients. It is no sandbox: the engine shares the
// process's memory, so listen on loopback or set a password.
//
// # What differs from a server
//
//   - queryID() and system.processes show the engine's own ids; KILL QUERY
//     translates the ids that clients gave, and always acts as ASYNC.
//   - There are no system.*_log tables, and no cluster.
//   - FORMATs with a frame around the rows (JSON, Parquet, Arrow, Pretty, …)
//     are built in memory; the others are streamed.
//   - X-ClickHouse-Progress headers are not sent.
//   - In Native, AggregateFunction states, Dynamic and structured JSON cannot
//     be sent; a DateTime column's own time zone is not named (its instants
//     are right), a DateTime64's is.
package embedded
