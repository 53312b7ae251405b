package privacy

import "strings"

// written tells whether the digits are in groups as phones are written somewhere,
// so that they need no word to announce them; asked tells whether one does.
func (p *series) written(asked bool) bool {
	d := p.digits
	if p.dated() {
		return false
	}
	switch {
	case p.plus:
		return p.international(d)
	case len(d) >= 11 && d[0] == '0' && d[1] == '0' && d[2] != '0':
		return p.international(d[2:]) && (asked || len(p.groups) > 1 || len(d) <= 14)
	case d[0] == '0':
		return p.trunk(asked)
	}
	return p.american(asked) || p.local(asked)
}

// dated tells whether the digits begin with a date or are years.
func (p *series) dated() bool {
	if len(p.groups) < 2 || p.plus {
		return false
	}
	date := func(shape, gaps string) bool {
		return strings.HasPrefix(string(p.groups), shape) && strings.HasPrefix(string(p.gaps), gaps)
	}
	for _, gaps := range [...]string{"--", "//", "..", "  "} {
		for _, shape := range [...]string{"224", "124", "214", "114", "422", "421", "412", "411", "222"} {
			if gaps == "  " && shape != "224" && shape != "422" || !date(shape, gaps) {
				continue
			}
			if shape == "222" && (len(p.groups) != 3 && gaps != "//" || p.bracket) {
				continue
			}
			days := 0 // digits of the day and the month, where they come first
			if shape[2] == '4' {
				days = int(shape[0]-'0') + int(shape[1]-'0')
			}
			if year := value(p.digits[days : days+4]); shape != "222" && strings.Contains(shape, "4") && (year < 1900 || year > 2100) {
				continue
			}
			return true
		}
	}
	return date("44", "-") && value(p.digits[:2]) <= 20 && value(p.digits[:2]) >= 19 && value(p.digits[4:6]) <= 20 && value(p.digits[4:6]) >= 19
}

// countries are the shortest and the longest national numbers by calling code,
// where they are known to be narrower than those of most countries.
var countries = map[int][2]int{
	1: {10, 10}, 7: {10, 10}, 20: {8, 10}, 27: {9, 9}, 30: {10, 10}, 31: {9, 9}, 32: {8, 9}, 33: {9, 9}, 34: {9, 9}, 36: {8, 9}, 39: {6, 11},
	40: {9, 9}, 41: {9, 9}, 43: {6, 13}, 44: {9, 10}, 45: {8, 8}, 46: {7, 10}, 47: {8, 8}, 48: {9, 9}, 49: {6, 12},
	51: {8, 9}, 52: {10, 11}, 53: {6, 8}, 54: {10, 11}, 55: {10, 11}, 56: {9, 9}, 57: {10, 10}, 58: {10, 10},
	60: {8, 10}, 61: {9, 9}, 62: {8, 12}, 63: {8, 10}, 64: {8, 10}, 65: {8, 8}, 66: {8, 9}, 81: {9, 10}, 82: {8, 10}, 84: {9, 10}, 86: {10, 11},
	90: {10, 10}, 91: {10, 10}, 92: {9, 10}, 93: {9, 9}, 94: {9, 9}, 95: {7, 10}, 98: {10, 10},
}

// international tells whether d is a calling code and a national number, with or
// without the zero in brackets between them: "+44 (0)20 7946 0958".
func (p *series) international(d []byte) bool {
	if len(d) < 8 || len(d) > longestPhone+1 || d[0] == '0' {
		return false
	}
	for n := 1; n <= 2; n++ {
		length, known := countries[value(d[:n])]
		if !known {
			continue
		}
		national := d[n:]
		if national[0] == '0' && d[0] != '3' {
			national = national[1:]
		}
		return len(national) >= length[0] && len(national) <= length[1]
	}
	// Codes of three digits begin with what no shorter code begins with.
	return strings.IndexByte("23456789", d[0]) >= 0 && len(d) >= 9 && len(d) <= 15
}

// trunk tells whether the digits are a number with its trunk zero, as in most of
// Europe, Australia, Africa and Asia.
func (p *series) trunk(asked bool) bool {
	d := p.digits
	if len(d) < 9 || len(d) > 12 || d[1] == '0' && !asked {
		return false
	}
	if len(p.groups) == 1 {
		switch len(d) {
		case 10:
			return asked || strings.IndexByte("467", d[1]) >= 0
		case 11:
			return asked || strings.IndexByte("789", d[1]) >= 0 || d[1] == '1' && d[2] >= '5' && d[2] <= '7'
		}
		return asked
	}
	if p.groups[0] > '6' || p.groups[0] < '2' || len(p.groups) > 6 {
		return false
	}
	for i, g := range p.groups[1:] {
		if g < '2' || g > '9' || p.gaps[i] == 'd' && i > 0 {
			return false
		}
	}
	if p.groups[0] == '2' && len(p.groups) == 5 {
		return len(d) == 10 // French, two by two
	}
	return asked || p.bracket || len(p.groups) <= 4 && (p.groups[0] > '2' || len(d) >= 10 || p.gaps[0] != ' ')
}

// american tells whether the digits are a number of North America: area and
// exchange begin with 2 to 9.
func (p *series) american(asked bool) bool {
	d, groups := p.digits, string(p.groups)
	if len(d) == 11 && d[0] == '1' {
		d = d[1:]
		switch groups {
		case "1334", "137", "b":
			groups = strings.TrimPrefix(groups, "1")
		default:
			return false
		}
	}
	if len(d) != 10 || d[0] < '2' || d[3] < '2' || d[1] == '1' && d[2] == '1' {
		return false
	}
	switch groups {
	case "334":
		return true
	case "37":
		return p.bracket || asked || p.gaps[0] == '-'
	case "a", "b":
		return asked
	}
	return false
}

// local are other ways to write numbers that hardly anything else is written in.
func (p *series) local(asked bool) bool {
	d := p.digits
	switch string(p.groups) {
	case "55": // India
		return len(p.gaps) == 1 && p.gaps[0] != '/' && p.gaps[0] != '.' && d[0] >= '6'
	case "3222", "2322": // Spain
		return d[0] >= '6' && d[0] != '8' || d[0] == '8'
	case "333":
		return asked && d[0] >= '5'
	case "254", "244", "29": // Brazil, with its area in brackets
		return p.bracket && len(d) >= 10
	case "344": // China
		return d[0] == '1' && d[1] >= '3' && p.gaps[0] == p.gaps[1]
	}
	return p.bracket && len(d) >= 9 && len(d) <= 12 && len(p.gaps) > 0 && p.gaps[0] == ')' && len(p.groups) <= 4 && p.groups[0] >= '2' && p.groups[0] <= '5'
}

// plausible tells whether digits that were announced as a phone can be one.
func (p *series) plausible() bool {
	if len(p.digits) < 7 || len(p.digits) > longestPhone || len(p.groups) > 6 || p.dated() || uniform(p.digits[1:]) {
		return false
	}
	for i, g := range p.groups {
		if i > 0 && (g == '1' || p.gaps[i-1] == byte(gapDash)) {
			return false
		}
	}
	return true
}
