package privacy

import "strings"

var europeanIDs = []checked{
	{rule: "gb.nino", kind: NationalID, lengths: []int{9}, asked: cueID, sure: certainChecked, valid: validNINO},
	{rule: "gb.nhs", kind: NationalID, lengths: []int{10}, closed: true, asked: cueID, sure: certainChecked, valid: func(n []byte) bool {
		return allDigits(n) && !uniform(n) && (11-weighed(n, 10, 9, 8, 7, 6, 5, 4, 3, 2)%11)%11 == int(n[9]-'0')
	}},
	{rule: "de.steuerid", kind: NationalID, lengths: []int{11}, open: []string{"2 3 3 3"}, asked: cueID, sure: certainChecked, valid: validSteuerID},
	{rule: "de.versicherung", kind: NationalID, lengths: []int{12}, asked: cueID, sure: certainChecked, valid: validVersicherung},
	{rule: "es.dni", kind: NationalID, lengths: []int{9}, asked: cueID, sure: certainChecked, valid: validDNI},
	{rule: "it.codice_fiscale", kind: NationalID, lengths: []int{16}, asked: cueID, sure: certainlyTwoTimes, valid: validCodiceFiscale},
	{rule: "fr.nir", kind: NationalID, lengths: []int{15}, open: []string{"f", "d 2", "1 2 2 2 3 3 2", "1-2-2-2-3-3-2", "1.2.2.2.3.3.2", "1 2 2 2 3 3-2"}, asked: cueID, sure: certainlyTwoTimes, valid: validNIR},
	{rule: "nl.bsn", kind: NationalID, lengths: []int{9}, closed: true, asked: cueID, sure: certainChecked, valid: func(n []byte) bool {
		return allDigits(n) && !uniform(n) && weighed(n, 9, 8, 7, 6, 5, 4, 3, 2, -1)%11 == 0
	}},
	{rule: "be.rijksregister", kind: NationalID, lengths: []int{11}, open: []string{"2.2.2-3.2", "2.2.2-3-2", "6-3-2", "2.2.2.3.2"}, asked: cueID, sure: certainChecked, valid: func(n []byte) bool {
		return allDigits(n) && (97-value(n[:9])%97 == value(n[9:]) || 97-(2_000_000_000+value(n[:9]))%97 == value(n[9:]))
	}},
	{rule: "pl.pesel", kind: NationalID, lengths: []int{11}, closed: true, asked: cueID, sure: certainChecked, valid: func(n []byte) bool {
		return allDigits(n) && weighed(n, 1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)%10 == 0 && value(n[4:6]) <= 31
	}},
	{rule: "pt.nif", kind: NationalID, lengths: []int{9}, closed: true, asked: cueID, sure: certainChecked, valid: func(n []byte) bool {
		return allDigits(n) && (11-weighed(n, 9, 8, 7, 6, 5, 4, 3, 2)%11)%11%10 == int(n[8]-'0')
	}},
	{rule: "se.personnummer", kind: NationalID, lengths: []int{10, 12}, open: []string{"6-4", "8-4"}, asked: cueID, sure: certainChecked, valid: func(n []byte) bool {
		n = n[len(n)-10:]
		return allDigits(n) && day(n[2:4], n[4:6]) && luhn(n)
	}},
	{rule: "dk.cpr", kind: NationalID, lengths: []int{10}, closed: true, asked: cueID, sure: certainChecked, valid: func(n []byte) bool {
		return allDigits(n) && day(n[2:4], n[:2])
	}},
	{rule: "fi.hetu", kind: NationalID, lengths: []int{10}, open: []string{"6-4"}, asked: cueID, sure: certainChecked, valid: validHETU},
	{rule: "no.fodselsnummer", kind: NationalID, lengths: []int{11}, open: []string{"6 5"}, asked: cueID, sure: certainChecked, valid: func(n []byte) bool {
		return allDigits(n) && day(n[2:4], n[:2]) && weighed(n, 3, 7, 6, 1, 8, 9, 4, 5, 2, 1)%11 == 0 && weighed(n, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)%11 == 0
	}},
	{rule: "ch.ahv", kind: NationalID, lengths: []int{13}, open: []string{"3.4.4.2"}, asked: cueID, sure: certainChecked, valid: func(n []byte) bool {
		return allDigits(n) && string(n[:3]) == "756" && weighed(n, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1)%10 == 0
	}},
	{rule: "at.svnr", kind: NationalID, lengths: []int{10}, closed: true, asked: cueID, sure: certainChecked, valid: func(n []byte) bool {
		return allDigits(n) && weighed(n, 3, 7, 9, 0, 5, 8, 4, 2, 1, 6)%11 == int(n[3]-'0')
	}},
	{rule: "ie.pps", kind: NationalID, lengths: []int{8, 9}, asked: cueID, sure: certainChecked, valid: validPPS},
}

// validNINO checks the shape of a British national insurance number. It has no
// check digit, but prefixes that are never given out.
func validNINO(n []byte) bool {
	if !allLetters(n[:2]) || !allDigits(n[2:8]) || n[8] < 'A' || n[8] > 'D' {
		return false
	}
	return strings.IndexByte("DFIQUV", n[0]) < 0 && strings.IndexByte("DFIOQUV", n[1]) < 0 && !strings.Contains("BG GB KN NK NT TN ZZ", string(n[:2]))
}

// validSteuerID checks a German tax number: ISO 7064 mod 11,10, and of its first
// ten digits exactly one stands there twice or three times.
func validSteuerID(n []byte) bool {
	if !allDigits(n) || n[0] == '0' {
		return false
	}
	var times [10]int
	product := 10
	for _, c := range n[:10] {
		times[c-'0']++
		sum := (int(c-'0') + product) % 10
		if sum == 0 {
			sum = 10
		}
		product = 2 * sum % 11
	}
	repeated := 0
	for _, t := range times {
		if t > 3 {
			return false
		}
		if t > 1 {
			repeated++
		}
	}
	return repeated == 1 && (11-product)%10 == int(n[10]-'0')
}

// validVersicherung checks a German pension insurance number: area, birthday,
// initial, serial, check digit.
func validVersicherung(n []byte) bool {
	if !allDigits(n[:8]) || !allLetters(n[8:9]) || !allDigits(n[9:]) || !day(n[4:6], n[2:4]) {
		return false
	}
	var d [13]int
	letter := int(n[8]-'A') + 1
	for i := range 8 {
		d[i] = int(n[i] - '0')
	}
	d[8], d[9], d[10], d[11] = letter/10, letter%10, int(n[9]-'0'), int(n[10]-'0')
	sum := 0
	for i, w := range [...]int{2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1} {
		sum += d[i]*w/10 + d[i]*w%10
	}
	return sum%10 == int(n[11]-'0')
}

// validDNI checks the letter of a Spanish DNI, or of a foreigner's NIE.
func validDNI(n []byte) bool {
	number, lead := n[:8], 0
	if i := strings.IndexByte("XYZ", n[0]); i >= 0 {
		number, lead = n[1:8], i*10_000_000
	}
	return allDigits(number) && n[8] == "TRWAGMYFPDXBNJZSQVHLCKE*"[(lead+value(number))%23]
}

// validCodiceFiscale checks the shape and the check letter of an Italian tax code.
// Letters may stand for digits where two people would have the same code.
func validCodiceFiscale(n []byte) bool {
	const odd = "BAKPLCQDREVOSFTGUHMINJWZYX" // their places are the values
	for i, c := range n {
		letter := c >= 'A'
		switch i {
		case 0, 1, 2, 3, 4, 5, 8, 11, 15:
			if !letter {
				return false
			}
		default:
			if letter && strings.IndexByte("LMNPQRSTUV", c) < 0 {
				return false
			}
		}
	}
	if strings.IndexByte("ABCDEHLMPRST", n[8]) < 0 {
		return false
	}
	sum := 0
	for i, c := range n[:15] {
		v := int(c - 'A')
		if c < 'A' {
			v = int(c - '0')
		}
		if i%2 == 0 {
			v = strings.IndexByte(odd, byte('A'+v))
		}
		sum += v
	}
	return int(n[15]-'A') == sum%26
}

// validNIR checks the key of a French social security number.
func validNIR(n []byte) bool {
	var d [15]byte
	copy(d[:], n)
	less := 0
	if d[5] == '2' && (d[6] == 'A' || d[6] == 'B') { // Corsica
		less = 1_000_000 * int(d[6]-'A'+1)
		d[6] = '0'
	}
	if !allDigits(d[:]) || strings.IndexByte("123478", d[0]) < 0 {
		return false
	}
	if m := value(d[3:5]); m == 0 || m > 12 && m < 20 || m > 42 && m < 50 {
		return false
	}
	return 97-(value(d[:13])-less)%97 == value(d[13:])
}

// validHETU checks a Finnish identity code; the sign of the century is not among
// its digits.
func validHETU(n []byte) bool {
	return allDigits(n[:9]) && day(n[2:4], n[:2]) && n[9] == "0123456789ABCDEFHJKLMNPRSTUVWXY"[value(n[:9])%31]
}

// validPPS checks the letter of an Irish public service number.
func validPPS(n []byte) bool {
	if !allDigits(n[:7]) || n[7] < 'A' || n[7] > 'W' {
		return false
	}
	sum := weighed(n, 8, 7, 6, 5, 4, 3, 2)
	if len(n) == 9 {
		if n[8] != 'W' && (n[8] < 'A' || n[8] > 'I') {
			return false
		}
		if n[8] != 'W' {
			sum += 9 * int(n[8]-'A'+1)
		}
	}
	return n[7] == "WABCDEFGHIJKLMNOPQRSTUV"[sum%23]
}
