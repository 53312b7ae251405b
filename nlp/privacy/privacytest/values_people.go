package privacytest

import (
	"math/rand/v2"
	"strings"

	"earshot/nlp/privacy"
)

var (
	firstNames = []string{"Sarah", "Mohammed", "Priya", "Wei", "Lucía", "Jürgen", "Chloé", "Olivia", "Thabo", "Ingrid", "Matteo", "Aisha", "Kenji", "Fatima", "Brendan", "Svetlana", "Rodrigo", "Nadia", "Kwame", "Hannah", "Declan", "Yusuf", "Amelia", "Giulia", "Pieter"}
	lastNames  = []string{"Johnson", "Okafor", "Patel", "Nguyen", "García", "Müller", "O'Brien", "Kowalski", "Dubois", "Rossi", "van den Berg", "Al-Sayed", "Smith-Jones", "Tanaka", "Haverford", "Lindqvist", "Mbeki", "Silva", "de la Cruz", "McAllister", "Quispe", "Thornbury"}
	// unlisted are first names that hardly any list has.
	unlisted = []string{"Xiomara", "Thandeka", "Oyelaran", "Zbyszek", "Ruaridh", "Ngaio", "Tuulikki", "Quvenzhane", "Ystrad", "Bjarte"}

	whole    = []string{"The name is %.", "I spoke to % about it.", "Kind regards, %", "Regards,\n%", "Please ask for %.", "Dear %,", "my name is %", "Account holder: %", "your colleague % promised a call back", "%, who works at your desk, was great.", "this is % and I want my money back", "it is under the name of %.", "A lady named % called me.", "Thanks to % it works again."}
	byFirst  = []string{"My name is %.", "I spoke to % about it.", "The agent called % hung up on me.", "% was brilliant, give her a raise.", "Thank you %!", "My daughter % loves it.", "this is % calling", "Technician % came at noon.", "Hi %, thanks for the quick reply.", "Ask for %, he knows.", "Best wishes,\n%", "Spoke with % in chat.", "a man called % rang"}
	formally = []string{"Mr. %", "Mrs % was rude.", "I wrote to Ms. % twice.", "Dear Dr. %,", "Herr % kam zu spät.", "Frau % war sehr nett.", "Señora % nos ayudó.", "Mme % a appelé.", "I am Mr % from flat 4.", "Prof. % signed it."}
	vouched  = []string{"My name is %.", "an agent called % answered", "The technician's name was %.", "agent % was rude", "a woman named % sold it to me", "Je m'appelle %.", "Ich heiße %.", "me llamo %"}
)

func full(r *rand.Rand) string { return pick(r, firstNames) + " " + pick(r, lastNames) }

var names = []value{
	{kind: privacy.Name, carriers: whole, write: full}, {kind: privacy.Name, carriers: byFirst, write: one(firstNames...)}, {kind: privacy.Name, carriers: formally, write: one(lastNames...)},
	{kind: privacy.Name, carriers: vouched, write: one(unlisted...)}, {kind: privacy.Name, carriers: whole, write: full},
	{kind: privacy.Name, carriers: whole, write: func(r *rand.Rand) string {
		return pick(r, firstNames) + " " + string(rune('A'+r.IntN(20))) + ". " + pick(r, lastNames)
	}},
	{kind: privacy.Name, carriers: formally, write: full},
	{kind: privacy.Name, carriers: []string{"My name is %.", "Regards, %", "Account holder: %", "agent % helped"}, write: func(r *rand.Rand) string { return string(rune('A'+r.IntN(20))) + ". " + pick(r, lastNames) }},
	{kind: privacy.Name, carriers: []string{"my name is % and i am angry", "this is % from leeds, my order is late", "regards, %", "i'm % and i want a refund"}, write: func(r *rand.Rand) string { return strings.ToLower(pick(r, firstNames)) }},
	{kind: privacy.Name, carriers: []string{"MY NAME IS % AND I AM ANGRY ABOUT THIS", "MY NAME IS %"}, write: func(r *rand.Rand) string {
		return strings.ToUpper(pick(r, []string{"Sarah Johnson", "Priya Patel", "Brendan Smith", "Nadia Rossi"}))
	}},
	{kind: privacy.Name, carriers: vouched[:5], write: func(r *rand.Rand) string { return pick(r, unlisted) + " " + pick(r, lastNames) }},
	{kind: privacy.Name, carriers: byFirst, write: one("Jordan", "Grace", "Victoria", "Max", "Charlotte", "Ruby")},
}

// at writes an address whose parts are lists of words; # is a digit.
func at(parts ...[]string) func(*rand.Rand) string {
	return func(r *rand.Rand) string {
		var b strings.Builder
		for _, p := range parts {
			b.WriteString(form(p...)(r))
		}
		return b.String()
	}
}

var (
	house   = []string{"!", "!#", "!##", "1!##", "!#b", "!#A"}
	english = []string{" Oak Street", " Maple Avenue", " Church Road", " St. John's Lane", " Kings Drive", " Elm Crescent", " Old Mill Road", " N. Main St", " 5th Avenue", " Harbour View Terrace", " Queensway Close", " Martin Luther King Blvd", " Station Rd"}
	german  = []string{"Hauptstraße ", "Lindenweg ", "Berliner Str. ", "Goethestr. ", "Am Alten Markt ", "Bahnhofsplatz ", "Schillerallee ", "Lange Straße ", "Karl-Marx-Straße "}
	french  = []string{" rue de la Paix", " avenue Victor Hugo", " boulevard Saint-Michel", " bis rue des Lilas", ", rue Pasteur", " place de la République", " chemin des Vignes"}
	spanish = []string{"Calle Mayor ", "Avenida de América, ", "C/ Gran Vía ", "calle de Alcalá, ", "Paseo del Prado ", "Plaza España "}
)

var addresses = []value{
	{kind: privacy.Address, write: at(house, english)},
	{kind: privacy.Address, write: at(house, english, []string{", Springfield, IL 6####", ", Austin, TX 787##", ", Portland OR 972##", ", Boise, ID"})},
	{kind: privacy.Address, write: at(house, english, []string{", Leeds LS! !AB", ", London SW1A 1AA", ", Bath, BA! !QT", ", Bristol"})},
	{kind: privacy.Address, write: at([]string{"Flat !, ", "Apt 4B, ", "Unit !!, "}, house, english)},
	{kind: privacy.Address, write: at(house, english, []string{", Apt !B", ", Suite !!0", ", Unit !"})},
	{kind: privacy.Address, write: at(german[:4], house)}, {kind: privacy.Address, write: at(german, house, []string{", 1#### Berlin", ", !#### Köln", ", 8#### München"})},
	{kind: privacy.Address, write: at(house, french, []string{", 75### Paris", ", 69### Lyon", ""})}, {kind: privacy.Address, write: at(spanish, house, []string{", 28### Madrid", ", 08### Barcelona", ""})},
	{kind: privacy.Address, write: at([]string{"Via Roma ", "Via Garibaldi, ", "Piazza Dante ", "Corso Italia "}, house, []string{", 00### Roma", ", 20### Milano", ""})},
	{kind: privacy.Address, write: at([]string{"Keizersgracht ", "Dorpsstraat ", "Nieuwe Kerkweg ", "Beethovenlaan "}, house, []string{", 1### AB Amsterdam", ", 35## CD Utrecht"})},
	{kind: privacy.Address, write: at([]string{"Rua Augusta ", "Avenida Paulista, ", "Rua das Flores, "}, house, []string{", São Paulo", ""})},
	{kind: privacy.Address, write: form("PO Box !##", "P.O. Box !###", "Postfach !# ##"[:11], "PO Box !#")},
}
