package privacy

var americanIDs = []checked{
	{rule: "us.ssn", kind: NationalID, lengths: []int{9}, open: []string{"3-2-4"}, asked: cueID, sure: certainChecked, valid: validSSN},
	{rule: "ca.sin", kind: NationalID, lengths: []int{9}, closed: true, asked: cueID, sure: certainChecked, valid: func(n []byte) bool {
		return allDigits(n) && n[0] != '0' && n[0] != '8' && luhn(n)
	}},
	{rule: "br.cpf", kind: NationalID, lengths: []int{11}, open: []string{"3.3.3-2", "3.3.3.2", "3.3.3/2"}, asked: cueID, sure: certainChecked, valid: validCPF},
	{rule: "mx.curp", kind: NationalID, lengths: []int{18}, asked: cueID, sure: certainlyTwoTimes, valid: validCURP},
	{rule: "cl.rut", kind: NationalID, lengths: []int{8, 9}, open: []string{"2.3.3-1", "1.3.3-1"}, asked: cueID, sure: certainChecked, valid: validRUT},
}

// validSSN checks a US social security number (areas 000, 666 and 9xx, group 00
// and serial 0000 are never given out), or a taxpayer number for those who have
// none (9xx with certain groups).
func validSSN(n []byte) bool {
	if !allDigits(n) {
		return false
	}
	area, group, serial := value(n[:3]), value(n[3:5]), value(n[5:])
	if area >= 900 {
		return group >= 50 && group <= 65 || group >= 70 && group <= 88 || group >= 90 && group != 93
	}
	return area != 0 && area != 666 && group != 0 && serial != 0
}

// validCPF checks the two check digits of a Brazilian taxpayer.
func validCPF(n []byte) bool {
	if !allDigits(n) || uniform(n) {
		return false
	}
	a := weighed(n, 10, 9, 8, 7, 6, 5, 4, 3, 2) * 10 % 11 % 10
	b := weighed(n, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2) * 10 % 11 % 10
	return a == int(n[9]-'0') && b == int(n[10]-'0')
}

// validCURP checks the shape and check digit of a Mexican population number.
func validCURP(n []byte) bool {
	const values = "0123456789ABCDEFGHIJKLMN?OPQRSTUVWXYZ" // the ? is for Ñ
	if !allLetters(n[:4]) || !allDigits(n[4:10]) || !day(n[6:8], n[8:10]) || n[10] != 'H' && n[10] != 'M' || !allLetters(n[11:16]) || !allDigits(n[17:]) {
		return false
	}
	sum := 0
	for i := range 17 {
		at := 0
		for at < len(values) && values[at] != n[i] {
			at++
		}
		sum += at * (18 - i)
	}
	return (10-sum%10)%10 == int(n[17]-'0')
}

// validRUT checks a Chilean number, whose last digit may be K.
func validRUT(n []byte) bool {
	last := len(n) - 1
	if !allDigits(n[:last]) {
		return false
	}
	sum := 0
	for i := range last {
		sum += int(n[last-1-i]-'0') * (2 + i%6)
	}
	return n[last] == "0K987654321"[sum%11]
}

// allLetters tells whether every byte is a letter.
func allLetters(n []byte) bool {
	for _, c := range n {
		if c < 'A' || c > 'Z' {
			return false
		}
	}
	return true
}
