package privacy_test

import (
	"fmt"
	"strings"
	"testing"

	"earshot/nlp/privacy"
)

// marked cuts "{kind:value}" out of a text and returns the text, and what is to be
// found in it as "kind:value".
func marked(t *testing.T, s string) (text string, want []string) {
	t.Helper()
	var b strings.Builder
	for {
		before, rest, some := strings.Cut(s, "{")
		b.WriteString(before)
		if !some {
			return b.String(), want
		}
		inside, after, closed := strings.Cut(rest, "}")
		_, value, named := strings.Cut(inside, ":")
		if !closed || !named {
			t.Fatalf("%q is no marked text", s)
		}
		want = append(want, inside)
		b.WriteString(value)
		s = after
	}
}

func found(f *privacy.Finder, text string, k privacy.Known) []string {
	var got []string
	for _, x := range f.Find(nil, text, k) {
		got = append(got, x.Kind+":"+text[x.Start:x.End])
	}
	return got
}

func finder(t testing.TB) *privacy.Finder {
	t.Helper()
	f, err := privacy.New(privacy.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func check(t *testing.T, k privacy.Known, texts ...string) {
	t.Helper()
	f := finder(t)
	for _, m := range texts {
		text, want := marked(t, m)
		if got := found(f, text, k); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s\n got %q\nwant %q", text, got, want)
		}
	}
}

func TestEmailAddressesAreFound(t *testing.T) {
	check(t, privacy.Known{},
		"write to {email:ann.lee@example.org}, please",
		"{email:ANN_LEE+shop@mail.example.co.uk}.",
		"mailto:{email:ann@example.org}?",
		"<{email:o'brien@example.org}>",
		"{email:ann.lee @ example.org} is mine",
		"{email:jörg@müller.de}",
		"it is {email:ann dot lee at gmail dot com}",
		"{email:ann.lee(at)example.org}, {email:bob[at]example[dot]com}",
		"thanks @support, meet @ 5.30pm, icon@2x.png, a@b, me@home.",
		"email is working at last",
	)
}

func TestPhonesAreFound(t *testing.T) {
	check(t, privacy.Known{},
		"call {phone:+44 20 7946 0958} now",
		"{phone:+44 (0)20 7946 0958}",
		"{phone:(555) 234-5678} or {phone:555.234.5678} or {phone:1-800-234-5678}",
		"my number is {phone:5552345678}",
		"{phone:07700 900123}, {phone:020 7946 0958}",
		"{phone:0171 1234567}, {phone:06 12 34 56 78}",
		"{phone:+49 30 1234567 ext. 22}",
		"{phone:0033 1 23 45 67 89}",
		"{phone:98765 43210} is my whatsapp",
		"teléfono {phone:612 345 678}",
		"paid 1 000 000 on 2024-01-15 at 10:30, 12.05.2023 10 30, 01/02/2023",
		"ISBN 978-3-16-148410-0, build 10.15.7.2345, 3,456,789 users, 2019-2020",
	)
}

func TestNumbersWithCheckDigitsAreFound(t *testing.T) {
	check(t, privacy.Known{},
		"card {card:4111 1111 1111 1111}, {card:4111-1111-1111-1111}, {card:378282246310005}",
		"{card:5555555555554444} exp 12/26",
		"4111 1111 1111 1112 is wrong",
		"{iban:DE89 3704 0044 0532 0130 00} and {iban:GB82WEST12345698765432}",
		"GB82 WEST 1234 5698 7654 33 is wrong",
		"SSN {national_id:536-22-1234}, 000-12-3456",
		"{national_id:AB 12 34 56 C} and {national_id:AB123456C}",
		"steuer-id {national_id:86095742719}",
		"DNI {national_id:12345678Z}, {national_id:X1234567L}, 12345678A",
		"{national_id:RSSMRA85T10A562S}",
		"{national_id:1 85 05 78 006 084 91}",
		"CPF {national_id:529.982.247-25}",
		"my bsn is {national_id:111222333}",
		"passport number {national_id:X12345678}",
	)
}

func TestComputersAddressesAreFound(t *testing.T) {
	check(t, privacy.Known{},
		"from {ip:192.168.10.25}.",
		"{ip:2001:db8::ff00:42:8329}, {ip:fe80::1}",
		"version 10.0.2.15, v1.2.3.4, 300.1.1.1, 10:30:45, std::vector",
	)
}

func TestPasswordsAreFound(t *testing.T) {
	check(t, privacy.Known{},
		"my password is {password:hunter2}.",
		"pw: {password:Tr0ub4dor&3}",
		"Password: {password:sunshine}",
		"my password is {password:sunshine}, ok?",
		"PIN {password:4921}", "the pin code is {password:4921}",
		"your verification code is {password:482 913}",
		`the password is "{password:correct horse}"`,
		"Mein Passwort lautet {password:Geheim99!x}",
		"my password is wrong. password reset. My password is not working, password: required",
		"PIN pad broken, the password was changed, error code 5003, promo code SAVE20",
		"https://{password:bob:secret}@example.org/ and https://example.org/reset?user=7&token={password:ab12cd34ef}",
		"https://example.org/reset-password/{password:8f3a9c2b7d1e}",
	)
}

func TestAccountsAreFound(t *testing.T) {
	check(t, privacy.Known{},
		"account number {account:12345678}", "acct # {account:1234567}", "order {account:#A-123-4567} late",
		"Order no. {account:123456}", "my customer id is {account:C-99812}", "invoice {account:INV-2024-0012}",
		"Kundennummer: {account:4711-0815}", "booking reference {account:XKJDQP}",
		"order total 123.45, order of 12345 units, ticket was 45 euros, order 66, case 3, account balance 1234",
	)
}

func TestPostalAddressesAreFound(t *testing.T) {
	check(t, privacy.Known{},
		"I live at {address:12 Oak Road, Springfield, IL 62704}.",
		"{address:10 Downing Street, London SW1A 2AA}",
		"{address:Flat 2, 14 Elm Road}",
		"ich wohne {address:Hauptstraße 12, 10115 Berlin}",
		"{address:12 rue de la Paix, 75002 Paris}",
		"{address:Calle Mayor 15, 28013 Madrid}",
		"{address:Via Roma 12, 00184 Roma}",
		"{address:PO Box 123}",
		"{address:1600 Pennsylvania Avenue NW, Washington, DC 20500}",
		"i live at {address:45 oak street}",
		"20 minutes on Main Street, 5 Star Way, 2 way street, Windows 11 Drive",
	)
}

func TestNamesAreFound(t *testing.T) {
	check(t, privacy.Known{},
		"My name is {name:Xochitl Garrido} and I",
		"my name is {name:john smith} and i am angry",
		"this is {name:Jordan} calling", "I'm {name:Sarah}, a customer",
		"I spoke to {name:Jane} who helped", "Agent {name:Tom} was great",
		"Mr {name:Patel} and Dr. {name:Anna Okonkwo}",
		"Dear {name:Maria},", "Thanks,\n{name:Peter Jones}", "Kind regards, {name:Ann Lee}",
		"{name:Sarah} was wonderful", "a technician called {name:Dave} came",
		"my name is not on the list. I'm Irish. This is Apple. Dear Sir, Hi Team",
		"Apple Watch, New York, Virgin Media, Black Friday, Wells Fargo, John Lewis, Wendy's, Ted Baker",
		"I called Verizon, talked to Comcast, spoke to Virgin Media, thanks Amazon",
		"agent: Hi {name:Bronwen}, how can I help?", "Hi Bulb, my bill is wrong",
		"mein Name ist [name]. Schön, dass Sie da sind!", "mein Name ist [name] Schön",
		"my name is {name:sebestin} and my bill is wrong", "Hello, my name is {name:ganapathi iyengar}",
		"my name is common and I never had an account", "my name is misspelled", "they changed names in May", "gave my name to PRA",
		"Ga. Code Ann. 7-3-14 and N.J. Stat. Ann. 2A:50-3", "the Mini-Miranda warning", "a Brokers Price Opinion",
		"from Charles de Gaulle Airport to san Francisco", "John Wayne Airport", "Celia's restaurant and Cafe Claude", "Broken Hill",
	)
}

func TestNamesThatTheRecordGivesAreFoundEverywhere(t *testing.T) {
	check(t, privacy.Known{Names: []string{"Crystal Minh", "agent Zog"}},
		"{name:Crystal Minh} here", "thanks {name:Crystal}", "{name:crystal minh}", "{name:Zog} hung up", "The crystal glass broke",
	)
}
