//go:build !linux

package embedded

import (
	"unsafe"

	"github.com/ebitengine/purego"
)

// keepSignals runs call and puts every signal handler back that it changed;
// signals_linux.go says why.
func keepSignals(call func()) {
	sym, err := purego.Dlsym(purego.RTLD_DEFAULT, "sigaction")
	if err != nil {
		call()
		return
	}
	var sigaction func(n int32, set, old unsafe.Pointer) int32
	purego.RegisterFunc(&sigaction, sym)
	const signals = 31
	var before [signals + 1][64]byte // larger than any sigaction
	for n := int32(1); n <= signals; n++ {
		sigaction(n, nil, unsafe.Pointer(&before[n]))
	}
	call()
	for n := int32(1); n <= signals; n++ {
		var after [64]byte
		if sigaction(n, nil, unsafe.Pointer(&after)); after != before[n] {
			sigaction(n, unsafe.Pointer(&before[n]), nil)
		}
	}
}
