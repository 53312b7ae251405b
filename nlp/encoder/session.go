package encoder

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"unsafe"
)

// MaxIDs is the most ids that Run takes: the positions that BERT models know.
const MaxIDs = 512

const maxRank = 8 // dimensions of an output

var errClosed = errors.New("ONNX Runtime: the session is closed")

// Session is a model that is ready to run. Any number of goroutines may run
// it at a time; each run uses its caller's thread and as many more as the
// session was loaded with.
type Session struct {
	r       *Runtime
	mask    bool // the model asks for attention_mask
	outputs map[string]*byte
	inNames [2]*byte

	mu     sync.RWMutex // held for reading by runs
	handle unsafe.Pointer
}

// Output is one of a model's results. The caller sets Name; Run sets the rest
// and uses Data's memory again where it is large enough.
type Output struct {
	Name  string
	Shape []int64 // the first is the batch, which is 1
	Data  []float32
}

// Load makes a session of a model in ONNX's format. The model must take
// input_ids (and may take attention_mask), int64 of two dimensions, and give
// logits of floats; what it gives besides can be asked for in Run. threads
// are the processor cores that one run may use, 1 where many run at a time.
//
// The bytes are not needed afterwards. An error is one line; a model that is
// damaged or another one gives an error and nothing worse.
func (r *Runtime) Load(model []byte, threads int) (*Session, error) {
	if threads < 1 {
		return nil, fmt.Errorf("model: it cannot run on %d threads: at least 1", threads)
	}
	if len(model) == 0 {
		return nil, errors.New("model: it is empty: fetch or build the model again")
	}
	if err := r.opened(); err != nil {
		return nil, err
	}
	s, err := r.load(model, threads)
	if err != nil {
		r.gone()
		return nil, err
	}
	return s, nil
}

func (r *Runtime) load(model []byte, threads int) (*Session, error) {
	a := &r.api
	var options unsafe.Pointer
	if err := a.check(a.createOptions(&options)); err != nil {
		return nil, err
	}
	defer a.releaseOptions(options)
	// Denormals are left as they are: the switch would stay on for the thread
	// that loads, which is Go's to use for other things.
	for _, st := range []status{
		a.setOptimization(options, optimizeAll),
		a.setIntraThreads(options, int32(threads)),
		a.setInterThreads(options, 1),
		// Patterns keep a plan of the memory for every length of text that has
		// come by. The arena stays: without it 8 runs at a time hold 210 MB
		// in malloc's own pools, with it 115 MB.
		a.disablePattern(options),
		// Threads that wait for work would burn their core.
		a.setOption(options, cString("session.intra_op.allow_spinning"), cString("0")),
	} {
		if err := a.check(st); err != nil {
			return nil, err
		}
	}
	s := &Session{r: r, outputs: map[string]*byte{}}
	if err := a.check(a.createSession(r.env, &model[0], uintptr(len(model)), options, &s.handle)); err != nil {
		return nil, fmt.Errorf("model: it is damaged, or not of a kind that ONNX Runtime %s reads (%w): fetch or build the model again", r.version, err)
	}
	if err := s.inspect(); err != nil {
		a.releaseSession(s.handle)
		return nil, fmt.Errorf("model: it is not one of earshot's: %w", err)
	}
	return s, nil
}

// inspect reads what the model takes and gives, and refuses what Run could
// not serve.
func (s *Session) inspect() error {
	a := &s.r.api
	var n uintptr
	if err := a.check(a.inputs(s.handle, &n)); err != nil {
		return err
	}
	ids := false
	for i := range n {
		name, element, shape, err := s.describe(i, a.inputName, a.inputType)
		switch {
		case err != nil:
			return err
		case name != "input_ids" && name != "attention_mask":
			return fmt.Errorf("it takes %q, where input_ids and attention_mask are given", name)
		case element != elementInt64 || len(shape) != 2:
			return fmt.Errorf("its %s is not of int64 in two dimensions", name)
		case name == "input_ids":
			ids = true
		default:
			s.mask = true
		}
	}
	if !ids {
		return errors.New("it takes no input_ids")
	}
	s.inNames = [2]*byte{cString("input_ids"), cString("attention_mask")}
	if err := a.check(a.outputs(s.handle, &n)); err != nil {
		return err
	}
	for i := range n {
		name, element, shape, err := s.describe(i, a.outputName, a.outputType)
		if err != nil {
			return err
		}
		if element == elementFloat && len(shape) <= maxRank {
			s.outputs[name] = cString(name)
		}
		if name == "logits" && (element != elementFloat || len(shape) != 2) {
			return errors.New("its logits are not of floats in two dimensions")
		}
	}
	if !s.Has("logits") {
		return errors.New("it gives no logits")
	}
	return nil
}

// describe reads one input or output: element 0 is no tensor.
func (s *Session) describe(i uintptr,
	nameOf func(unsafe.Pointer, uintptr, unsafe.Pointer, *unsafe.Pointer) status,
	typeOf func(unsafe.Pointer, uintptr, *unsafe.Pointer) status,
) (name string, element int32, shape []int64, err error) {
	a := &s.r.api
	var text, info, tensor unsafe.Pointer
	if err := a.check(nameOf(s.handle, i, s.r.heap, &text)); err != nil {
		return "", 0, nil, err
	}
	name = goString(text)
	if err := a.check(a.free(s.r.heap, text)); err != nil {
		return "", 0, nil, err
	}
	if err := a.check(typeOf(s.handle, i, &info)); err != nil {
		return "", 0, nil, err
	}
	defer a.releaseType(info)
	var kind int32
	if err := a.check(a.kind(info, &kind)); err != nil || kind != typeTensor {
		return name, 0, nil, err
	}
	if err := a.check(a.tensorOf(info, &tensor)); err != nil {
		return "", 0, nil, err
	}
	element, shape, err = s.r.shape(tensor, nil)
	return name, element, shape, err
}

// shape reads a description of a tensor; shape is used again.
func (r *Runtime) shape(tensor unsafe.Pointer, shape []int64) (int32, []int64, error) {
	a := &r.api
	var element int32
	if err := a.check(a.element(tensor, &element)); err != nil {
		return 0, nil, err
	}
	var rank uintptr
	if err := a.check(a.rank(tensor, &rank)); err != nil {
		return 0, nil, err
	}
	shape = append(shape[:0], make([]int64, rank)...)
	if rank == 0 {
		return element, shape, nil
	}
	return element, shape, a.check(a.dimensions(tensor, &shape[0], rank))
}

// Has reports whether the model gives an output of floats of that name.
func (s *Session) Has(output string) bool { return s.outputs[output] != nil }

// call is the memory that C reads and writes during one run.
type call struct {
	pin      runtime.Pinner
	shape    [2]int64
	in, out  []unsafe.Pointer
	outNames []*byte
}

// ones is the attention mask of every text: nothing is padded.
var ones = func() (mask [MaxIDs]int64) {
	for i := range mask {
		mask[i] = 1
	}
	return mask
}()

// Run computes the outputs for one text of 1 to MaxIDs ids. It takes no
// batches: a quantised model's results would depend on the texts beside it,
// and a text is to have one result. Errors are for ids or names that the
// model does not know, or a closed session.
func (s *Session) Run(ids []int64, outputs []Output) error {
	if len(ids) < 1 || len(ids) > MaxIDs {
		return fmt.Errorf("model: a text has 1 to %d ids, not %d", MaxIDs, len(ids))
	}
	if len(outputs) == 0 {
		return errors.New("model: no output is asked for")
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.handle == nil {
		return errClosed
	}
	c := &call{shape: [2]int64{1, int64(len(ids))}, in: make([]unsafe.Pointer, 2), out: make([]unsafe.Pointer, len(outputs)), outNames: make([]*byte, len(outputs))}
	for i, o := range outputs {
		if c.outNames[i] = s.outputs[o.Name]; c.outNames[i] == nil {
			return fmt.Errorf("model: it gives no %q", o.Name)
		}
	}
	defer s.release(c)
	return s.run(c, ids, outputs)
}

func (s *Session) run(c *call, ids []int64, outputs []Output) error {
	a := &s.r.api
	// The tensors point to ids and mask, and the lists to the names, beyond
	// the calls that they are handed to.
	for _, p := range []any{&ids[0], &ones[0], s.inNames[0], s.inNames[1], &c.in[0], &c.out[0], &c.outNames[0]} {
		c.pin.Pin(p)
	}
	for _, name := range c.outNames {
		c.pin.Pin(name)
	}
	n := 1
	bytes := uintptr(len(ids)) * unsafe.Sizeof(ids[0])
	if err := a.check(a.createTensor(s.r.memory, unsafe.Pointer(&ids[0]), bytes, &c.shape[0], 2, elementInt64, &c.in[0])); err != nil {
		return err
	}
	if s.mask {
		n = 2
		if err := a.check(a.createTensor(s.r.memory, unsafe.Pointer(&ones[0]), bytes, &c.shape[0], 2, elementInt64, &c.in[1])); err != nil {
			return err
		}
	}
	if err := a.check(a.run(s.handle, nil, unsafe.Pointer(&s.inNames[0]), unsafe.Pointer(&c.in[0]), uintptr(n),
		unsafe.Pointer(&c.outNames[0]), uintptr(len(c.outNames)), unsafe.Pointer(&c.out[0]))); err != nil {
		return err
	}
	for i := range outputs {
		if err := s.copyOut(c.out[i], &outputs[i]); err != nil {
			return err
		}
	}
	return nil
}

// copyOut copies a tensor into Go's memory.
func (s *Session) copyOut(value unsafe.Pointer, o *Output) error {
	a := &s.r.api
	var tensor, data unsafe.Pointer
	if err := a.check(a.shapeOf(value, &tensor)); err != nil {
		return err
	}
	defer a.releaseShape(tensor)
	element, shape, err := s.r.shape(tensor, o.Shape)
	if err != nil {
		return err
	}
	if element != elementFloat {
		return fmt.Errorf("model: its %s is not of floats", o.Name)
	}
	var n uintptr
	if err := a.check(a.elementsCount(tensor, &n)); err != nil {
		return err
	}
	o.Shape, o.Data = shape, o.Data[:0]
	if n == 0 {
		return nil
	}
	if err := a.check(a.data(value, &data)); err != nil {
		return err
	}
	o.Data = append(o.Data, unsafe.Slice((*float32)(data), n)...)
	return nil
}

// release gives back what a run has made.
func (s *Session) release(c *call) {
	for _, values := range [][]unsafe.Pointer{c.in, c.out} {
		for _, v := range values {
			if v != nil {
				s.r.api.releaseValue(v)
			}
		}
	}
	c.pin.Unpin()
}

// Close waits for the runs under way and frees the model. Runs that come
// later give an error; closing twice is none.
func (s *Session) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.handle == nil {
		return
	}
	s.r.api.releaseSession(s.handle)
	s.handle = nil
	s.r.gone()
}
