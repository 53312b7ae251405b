package privacy

import "strings"

var otherIDs = []checked{
	{rule: "in.aadhaar", kind: NationalID, lengths: []int{12}, open: []string{"4 4 4", "4-4-4"}, asked: cueID, sure: certainChecked, valid: func(n []byte) bool {
		return allDigits(n) && n[0] >= '2' && verhoeff(n)
	}},
	{rule: "in.pan", kind: NationalID, lengths: []int{10}, asked: cueID, sure: certainChecked, valid: func(n []byte) bool {
		return allLetters(n[:5]) && n[3] == 'P' && allDigits(n[5:9]) && allLetters(n[9:])
	}},
	{rule: "au.tfn", kind: NationalID, lengths: []int{9}, closed: true, asked: cueID, sure: certainChecked, valid: func(n []byte) bool {
		return allDigits(n) && weighed(n, 1, 4, 3, 7, 5, 8, 6, 9, 10)%11 == 0
	}},
	{rule: "au.medicare", kind: NationalID, lengths: []int{10, 11}, closed: true, asked: cueID, sure: certainChecked, valid: func(n []byte) bool {
		return allDigits(n) && n[0] >= '2' && n[0] <= '6' && weighed(n, 1, 3, 7, 9, 1, 3, 7, 9)%10 == int(n[8]-'0')
	}},
	{rule: "cn.id", kind: NationalID, lengths: []int{18}, open: []string{"i", "6 8 4"}, asked: cueID, sure: certainChecked, valid: func(n []byte) bool {
		return allDigits(n[:17]) && day(n[10:12], n[12:14]) && n[17] == "10X98765432"[weighed(n, 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)%11]
	}},
	{rule: "za.id", kind: NationalID, lengths: []int{13}, closed: true, asked: cueID, sure: certainChecked, valid: func(n []byte) bool {
		return allDigits(n) && day(n[2:4], n[4:6]) && n[10] <= '1' && luhn(n)
	}},
	{rule: "tr.tckn", kind: NationalID, lengths: []int{11}, closed: true, asked: cueID, sure: certainChecked, valid: func(n []byte) bool {
		if !allDigits(n) || n[0] == '0' {
			return false
		}
		a := (weighed(n, 7, -1, 7, -1, 7, -1, 7, -1, 7)%10 + 10) % 10
		return a == int(n[9]-'0') && weighed(n, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)%10 == int(n[10]-'0')
	}},
	{rule: "sg.nric", kind: NationalID, lengths: []int{9}, open: []string{"9"}, asked: cueID, sure: certainChecked, valid: validNRIC},
	{rule: "kr.rrn", kind: NationalID, lengths: []int{13}, open: []string{"6-7"}, asked: cueID, sure: certainChecked, valid: func(n []byte) bool {
		return allDigits(n) && day(n[2:4], n[4:6]) && (11-weighed(n, 2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)%11)%10 == int(n[12]-'0')
	}},
}

// validNRIC checks the letter of a Singaporean identity card.
func validNRIC(n []byte) bool {
	if strings.IndexByte("STFG", n[0]) < 0 || !allDigits(n[1:8]) {
		return false
	}
	sum := weighed(n[1:], 2, 7, 6, 5, 4, 3, 2)
	if n[0] == 'T' || n[0] == 'G' {
		sum += 4
	}
	if n[0] == 'S' || n[0] == 'T' {
		return n[8] == "JZIHGFEDCBA"[sum%11]
	}
	return n[8] == "XWUTRQPNMLK"[sum%11]
}

// verhoeff tells whether the check digit of Verhoeff's scheme, which adds in the
// group of a pentagon's symmetries, is right.
func verhoeff(n []byte) bool {
	c := 0
	for i := range n {
		d := int(n[len(n)-1-i] - '0')
		for range i % 8 {
			d = int("1576283094"[d] - '0')
		}
		c = dihedral(c, d)
	}
	return c == 0
}

// dihedral multiplies two symmetries of a pentagon: 0 to 4 are turns, 5 to 9 are
// mirrored.
func dihedral(a, b int) int {
	switch {
	case a < 5 && b < 5:
		return (a + b) % 5
	case a < 5:
		return (a+b-5)%5 + 5
	case b < 5:
		return (a-5-b+5)%5 + 5
	}
	return (a - b + 5) % 5
}
