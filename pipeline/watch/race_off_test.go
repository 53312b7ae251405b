//go:build !race

package watch

// slower is by how much fewer runs simulations make.
const slower = 1
