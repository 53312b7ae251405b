package privacy

import "bytes"

var bankNumbers = []checked{
	{rule: "iban", kind: IBAN, grouped: true, lengths: []int{15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33}, sure: certainlyTwoTimes, valid: validIBAN},
	{rule: "card", kind: Card, lengths: []int{13, 14, 15, 16, 17, 18, 19}, sure: certainlyTwoTimes, asked: cueCard, valid: validCard, open: []string{
		"d", "e", "f", "g", "j", "4 4 4 4", "4-4-4-4", "4.4.4.4", "4/4/4/4", "4 6 5", "4-6-5", "4.6.5", "4 6 4", "4-6-4", "4 4 4 4 3", "4-4-4-4-3", "6 a", "6 d", "8 8", "4 4 8",
	}},
}

// ibanLengths are the lengths of IBANs by country.
var ibanLengths = map[string]int{
	"AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27, "BR": 29, "BY": 28, "CH": 21, "CR": 22,
	"CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27, "GB": 22,
	"GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30,
	"KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MN": 20, "MR": 27,
	"MT": 31, "MU": 30, "NI": 28, "NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "RU": 33,
	"SA": 24, "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "SO": 23, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29,
	"VA": 22, "VG": 24, "XK": 20, "YE": 30,
}

// validIBAN checks country, length and check digits (ISO 13616, ISO 7064 mod
// 97-10).
func validIBAN(n []byte) bool {
	if len(n) < 15 || ibanLengths[string(n[:2])] != len(n) || !allDigits(n[2:4]) {
		return false
	}
	rest := 0
	for i := range n {
		c := n[(i+4)%len(n)]
		if c >= 'A' {
			rest = (rest*100 + int(c-'A') + 10) % 97
		} else {
			rest = (rest*10 + int(c-'0')) % 97
		}
	}
	return rest == 1
}

// issuer is a range of first digits of cards and the lengths that its cards have.
type issuer struct {
	low, high int // of the first digits
	digits    int
	shortest  int
	longest   int
}

var issuers = []issuer{
	{4, 4, 1, 13, 19},           // Visa; 13, 16 and 19 digits
	{51, 55, 2, 16, 16},         // Mastercard
	{2221, 2720, 4, 16, 16},     // Mastercard
	{34, 34, 2, 15, 15},         // American Express
	{37, 37, 2, 15, 15},         // American Express
	{6011, 6011, 4, 16, 19},     // Discover
	{644, 649, 3, 16, 19},       // Discover
	{65, 65, 2, 16, 19},         // Discover
	{300, 305, 3, 14, 14},       // Diners Club
	{36, 36, 2, 14, 14},         // Diners Club
	{38, 39, 2, 14, 14},         // Diners Club
	{3528, 3589, 4, 16, 16},     // JCB
	{62, 62, 2, 16, 19},         // UnionPay
	{5018, 5018, 4, 16, 16},     // Maestro
	{5020, 5020, 4, 16, 16},     // Maestro
	{5038, 5038, 4, 16, 16},     // Maestro
	{5893, 5893, 4, 16, 16},     // Maestro
	{6304, 6304, 4, 16, 19},     // Maestro
	{6759, 6763, 4, 16, 19},     // Maestro
	{6521, 6522, 4, 16, 16},     // RuPay
	{2200, 2204, 4, 16, 19},     // Mir
	{5067, 5067, 4, 16, 16},     // Elo
	{636297, 636297, 6, 16, 16}, // Elo
}

func validCard(n []byte) bool {
	if !allDigits(n) || !luhn(n) || len(bytes.TrimRight(n, "0")) < 5 {
		return false
	}
	for _, i := range issuers {
		if first := value(n[:i.digits]); first < i.low || first > i.high || len(n) < i.shortest || len(n) > i.longest {
			continue
		}
		return i.low != 4 || len(n) == 13 || len(n) == 16 || len(n) == 19
	}
	return false
}
