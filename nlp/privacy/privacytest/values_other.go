package privacytest

import (
	"math/rand/v2"
	"strings"

	"earshot/nlp/privacy"
)

const lettersAndDigits = "abcdefghkmnpqrstuvwxyz23456789"

func random(n int) func(*rand.Rand) string {
	return func(r *rand.Rand) string {
		b := []byte{byte('a' + r.IntN(26)), byte('2' + r.IntN(8))}
		for len(b) < n {
			b = append(b, lettersAndDigits[r.IntN(len(lettersAndDigits))])
		}
		return string(b)
	}
}

var (
	told     = []string{"My password is %.", "password: %", "pw: %", "The password was %, now it is refused.", "pwd = %", "my passphrase is %", "login with password %", "Mein Passwort lautet %", "mi contraseña es %", "mon mot de passe est %", "Passwort: %", "I changed the password to %", "use password % to get in"}
	toldWord = []string{"My password is %.", "password: %", "Password is % by the way"[:13] + ", if you need it.", "pw: %"}
	pinned   = []string{"My PIN is %.", "PIN %", "the pin code is %", "pin: %", "PIN number %, please check", "voicemail pin %"}
	coded    = []string{"The verification code is %.", "your security code: %", "OTP %", "my one time code is %", "the access code % does not open the door", "login code %", "CVV %", "CVC: %"}
	linked   = []string{"%", "The link % has expired.", "see %", "I clicked % and nothing came."}
)

// secret of a link: the link around it is not part of it.
func inLink(before, after string, write func(*rand.Rand) string) value {
	var carriers []string
	for _, c := range linked {
		carriers = append(carriers, strings.Replace(c, "%", before+"%"+after, 1))
	}
	return value{kind: privacy.Password, carriers: carriers, write: write}
}

var secrets = []value{
	{kind: privacy.Password, carriers: told, write: random(8)}, {kind: privacy.Password, carriers: told, write: one("hunter2", "Passw0rd!", "letme1n99", "S3cret#2024", "qwerty123", "Blume_77", "abc123XYZ", "Tr1angle$")},
	{kind: privacy.Password, carriers: toldWord, write: one("sunshine", "dragon", "monkey", "iloveyou", "letmein", "butterfly", "Trustno", "jellybean")},
	{kind: privacy.Password, carriers: pinned, write: form("!###", "####", "!#####")}, {kind: privacy.Password, carriers: coded[:6], write: form("!#####", "!## ###", "!###")},
	{kind: privacy.Password, carriers: coded[6:], write: form("!##", "!###")},
	inLink("https://example.org/login?user=7&token=", "", random(24)), inLink("https://shop.example.com/reset-password/", "", random(20)),
	inLink("http://", "@files.example.net/a", one("bob:hunter2", "admin:Pa55word")), inLink("https://api.example.com/v1?api_key=", "&x=1", random(16)), inLink("https://cdn.example.org/f.pdf?sig=", "", random(30)),
	{kind: privacy.Password, carriers: []string{"key %", "token: %", "I put % into the app.", "API key is %"}, write: func(r *rand.Rand) string {
		return pick(r, []string{"sk_live_", "ghp_", "xoxb-"}) + random(28)(r)
	}},
	{kind: privacy.Password, carriers: []string{`the password is "%"`, `password "%" refused`, "my password is '%'", `Passwort: „%“`}, write: one("blue horse", "hunter2", "sesame", "open4me")},
}

var (
	accountNo = []string{"My account number is %.", "account no. %", "Account # %", "acct %", "account: %", "customer number %", "Customer ID: %", "the contract number is %", "policy no %", "my membership number (%) is right", "Kundennummer %", "Mein Kundennummer ist %", "numéro de client %"}
	orderNo   = []string{"Order %", "order number %", "Order no. %", "my order % never came", "order id: %", "re: order % ", "Bestellnummer %", "for order number %, still nothing", "The order # is %", "número de pedido %", "purchase order %"}
	refNo     = []string{"Reference: %", "ref %", "case number %", "ticket %", "booking reference %", "invoice % is wrong", "claim number %", "Invoice no. %", "complaint ref. %", "reservation number %", "confirmation number %", "tracking number %"}
)

var accounts = []value{
	{kind: privacy.Account, carriers: accountNo, write: form("!#######")}, {kind: privacy.Account, carriers: accountNo, write: form("!#########")}, {kind: privacy.Account, carriers: accountNo, write: form("C-!####", "AC!######", "K!#####")},
	{kind: privacy.Account, carriers: accountNo, write: form("!### #### ##", "!###-####", "00-!####-##")},
	{kind: privacy.Account, carriers: orderNo, write: form("!#######", "!######")}, {kind: privacy.Account, carriers: orderNo, write: form("#A-!##-####", "#!#####", "#!####")}, {kind: privacy.Account, carriers: orderNo, write: form("!##-!######-!######")},
	{kind: privacy.Account, carriers: orderNo, write: form("ORD-!####", "WEB!######", "DE-!###-!##")}, {kind: privacy.Account, carriers: refNo, write: form("INV-2024-!###", "RX!#####", "TK!#####", "!#####/24")},
	{kind: privacy.Account, carriers: refNo, write: form("!#######", "!######")}, {kind: privacy.Account, carriers: []string{"booking reference %", "PNR %", "Booking reference: %"}, write: one("XKJDQP", "QWZRTL", "PLKMNB")},
	{kind: privacy.Account, carriers: []string{"tracking number %", "UPS says % is lost", "%"}, write: func(r *rand.Rand) string { return "1Z" + strings.ToUpper(random(6)(r)) + digits(r, 10) }},
	{kind: privacy.Account, carriers: []string{"%", "It was % again.", "where is %?"}, write: form("!##-!######-!######")},
}
