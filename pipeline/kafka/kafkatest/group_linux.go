package kafkatest

import "syscall"

// ownGroup puts a process into a group of its own, which a Ctrl-C in the
// terminal does not reach, and ends it with its parent, however that ends.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
