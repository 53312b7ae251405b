package alerting

import (
	"strings"
	"testing"
	"time"
)

func TestASignatureIsVerified(t *testing.T) {
	secret, body := []byte("not much of a secret"), []byte(`{"id":"1"}`)
	// Computed with openssl dgst -sha256 -hmac.
	const known = "t=1772625600,v1=1fad12fbf43487cb21c8fa311dc42b81507a522704993d4d7d8e023a7b7e2245"
	header := sign(secret, body, noon)
	for _, tt := range []struct {
		name, header, body, secret, want string
		now                              time.Time
	}{
		{"now", header, string(body), string(secret), "", noon},
		{"by another program", known, string(body), string(secret), "", noon},
		{"late, but not too late", header, string(body), string(secret), "", noon.Add(5 * time.Minute)},
		{"among others, with spaces", "t=1772625600, v0=x, v1=" + strings.Repeat("00", 32) + ", " + header[13:], string(body), string(secret), "", noon},
		{"too late", header, string(body), string(secret), "made at 2026-03-04T12:00:00Z", noon.Add(6 * time.Minute)},
		{"too early", header, string(body), string(secret), "made at", noon.Add(-6 * time.Minute)},
		{"another body", header, string(body) + " ", string(secret), "does not fit", noon},
		{"another secret", header, string(body), "guessed", "does not fit", noon},
		{"no secret", header, string(body), "", "no secret", noon},
		{"another time", "t=1772625601" + header[12:], string(body), string(secret), "does not fit", noon},
		{"two times", header + ",t=1772625600", string(body), string(secret), "two times", noon},
		{"empty", "", string(body), string(secret), "not of the form", noon},
		{"no time", header[13:], string(body), string(secret), "no time", noon},
		{"no signature", "t=1772625600", string(body), string(secret), "no v1", noon},
		{"half a signature", header[:40], string(body), string(secret), "no v1", noon},
	} {
		err := Verify([]byte(tt.secret), tt.header, []byte(tt.body), tt.now, 5*time.Minute)
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func FuzzVerify(f *testing.F) {
	secret, body := []byte("secret"), []byte("body")
	f.Add(sign(secret, body, noon), body)
	f.Add("t=1772625600,v1="+strings.Repeat("00", 32), []byte{})
	f.Add("t=-9223372036854775808,v1=,=,", []byte("x"))
	f.Fuzz(func(t *testing.T, header string, other []byte) {
		if Verify(secret, header, other, noon, time.Minute) == nil {
			if Verify([]byte("guessed"), header, other, noon, time.Minute) == nil || Verify(secret, header, append(other, 'x'), noon, time.Minute) == nil {
				t.Errorf("%q is taken for a signature of anything", header)
			}
		}
		if err := Verify(secret, sign(secret, other, noon), other, noon, time.Minute); err != nil {
			t.Errorf("of %q: %v", other, err)
		}
	})
}
