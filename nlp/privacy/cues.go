package privacy

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// cue says what a word announces, as a set.
type cue uint32

const (
	cuePhone    cue = 1 << iota // a phone number
	cueCard                     // a card number
	cueID                       // a national id, whose check digits decide
	cueDocument                 // a passport or licence, which has none that we know
	cueSecret                   // a password or PIN
	cueCode                     // "code", which is one only after some words
	cueOnce                     // the words before such a code
	cueAccount                  // an account, order, policy … number
	cueNumber                   // "number", "no", "id"
	cueItem                     // what is numbered and no personal data: models, versions, parts
	cueVersion                  // versions of software
	cueNamed                    // "name", "named", "called"
	cueTitle                    // "Mr", "Dr"
	cueRole                     // "agent", "technician"
	cueTalk                     // "spoke", "helped"
	cueGreet                    // "Dear", "Hi"
	cueSign                     // "Regards", "Thanks"
	cueStreet                   // "Street", "Rd", after its name
	cueStrasse                  // "rue", "calle", "via", before its name
	cueHome                     // "address", "live", "deliver"
	cueUnit                     // "apt", "flat", "suite"
	cuePostcode                 // "postcode", "zip"
	cueKin                      // "wife", "son"
	cueIs                       // "is", "ist", "est"
	cueBox                      // "PO" of PO boxes, "Postfach"
	cueMoney                    // what follows amounts
	cueSelf                     // "I'm"
)

// lexicon maps words in lower case to what they are. A gate in front of the map
// turns most words away by their first and last bytes and their length.
type lexicon[T ~uint8 | ~uint32] struct {
	words map[string]T
	gate  [gates]uint64 // by the first and last bytes, a bit for each length
}

// gates is how many pairs of first and last bytes a lexicon tells apart.
const gates = 1 << 10

// gateOf returns the gate of the words that begin and end so.
func gateOf(first, last byte) int { return (int(first)<<5 ^ int(last)) % gates }

func newLexicon[T ~uint8 | ~uint32](lists map[T]string) *lexicon[T] {
	l := &lexicon[T]{words: map[string]T{}}
	for what, list := range lists {
		for _, w := range strings.Fields(list) {
			l.words[w] |= what
			l.gate[gateOf(w[0], w[len(w)-1])] |= 1 << len(w)
		}
	}
	return l
}

func (l *lexicon[T]) of(key []byte) T {
	if len(key) == 0 || l.gate[gateOf(key[0], key[len(key)-1])]&(1<<len(key)) == 0 {
		return 0
	}
	return l.words[string(key)]
}

// lookUp returns what the lexicon says of a word of the text. Most words are turned
// away before they are written in lower case.
func lookUp[T ~uint8 | ~uint32](s *search, l *lexicon[T], w *word) T {
	if w.flags&(owner|wide) == 0 {
		const lower = 0x20 // changes no digit
		n := w.end - w.start
		if n > longestKey || l.gate[gateOf(s.text[w.start]|lower, s.text[w.end-1]|lower)]&(1<<n) == 0 {
			return 0
		}
	}
	return l.of(s.keyOf(w))
}

// keyOf returns the word in lower case, without 's; nothing for a word that is too
// long to be in a lexicon. It is good until the next call.
func (s *search) keyOf(w *word) []byte {
	t := s.text[w.start:w.end]
	if len(t) > longestKey {
		return nil
	}
	if w.has(owner) {
		t = t[:len(t)-1]
		t = strings.TrimSuffix(strings.TrimSuffix(t, "'"), "’")
	}
	for i := range len(t) {
		c := t[i]
		if c >= utf8.RuneSelf {
			return append(s.key[:0], strings.Map(unicode.ToLower, t)...)
		}
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		s.key[i] = c
	}
	return s.key[:len(t)]
}

// oneOf tells whether word is, but for its case, on a list of words with a space
// before and behind each.
func oneOf(word, list string) bool {
	const longest = 24
	var padded [longest + 2]byte
	if len(word) > longest {
		return false
	}
	padded[0] = ' '
	for i := range len(word) {
		c := word[i]
		if c >= utf8.RuneSelf {
			return strings.Contains(list, " "+strings.ToLower(word)+" ")
		}
		if class[c]&isCapital != 0 {
			c |= 0x20
		}
		padded[i+1] = c
	}
	padded[len(word)+1] = ' '
	return strings.Contains(list, string(padded[:len(word)+2]))
}

var cueWords = newLexicon(map[cue]string{
	cuePhone: `phone telephone tel mobile cell cellphone call fax whatsapp text ring landline dial callback sms phoned
		handy handynummer telefon telefonnummer mobilnummer rufnummer anrufen rückruf festnetz mobil erreichbar
		téléphone telephone portable appeler appelez joindre teléfono telefono móvil movil celular llamar llámame llame
		cellulare chiamare chiamami chiamatemi telefone telemóvel telemovel ligar ligue zap telefoon telefoonnummer mobiel bellen bel gsm mob ph`,
	cueCard: `card visa mastercard amex credit debit maestro cc kreditkarte karte carte tarjeta carta cartão`,
	cueID: `ssn itin social security nino insurance ni tax taxpayer tin steuer steuernummer idnr steueridnr identifikationsnummer steueridentifikationsnummer steuerid
		dni nie nif nir sécu sécurité sociale codice fiscale cpf aadhaar aadhar uidai pan bsn burgerservicenummer sofinummer sofi pesel
		sin tfn medicare nhs identity national identification personnummer cpr hetu henkilötunnus fødselsnummer ahv avs egn cnp curp rut tckn nric
		ppsn pps sozialversicherungsnummer svnr rijksregisternummer insz nrn contribuinte citizen personalausweis ausweis`,
	cueDocument: `passport licence license reisepass passeport pasaporte passaporto paspoort passnummer führerschein`,
	cueSecret: `password passwd pwd pw passcode passphrase pin otp tan cvv cvc cvv2 csc passwort kennwort contraseña contrasena clave
		senha wachtwoord passe passwords pswd psw parole pincode pass secret token apikey`,
	cueCode: `code codes key mot`,
	cueOnce: `verification security access login unlock one otp 2fa mfa authentication pin time auth sms door gate entry passe api recovery backup voicemail`,
	cueAccount: `account acct acc order customer client member membership policy invoice reference ref booking reservation ticket case tracking
		contract subscription loyalty claim transaction imei purchase confirmation shipment parcel meter subscriber user username complaint incident
		kundennummer kundennr bestellnummer auftragsnummer vertragsnummer rechnungsnummer rechnung bestellung kunden konto kontonummer vorgangsnummer ticketnummer buchungsnummer sendungsnummer
		commande compte client dossier contrat facture pedido cuenta cliente póliza contrato factura reserva ordine conto pratica fattura
		bestelnummer klantnummer ordernummer factuurnummer conta encomenda pnr routing sortcode sort iccid accountnumber ordernumber ordernr orderno`,
	cueNumber:  `number no nr num numbers id numero número numéro nummer nº ref reference`,
	cueItem:    `model version part sku serial isbn ean upc item product article barcode error size sizes page chapter section episode season channel build patch firmware update release window windows ios android driver series generation level step row channel flight gate`,
	cueVersion: `version firmware build release update software app ios android patch v ver upgraded updated upgrade section`,
	cueNamed:   `name named called names surname nom nombre nome naam naams heiße heisse heiss appelle m'appelle m’appelle llamo chiamo heet hieß username fullname holder onbehalf`,
	cueTitle:   `mr mrs ms miss mx dr prof professor mister madam madame monsieur mme mlle herr frau señor señora sr sra srta don doña signor signora sig dhr mevr mevrouw sir lady rev doctor senor senora`,
	cueRole: `agent rep representative advisor adviser technician tech engineer manager supervisor operator consultant driver courier assistant associate
		colleague receptionist cashier salesman saleswoman salesperson clerk waiter waitress nurse installer teller concierge steward stewardess host server
		specialist officer mitarbeiter mitarbeiterin techniker conseiller conseillère técnico medewerker operatore agente kollege kollegin stylist barista trainer guy lady gentleman girl man woman bloke chap person fella
		customer client guest patient passenger subscriber employee staff owner landlord neighbour neighbor boss`,
	cueTalk: `spoke spoken speak speaking talk talked talking chatted chatting chat helped assisted served dealt met emailed
		ask asked greeted serviced thank thanks kudos shout shoutout props compliments praise praised`,
	cueGreet:    `dear hi hello hey hiya hallo liebe lieber bonjour hola ciao querido estimado estimada cher chère beste geachte olá morning afternoon evening`,
	cueSign:     `regards sincerely cheers thanks best yours love truly faithfully respectfully cordially gruß grüße grüssen grüßen gruss cordialement saludos atentamente saluti groet groeten abraço thx ty signed warmly xx xoxo wishes appreciated obrigado obrigada merci danke gracias grazie`,
	cueStreet:   `street st road rd avenue ave av lane ln drive dr court ct way place pl boulevard blvd terrace crescent cres square sq parkway pkwy highway hwy circle cir trail trl grove gardens gdns mews row walk quay close loop alley broadway plaza turnpike pike path run green gate wharf heights parade esplanade nagar marg chowk vihar colony`,
	cueStrasse:  `rue avenue boulevard bd impasse allée allee chemin quai calle c avenida avda av paseo plaza plaça carrer carretera camino ronda via viale piazza corso vicolo largo rua travessa place square praça alameda estrada ulica ul strada route cours passage faubourg faubg`,
	cueHome:     `address live lives living deliver delivered delivery ship shipped shipping home residing reside based moved house adresse wohne wohnhaft dirección direccion indirizzo morada endereço adres habite vivo vive abito moro at residence premises`,
	cueUnit:     `apt apartment flat suite unit ste room floor building bldg wohnung appartement piso puerta interno bis ter`,
	cuePostcode: `postcode postal zip zipcode plz postleitzahl cap cep pincode`,
	cueKin:      `wife husband son daughter mother father mom mum dad brother sister partner fiancé fiancée fiance fiancee uncle aunt cousin friend boyfriend girlfriend grandmother grandfather grandson granddaughter nephew niece baby`,
	cueIs:       `is was ist est es é lautet be as to are were am it's bin soy suis`,
	cueSelf:     `i'm i’m im ich`,
	cueBox:      `box po pobox postfach bp apartado`,
	cueMoney:    `dollars euros euro pounds usd eur gbp bucks times percent points units pieces items miles km kg gb mb hours minutes days weeks months years people users customers orders steps calories pages words degrees followers views`,
})
