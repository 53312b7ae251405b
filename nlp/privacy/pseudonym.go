package privacy

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
)

// Pseudonyms turns ids of customers into names that only the key's owner can tie
// to them. The zero value has an empty key, which anybody can guess.
type Pseudonyms struct{ key []byte }

// NewPseudonyms returns the pseudonyms under key: 32 bytes that ReadKey or MakeKey
// returned.
func NewPseudonyms(key []byte) Pseudonyms { return Pseudonyms{key} }

// Of returns the pseudonym of id: HMAC-SHA-256 as 64 hexadecimal digits, always the
// same for the same key and id. No id has no pseudonym: "" stays "".
func (p Pseudonyms) Of(id string) string {
	if id == "" {
		return ""
	}
	mac := hmac.New(sha256.New, p.key)
	mac.Write([]byte(id)) // never fails
	return hex.EncodeToString(mac.Sum(nil))
}
