package privacy

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"sync"
)

// Pseudonyms turns ids of customers into names that only the key's owner can tie
// to them. The zero value has an empty key, which anybody can guess. It is safe for
// concurrent use.
type Pseudonyms struct {
	key  []byte
	macs *sync.Pool // of hash.Hash under key: making one costs more than using it
}

// NewPseudonyms returns the pseudonyms under key: 32 bytes that ReadKey or MakeKey
// returned.
func NewPseudonyms(key []byte) Pseudonyms { return Pseudonyms{key: key, macs: &sync.Pool{}} }

// Of returns the pseudonym of id: HMAC-SHA-256 as 64 hexadecimal digits, always the
// same for the same key and id. No id has no pseudonym: "" stays "".
func (p Pseudonyms) Of(id string) string {
	if id == "" {
		return ""
	}
	mac := p.mac()
	mac.Write([]byte(id)) // never fails
	var digits [2 * sha256.Size]byte
	hex.Encode(digits[:], mac.Sum(make([]byte, 0, sha256.Size)))
	if p.macs != nil {
		mac.Reset() // nothing of an id is kept
		p.macs.Put(mac)
	}
	return string(digits[:])
}

// mac returns a hash under the key that has read nothing yet.
func (p Pseudonyms) mac() hash.Hash {
	if p.macs != nil {
		if mac, ok := p.macs.Get().(hash.Hash); ok {
			return mac
		}
	}
	return hmac.New(sha256.New, p.key)
}
