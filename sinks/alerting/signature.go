package alerting

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Headers of the webhook's requests.
const (
	// HeaderNotice is the ID of the notice or digest, percent-encoded. It is the same
	// whenever the same is delivered again.
	HeaderNotice = "Earshot-Notice"
	// HeaderSignature proves who has sent the request; see Verify.
	HeaderSignature = "Earshot-Signature"
)

// sign is the value of HeaderSignature for a body that is sent now.
func sign(secret, body []byte, now time.Time) string {
	t := strconv.FormatInt(now.Unix(), 10)
	return "t=" + t + ",v1=" + hex.EncodeToString(mac(secret, t, body))
}

// mac is the HMAC-SHA256 of "t.body".
func mac(secret []byte, t string, body []byte) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(t))
	h.Write([]byte{'.'})
	h.Write(body)
	return h.Sum(nil)
}

// Verify reports whether a request was sent by a Webhook that has this secret, at most
// tolerance before or after now. The header is HeaderSignature's value, the body the
// request's, byte for byte. Nil: it was.
//
// In any other language: the header is "t=SECONDS,v1=HEX"; compute the HMAC-SHA256 of
// SECONDS, a dot and the body with the secret, compare its hexadecimal form with HEX
// in constant time, and refuse SECONDS that are minutes away from now, so that nobody
// can send a recorded request again. Unknown fields are to be passed over, and one
// valid v1 among several suffices.
func Verify(secret []byte, header string, body []byte, now time.Time, tolerance time.Duration) error {
	if len(secret) == 0 {
		return errors.New("signature: there is no secret to verify it with")
	}
	var t string
	var signatures [][]byte
	for field := range strings.SplitSeq(header, ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(field), "=")
		if !ok {
			return errors.New("signature: " + HeaderSignature + " is not of the form t=…,v1=…")
		}
		switch name {
		case "t":
			if t != "" {
				return errors.New("signature: " + HeaderSignature + " has two times")
			}
			t = value
		case "v1":
			if raw, err := hex.DecodeString(value); err == nil && len(raw) == sha256.Size {
				signatures = append(signatures, raw)
			}
		}
	}
	seconds, err := strconv.ParseInt(t, 10, 64)
	if err != nil {
		return errors.New("signature: " + HeaderSignature + " has no time t in seconds")
	}
	if len(signatures) == 0 {
		return errors.New("signature: " + HeaderSignature + " has no v1 of 64 hexadecimal digits")
	}
	want, valid := mac(secret, t, body), false
	for _, s := range signatures {
		valid = hmac.Equal(s, want) || valid
	}
	if !valid {
		return errors.New("signature: it does not fit the secret and the body")
	}
	if age := now.Sub(time.Unix(seconds, 0)); age > tolerance || age < -tolerance {
		return fmt.Errorf("signature: made at %s, more than %v from now", time.Unix(seconds, 0).UTC().Format(time.RFC3339), tolerance)
	}
	return nil
}
