package privacytest

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"earshot/nlp/privacy"
)

var (
	plainly = []string{"It wants %.", "%", "I entered % and it failed.", "Your form does not take %.", "the id % was typed wrong by your clerk", "see % in my papers", "verified with %, still locked", "They asked for % again!", "on file: %"}
	asSSN   = []string{"My SSN is %.", "social security number %", "SSN: %", "they have my social (%) on a sticky note", "social security no. % is mine"}
	asNI    = []string{"my national insurance number is %", "NI number %", "NINO: %.", "insurance no %"}
	asTax   = []string{"Meine Steuer-ID ist %.", "Steueridentifikationsnummer: %", "tax id %", "IdNr. % steht im Bescheid"}
	asBSN   = []string{"mijn BSN is %", "BSN: %", "burgerservicenummer %", "my bsn (%) was on the letter"}
	asID    = []string{"national id %", "my national identity number is %.", "national ID: %", "identity number %"}
	asPass  = []string{"my passport number is %", "passport no. %", "passport: %.", "driving licence %"}
)

// weights returns the sum of the digits times their weights.
func weights(s string, w ...int) (sum int) {
	for i, x := range w {
		sum += int(s[i]-'0') * x
	}
	return sum
}

// until tries make until it makes something.
func until(try func(*rand.Rand) (string, bool)) func(*rand.Rand) string {
	return func(r *rand.Rand) string {
		for {
			if s, ok := try(r); ok {
				return s
			}
		}
	}
}

func ssn(sep string) func(*rand.Rand) string {
	return until(func(r *rand.Rand) (string, bool) {
		s := fmt.Sprintf("%03d%02d%04d", 1+r.IntN(898), 1+r.IntN(99), 1+r.IntN(9999))
		return grouped(s, sep, 3, 2), s[:3] != "666"
	})
}

func nino(sep string) func(*rand.Rand) string {
	return func(r *rand.Rand) string {
		n := digits(r, 6)
		return strings.Join([]string{pick(r, []string{"AB", "CE", "JK", "PW", "SH", "YT"}), n[:2], n[2:4], n[4:], pick(r, []string{"A", "B", "C", "D"})}, sep)
	}
}

func dni(r *rand.Rand) string {
	n := r.IntN(100_000_000)
	return fmt.Sprintf("%08d%c", n, "TRWAGMYFPDXBNJZSQVHLCKE"[n%23])
}

func nie(r *rand.Rand) string {
	lead, n := r.IntN(3), r.IntN(10_000_000)
	return fmt.Sprintf("%c%07d%c", "XYZ"[lead], n, "TRWAGMYFPDXBNJZSQVHLCKE"[(lead*10_000_000+n)%23])
}

func cpf(r *rand.Rand) string {
	s := digits(r, 9)
	for _, n := range [...]int{9, 10} {
		sum := 0
		for i := range n {
			sum += int(s[i]-'0') * (n + 1 - i)
		}
		d := 11 - sum%11
		if d > 9 {
			d = 0
		}
		s += fmt.Sprint(d)
	}
	return s
}

// nir makes a French number: sex, year, month, department, commune, order, key.
func nir(r *rand.Rand) string {
	s := fmt.Sprintf("%d%02d%02d%02d%03d%03d", 1+r.IntN(2), r.IntN(100), 1+r.IntN(12), 1+r.IntN(95), 1+r.IntN(900), 1+r.IntN(999))
	n := 0
	for _, c := range s {
		n = (n*10 + int(c-'0')) % 97
	}
	return s + fmt.Sprintf("%02d", 97-n)
}

// steuerID makes a German one: ten digits, one of which stands twice and one not at
// all, and the check digit.
func steuerID(r *rand.Rand) string {
	for {
		order := r.Perm(10)
		order[1+r.IntN(9)] = order[0]
		if order[0] == 0 || order[0] == order[1] && order[1] == order[2] {
			continue
		}
		p := 10
		s := ""
		for _, d := range order {
			s += fmt.Sprint(d)
			if p = (d + p) % 10; p == 0 {
				p = 10
			}
			p = p * 2 % 11
		}
		return s + fmt.Sprint((11-p)%10)
	}
}

var bsn = until(func(r *rand.Rand) (string, bool) {
	s := digits(r, 8)
	c := weights(s, 9, 8, 7, 6, 5, 4, 3, 2) % 11
	return s + fmt.Sprint(c), c < 10
})

// aadhaar makes an Indian number; the check digit is tried out.
var aadhaar = until(func(r *rand.Rand) (string, bool) {
	s := pick(r, []string{"2", "5", "7", "9"}) + digits(r, 10)
	for c := range 10 {
		if t := s + fmt.Sprint(c); dihedralSum(t) == 0 {
			return t, true
		}
	}
	return "", false
})

func dihedralSum(s string) int {
	product := [10]string{"0123456789", "1234067895", "2340178956", "3401289567", "4012395678", "5987604321", "6598710432", "7659821043", "8765932104", "9876543210"}
	permuted := [8]string{"0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258"}
	c := byte('0')
	for i := range len(s) {
		d := permuted[i%8][s[len(s)-1-i]-'0']
		c = product[c-'0'][d-'0']
	}
	return int(c - '0')
}

// codiceFiscale makes an Italian code; its check letter is summed by table.
func codiceFiscale(r *rand.Rand) string {
	odd := map[byte]int{'0': 1, '1': 0, '2': 5, '3': 7, '4': 9, '5': 13, '6': 15, '7': 17, '8': 19, '9': 21, 'A': 1, 'B': 0, 'C': 5, 'D': 7, 'E': 9, 'F': 13, 'G': 15, 'H': 17, 'I': 19, 'J': 21,
		'K': 2, 'L': 4, 'M': 18, 'N': 20, 'O': 11, 'P': 3, 'Q': 6, 'R': 8, 'S': 12, 'T': 14, 'U': 16, 'V': 10, 'W': 22, 'X': 25, 'Y': 24, 'Z': 23}
	s := pick(r, []string{"RSSMRA", "BNCLRA", "VRDGPP", "CNTSFO"}) + fmt.Sprintf("%02d%c%02d", r.IntN(100), "ABCDEHLMPRST"[r.IntN(12)], 1+r.IntN(31)) + fmt.Sprintf("%c%03d", "ABCDEFGHIL"[r.IntN(10)], r.IntN(1000))
	sum := 0
	for i := range len(s) {
		switch c := s[i]; {
		case i%2 == 0:
			sum += odd[c]
		case c >= 'A':
			sum += int(c - 'A')
		default:
			sum += int(c - '0')
		}
	}
	return s + string(rune('A'+sum%26))
}

func pesel(r *rand.Rand) string {
	s := fmt.Sprintf("%02d%02d%02d%04d", r.IntN(100), 1+r.IntN(12), 1+r.IntN(28), r.IntN(10000))
	return s + fmt.Sprint((10-weights(s, 1, 3, 7, 9, 1, 3, 7, 9, 1, 3)%10)%10)
}

var ids = []value{
	{kind: privacy.NationalID, carriers: plainly, write: ssn("-")}, {kind: privacy.NationalID, carriers: asSSN, write: ssn(" ")}, {kind: privacy.NationalID, carriers: asSSN, write: ssn("")},
	{kind: privacy.NationalID, carriers: plainly, write: nino(" ")}, {kind: privacy.NationalID, carriers: asNI, write: nino("")}, {kind: privacy.NationalID, carriers: asNI, write: lowered(nino(""))},
	{kind: privacy.NationalID, carriers: plainly, write: dni}, {kind: privacy.NationalID, carriers: plainly, write: nie},
	{kind: privacy.NationalID, carriers: plainly, write: func(r *rand.Rand) string { s := dni(r); return s[:8] + "-" + s[8:] }},
	{kind: privacy.NationalID, carriers: plainly, write: func(r *rand.Rand) string {
		s := cpf(r)
		return s[:3] + "." + s[3:6] + "." + s[6:9] + "-" + s[9:]
	}},
	{kind: privacy.NationalID, carriers: []string{"meu CPF é %", "CPF %", "CPF: %"}, write: cpf},
	{kind: privacy.NationalID, carriers: plainly, write: inGroups(nir, " ", 1, 2, 2, 2, 3, 3)}, {kind: privacy.NationalID, carriers: plainly, write: nir},
	{kind: privacy.NationalID, carriers: asTax, write: steuerID}, {kind: privacy.NationalID, carriers: plainly, write: inGroups(steuerID, " ", 2, 3, 3)},
	{kind: privacy.NationalID, carriers: asBSN, write: bsn}, {kind: privacy.NationalID, carriers: plainly, write: inGroups(aadhaar, " ", 4, 4)}, {kind: privacy.NationalID, carriers: []string{"aadhaar %", "my Aadhaar number is %."}, write: aadhaar},
	{kind: privacy.NationalID, carriers: plainly, write: codiceFiscale}, {kind: privacy.NationalID, carriers: []string{"PESEL %", "mój PESEL: %", "my pesel is %"}, write: pesel},
	{kind: privacy.NationalID, carriers: asPass, write: form("X########", "C0#X##T##", "5########")}, {kind: privacy.NationalID, carriers: asID, write: dni},
}
