package encoder

import (
	"errors"
	"strings"
	"unsafe"

	"github.com/ebitengine/purego"
)

// apiVersion is the interface that is asked for: that of ONNX Runtime 1.17,
// which has all that is called here. Later libraries serve it too: its table
// of functions only ever grows at its end.
const apiVersion = 17

// Values of the C interface.
const (
	logFatal         = 4  // OrtLoggingLevel: errors come as statuses, nothing goes to stderr
	optimizeAll      = 99 // GraphOptimizationLevel
	allocatorDefault = 0  // OrtMemType
	deviceAllocator  = 0  // OrtAllocatorType
	typeTensor       = 1  // ONNXType
	elementFloat     = 1  // ONNXTensorElementDataType
	elementInt64     = 7
)

// status is an OrtStatus of C: nil for success. Handles are C pointers.
type status = unsafe.Pointer

// api is the table of the C functions that this package calls. C++ exceptions
// do not leave them: they come back as statuses.
type api struct {
	errorMessage  func(status) unsafe.Pointer
	releaseStatus func(status)

	createEnv    func(level int32, id *byte, out *unsafe.Pointer) status
	releaseEnv   func(env unsafe.Pointer)
	createMemory func(allocator, memory int32, out *unsafe.Pointer) status
	allocator    func(out *unsafe.Pointer) status // the default one, which nobody releases
	free         func(allocator, p unsafe.Pointer) status

	createOptions   func(out *unsafe.Pointer) status
	releaseOptions  func(options unsafe.Pointer)
	setOptimization func(options unsafe.Pointer, level int32) status
	setIntraThreads func(options unsafe.Pointer, n int32) status
	setInterThreads func(options unsafe.Pointer, n int32) status
	disablePattern  func(options unsafe.Pointer) status
	setOption       func(options unsafe.Pointer, key, value *byte) status

	createSession  func(env unsafe.Pointer, model *byte, size uintptr, options unsafe.Pointer, out *unsafe.Pointer) status
	releaseSession func(session unsafe.Pointer)
	inputs         func(session unsafe.Pointer, n *uintptr) status
	outputs        func(session unsafe.Pointer, n *uintptr) status
	inputName      func(session unsafe.Pointer, i uintptr, allocator unsafe.Pointer, out *unsafe.Pointer) status
	outputName     func(session unsafe.Pointer, i uintptr, allocator unsafe.Pointer, out *unsafe.Pointer) status
	inputType      func(session unsafe.Pointer, i uintptr, out *unsafe.Pointer) status
	outputType     func(session unsafe.Pointer, i uintptr, out *unsafe.Pointer) status
	releaseType    func(info unsafe.Pointer)
	kind           func(info unsafe.Pointer, out *int32) status
	tensorOf       func(info unsafe.Pointer, out *unsafe.Pointer) status // belongs to info
	run            func(session, options, inNames, in unsafe.Pointer, nIn uintptr, outNames unsafe.Pointer, nOut uintptr, out unsafe.Pointer) status

	createTensor  func(memory unsafe.Pointer, data unsafe.Pointer, bytes uintptr, shape *int64, rank uintptr, element int32, out *unsafe.Pointer) status
	releaseValue  func(value unsafe.Pointer)
	data          func(value unsafe.Pointer, out *unsafe.Pointer) status
	shapeOf       func(value unsafe.Pointer, out *unsafe.Pointer) status
	releaseShape  func(shape unsafe.Pointer)
	element       func(shape unsafe.Pointer, out *int32) status
	rank          func(shape unsafe.Pointer, out *uintptr) status
	dimensions    func(shape unsafe.Pointer, out *int64, rank uintptr) status
	elementsCount func(shape unsafe.Pointer, out *uintptr) status
}

// bind fills the table from C's, whose places are those of OrtApi in
// onnxruntime_c_api.h.
func (a *api) bind(table unsafe.Pointer) {
	for _, f := range []struct {
		place int
		fn    any
	}{
		{2, &a.errorMessage},
		{3, &a.createEnv},
		{8, &a.createSession},
		{9, &a.run},
		{10, &a.createOptions},
		{17, &a.disablePattern},
		{23, &a.setOptimization},
		{24, &a.setIntraThreads},
		{25, &a.setInterThreads},
		{30, &a.inputs},
		{31, &a.outputs},
		{33, &a.inputType},
		{34, &a.outputType},
		{36, &a.inputName},
		{37, &a.outputName},
		{49, &a.createTensor},
		{51, &a.data},
		{55, &a.tensorOf},
		{56, &a.kind},
		{60, &a.element},
		{61, &a.rank},
		{62, &a.dimensions},
		{64, &a.elementsCount},
		{65, &a.shapeOf},
		{69, &a.createMemory},
		{76, &a.free},
		{78, &a.allocator},
		{92, &a.releaseEnv},
		{93, &a.releaseStatus},
		{95, &a.releaseSession},
		{96, &a.releaseValue},
		{98, &a.releaseType},
		{99, &a.releaseShape},
		{100, &a.releaseOptions},
		{130, &a.setOption},
	} {
		purego.RegisterFunc(f.fn, *(*uintptr)(unsafe.Add(table, uintptr(f.place)*unsafe.Sizeof(uintptr(0)))))
	}
}

// check turns a status into an error of one line.
func (a *api) check(s status) error {
	if s == nil {
		return nil
	}
	defer a.releaseStatus(s)
	message := strings.Join(strings.Fields(goString(a.errorMessage(s))), " ")
	const most = 300
	if len(message) > most {
		message = strings.ToValidUTF8(message[:most], "") + " …"
	}
	return errors.New("ONNX Runtime: " + message)
}

// goString copies a C string.
func goString(p unsafe.Pointer) string {
	if p == nil {
		return ""
	}
	n := 0
	for *(*byte)(unsafe.Add(p, n)) != 0 {
		n++
	}
	return string(unsafe.Slice((*byte)(p), n))
}

// cString is a string for C, in Go's memory.
func cString(s string) *byte {
	return &append([]byte(s), 0)[0]
}
