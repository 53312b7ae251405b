//go:build race

package watch

// slower is by how much fewer runs simulations make: the race detector makes each run as
// much slower, and it is after races, not shares.
const slower = 8
