package privacytest

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"

	"earshot/nlp/privacy"
)

// card makes a card number of a length that begins with one of the prefixes.
func card(length int, prefixes ...string) func(*rand.Rand) string {
	return func(r *rand.Rand) string {
		p := pick(r, prefixes)
		return withLuhn(p + digits(r, length-1-len(p)))
	}
}

// withLuhn appends the check digit: of the digits from the right, the first, third
// … are doubled.
func withLuhn(s string) string {
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 0 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	return s + fmt.Sprint((10-sum%10)%10)
}

func inGroups(write func(*rand.Rand) string, sep string, lengths ...int) func(*rand.Rand) string {
	return func(r *rand.Rand) string { return grouped(write(r), sep, lengths...) }
}

var visa, mastercard, amex = card(16, "4"), card(16, "51", "53", "55", "2221", "2655"), card(15, "34", "37")

var cards = []value{
	{kind: privacy.Card, write: inGroups(visa, " ", 4, 4, 4)}, {kind: privacy.Card, write: inGroups(mastercard, "-", 4, 4, 4)}, {kind: privacy.Card, write: visa}, {kind: privacy.Card, write: mastercard},
	{kind: privacy.Card, write: inGroups(amex, " ", 4, 6)}, {kind: privacy.Card, write: amex}, {kind: privacy.Card, write: inGroups(card(14, "36", "38", "300"), " ", 4, 6)},
	{kind: privacy.Card, write: inGroups(card(16, "6011", "65", "644"), ".", 4, 4, 4)}, {kind: privacy.Card, write: inGroups(card(16, "3530", "3566"), " ", 4, 4, 4)},
	{kind: privacy.Card, write: inGroups(card(16, "62"), "-", 4, 4, 4)}, {kind: privacy.Card, write: card(13, "4")}, {kind: privacy.Card, write: inGroups(card(19, "4"), " ", 4, 4, 4, 4)},
}

// iban makes an IBAN of a country whose account numbers have that form: 9 is a
// digit, A a letter.
func iban(country, form string) func(*rand.Rand) string {
	return func(r *rand.Rand) string {
		var account strings.Builder
		for _, c := range form {
			if c == 'A' {
				account.WriteByte(byte('A' + r.IntN(26)))
			} else {
				account.WriteByte(byte('0' + r.IntN(10)))
			}
		}
		var number strings.Builder
		for _, c := range account.String() + country + "00" {
			if c >= 'A' {
				fmt.Fprint(&number, int(c-'A')+10)
			} else {
				number.WriteRune(c)
			}
		}
		n, _ := new(big.Int).SetString(number.String(), 10)
		check := 98 - new(big.Int).Mod(n, big.NewInt(97)).Int64()
		return fmt.Sprintf("%s%02d%s", country, check, account.String())
	}
}

func fours(write func(*rand.Rand) string, sep string) func(*rand.Rand) string {
	return func(r *rand.Rand) string {
		s := write(r)
		var parts []string
		for len(s) > 4 {
			parts = append(parts, s[:4])
			s = s[4:]
		}
		return strings.Join(append(parts, s), sep)
	}
}

func lowered(write func(*rand.Rand) string) func(*rand.Rand) string {
	return func(r *rand.Rand) string { return strings.ToLower(write(r)) }
}

var ibans = []value{
	{kind: privacy.IBAN, write: iban("DE", "999999999999999999")}, {kind: privacy.IBAN, write: fours(iban("DE", "999999999999999999"), " ")},
	{kind: privacy.IBAN, write: fours(iban("GB", "AAAA99999999999999"), " ")}, {kind: privacy.IBAN, write: iban("GB", "AAAA99999999999999")},
	{kind: privacy.IBAN, write: fours(iban("FR", "99999999999AAAAAAAAAAA99"[:23]), " ")}, {kind: privacy.IBAN, write: lowered(iban("NL", "AAAA9999999999"))},
	{kind: privacy.IBAN, write: fours(iban("NL", "AAAA9999999999"), " ")}, {kind: privacy.IBAN, write: fours(iban("ES", "99999999999999999999"), "-")},
	{kind: privacy.IBAN, write: iban("IT", "A9999999999999999999999")}, {kind: privacy.IBAN, write: fours(iban("BE", "999999999999"), " ")},
	{kind: privacy.IBAN, write: fours(iban("CH", "99999999999999999"), " ")}, {kind: privacy.IBAN, write: fours(iban("PL", "999999999999999999999999"), " ")}, {kind: privacy.IBAN, write: iban("NO", "99999999999")},
}
