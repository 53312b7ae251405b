package modelfile_test

import (
	"bytes"
	"errors"
	"testing"

	"earshot/nlp/modelfile"
)

var (
	errForeign = errors.New("another file")
	format     = modelfile.Format{Magic: "a model 1\n", MaxDescription: 100, Foreign: errForeign}
)

type description struct{ Name string }

func written(tb testing.TB) []byte {
	tb.Helper()
	var b bytes.Buffer
	if _, err := format.Write(&b, description{"ear"}, []byte("weights "), []byte("in parts")); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	var d description
	weights, err := format.Read(written(t), &d)
	if err != nil || d.Name != "ear" || string(weights) != "weights in parts" {
		t.Errorf("%q %+v %v", weights, d, err)
	}
}

func TestEveryDamageIsFound(t *testing.T) {
	whole := written(t)
	for n := range whole {
		if _, err := format.Read(whole[:n], &description{}); err == nil {
			t.Errorf("%d of %d bytes are read", n, len(whole))
		}
		changed := bytes.Clone(whole)
		changed[n] ^= 0x20
		if _, err := format.Read(changed, &description{}); err == nil {
			t.Errorf("a file with byte %d changed is read", n)
		}
	}
	if _, err := format.Read([]byte("something else"), &description{}); !errors.Is(err, errForeign) {
		t.Errorf("%v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(written(f))
	f.Add([]byte("a model 1\n\xff\xff\xff\xff{}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if weights, err := format.Read(data, &description{}); err == nil && len(weights) > len(data) {
			t.Errorf("%d bytes of %d", len(weights), len(data))
		}
	})
}
