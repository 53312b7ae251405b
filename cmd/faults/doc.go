// Package faults is the fault suite: it breaks a running earshot, and what it
// runs on, in every way that it can think of, and then compares the store row
// by row with what must be in it.
//
// Everything else here are tests with the build tag faults; `make test-faults`
// runs them and `make soak` runs them for an hour. A Case breaks something; it
// has a Rig, which is one stream of feedback with topics, a consumer group and
// a database of its own on the servers of an Env. An Earshot is a process of
// earshot on the rig. What the rig's Stream has published, its Oracle knows: it
// reads the topics with another client than the product's, works out what the
// views must say, and asks them.
//
// deploy/RELIABILITY.md keeps what was measured.
package faults
