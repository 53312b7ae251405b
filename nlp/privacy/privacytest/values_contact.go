package privacytest

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"earshot/nlp/privacy"
)

// written are the ways to write each kind of personal data.
var written = map[string][]value{
	privacy.Email: emails, privacy.Phone: phones, privacy.Card: cards, privacy.IBAN: ibans, privacy.NationalID: ids,
	privacy.IP: computers, privacy.Name: names, privacy.Address: addresses, privacy.Password: secrets, privacy.Account: accounts,
}

var (
	people  = []string{"anna", "li.wei", "j_smith", "Omar", "k.nowak", "maria-jose", "bobby", "tk", "shop", "Grace.Hopkins", "oleg", "fatou.d"}
	domains = []string{"example.org", "example.com", "mail.example.net", "gmail.com", "web.de", "yahoo.co.uk", "uni-muster.example.de", "btinternet.com", "outlook.fr", "firma.io", "proton.me", "post.at"}
)

func localPart(r *rand.Rand) string { return pick(r, people) }

var emails = []value{
	{kind: privacy.Email, write: func(r *rand.Rand) string { return localPart(r) + "@" + pick(r, domains) }},
	{kind: privacy.Email, write: func(r *rand.Rand) string { return localPart(r) + digits(r, 2+r.IntN(3)) + "@" + pick(r, domains) }},
	{kind: privacy.Email, write: func(r *rand.Rand) string { return localPart(r) + "+orders@" + pick(r, domains) }},
	{kind: privacy.Email, write: func(r *rand.Rand) string { return strings.ToUpper(localPart(r) + "@" + pick(r, domains)) }},
	{kind: privacy.Email, write: func(r *rand.Rand) string { return "o'" + localPart(r) + "@" + pick(r, domains) }},
	{kind: privacy.Email, write: func(r *rand.Rand) string { return localPart(r) + "%x@" + pick(r, domains) }},
	{kind: privacy.Email, write: func(r *rand.Rand) string { return localPart(r) + "(at)" + pick(r, domains) }},
	{kind: privacy.Email, write: func(r *rand.Rand) string {
		return localPart(r) + "[at]" + strings.ReplaceAll(pick(r, domains), ".", "[dot]")
	}},
	{kind: privacy.Email, write: func(r *rand.Rand) string {
		return "jane dot doe" + digits(r, 2) + " at " + pick(r, []string{"gmail", "yahoo", "hotmail"}) + " dot com"
	}},
	{kind: privacy.Email, write: func(r *rand.Rand) string { return localPart(r) + digits(r, 1) + " @ " + pick(r, domains) }},
	{kind: privacy.Email, write: func(r *rand.Rand) string { return "rené" + digits(r, 1) + "@müller-söhne.de" }},
	{kind: privacy.Email, write: func(r *rand.Rand) string { return "_" + localPart(r) + "_@" + digits(r, 3) + ".example.info" }},
}

var phones = []value{
	{kind: privacy.Phone, write: form("+44 20 7### ####", "+44 (0)161 ### ####", "+447### ######", "+44 7### ### ###")},
	{kind: privacy.Phone, write: form("(!01) !##-####", "(!02)!##-####", "!03-!##-####", "!04.!##.####", "+1 !05 !##-####", "1-800-!##-####", "+1(!06)!##-####")},
	{kind: privacy.Phone, write: form("07### ######", "07### ### ###", "020 7### ####", "0161 ### ####", "01632 ######", "(0117) ### ####")},
	{kind: privacy.Phone, write: form("+49 30 #######", "+49 (0) 171 #######", "0171 #######", "030/#######", "089 ### ## ##", "+49-221-######", "0049 171 #######")},
	{kind: privacy.Phone, write: form("06 1# ## ## ##", "01.4#.##.##.##", "+33 6 ## ## ## ##", "0033 6 ## ## ## ##", "07-8#-##-##-##")},
	{kind: privacy.Phone, write: form("+34 6## ### ###", "+34 9# ### ## ##", "6## ## ## ##", "+34-6########")},
	{kind: privacy.Phone, write: form("+91 98### #####", "98### #####", "+91-9#########", "080-2### ####")},
	{kind: privacy.Phone, write: form("+39 3## #######", "+31 6 ########", "06-1#######", "+32 4## ## ## ##", "+41 79 ### ## ##", "+43 664 #######", "+48 6## ### ###")},
	{kind: privacy.Phone, write: form("(11) 9####-####", "+55 11 9####-####", "+61 4## ### ###", "0412 ### ###", "(02) 9### ####", "+234 80# ### ####")},
	{kind: privacy.Phone, write: form("!01-!##-#### ext. ###", "+1 !02 !##-#### x##", "(!03) !##-#### ext ####")},
	{kind: privacy.Phone, carriers: []string{"My phone number is %.", "call me at %", "tel: %", "You can text % any time.", "mobile number %, please", "Phone %"}, write: form("!02!######", "555-01##", "!03 !## ####", "07#########", "6########")},
	{kind: privacy.Phone, write: form("+86 13# #### ####", "138 #### ####", "+81 90-####-####", "090-3###-####", "+353 87 ### ####", "+971 50 ### ####")},
}

var computers = []value{
	{kind: privacy.IP, write: octets("%d.%d.%d.%d")}, {kind: privacy.IP, write: func(r *rand.Rand) string { return fmt.Sprintf("192.168.%d.%d", r.IntN(256), r.IntN(256)) }},
	{kind: privacy.IP, write: func(r *rand.Rand) string { return fmt.Sprintf("10.%d.%d.%d", r.IntN(256), r.IntN(256), r.IntN(256)) }},
	{kind: privacy.IP, write: func(r *rand.Rand) string {
		return fmt.Sprintf("2001:db8:%x:%x::%x", r.IntN(65536), r.IntN(65536), 1+r.IntN(65535))
	}},
	{kind: privacy.IP, write: func(r *rand.Rand) string {
		return fmt.Sprintf("fe80::%x:%xff:fe%02x:%x", 1+r.IntN(65535), r.IntN(256), r.IntN(256), r.IntN(65536))
	}},
	{kind: privacy.IP, write: func(r *rand.Rand) string {
		return fmt.Sprintf("2A02:%X:%X:%X:%X:%X:%X:%X", r.IntN(65536), r.IntN(65536), r.IntN(65536), r.IntN(65536), r.IntN(65536), r.IntN(65536), r.IntN(65536))
	}},
	{kind: privacy.IP, write: func(r *rand.Rand) string {
		return fmt.Sprintf("::ffff:%d.%d.%d.%d", 1+r.IntN(223), r.IntN(256), r.IntN(256), r.IntN(256))
	}},
	{kind: privacy.IP, write: func(r *rand.Rand) string { return fmt.Sprintf("172.16.%d.%d", r.IntN(256), r.IntN(256)) }},
	{kind: privacy.IP, write: func(r *rand.Rand) string { return fmt.Sprintf("203.0.113.%d", r.IntN(256)) }},
	{kind: privacy.IP, write: func(r *rand.Rand) string { return fmt.Sprintf("2606:4700::%x", 4096+r.IntN(4096)) }},
}

func octets(format string) func(*rand.Rand) string {
	return func(r *rand.Rand) string {
		return fmt.Sprintf(format, 1+r.IntN(223), r.IntN(256), r.IntN(256), r.IntN(256))
	}
}
