//go:build !race

package effect

// slower is by how much fewer runs simulations make.
const slower = 1
