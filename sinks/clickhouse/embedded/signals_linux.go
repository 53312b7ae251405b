package embedded

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// keepSignals runs call and puts every signal handler back that it changed.
//
// The first connection to the engine takes over the process's signals: with
// its handlers Ctrl-C would not reach earshot, and a nil pointer in a
// goroutine would not be a panic but the end of the process. The engine can be
// told to leave signals alone (chdb_set_signal_handlers_enabled), but then it
// sets those of faults to their defaults, with every connection. So it may
// install its handlers, once, and they are taken back.
func keepSignals(call func()) {
	const signals, size = 64, 8 // size of the kernel's signal set
	var before [signals + 1]kernelAction
	for n := 1; n <= signals; n++ {
		_, _, _ = unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(n), 0, uintptr(unsafe.Pointer(&before[n])), size, 0, 0)
	}
	call()
	for n := 1; n <= signals; n++ {
		var after kernelAction
		_, _, _ = unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(n), 0, uintptr(unsafe.Pointer(&after)), size, 0, 0)
		if after != before[n] {
			_, _, _ = unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(n), uintptr(unsafe.Pointer(&before[n])), 0, size, 0, 0)
		}
	}
}

// kernelAction is large enough for the kernel's sigaction on any machine; it
// is only kept and given back.
type kernelAction [64]byte
