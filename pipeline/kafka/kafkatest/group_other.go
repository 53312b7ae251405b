//go:build unix && !linux

package kafkatest

import "syscall"

// ownGroup puts a process into a group of its own. Only Linux can also end it
// with its parent.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
