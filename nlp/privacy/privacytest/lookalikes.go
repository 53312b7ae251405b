package privacytest

import (
	"math/rand/v2"
	"strings"
)

// like is something that looks like personal data and is none.
func like(carriers []string, write func(*rand.Rand) string) value {
	return value{carriers: carriers, write: write}
}

var anywhere = []string{"%", "They said %.", "I saw % there.", "It says % on the box.", "Nothing but %!", "again % today"}

// lookalikes are what must be left alone.
var lookalikes = []value{
	like([]string{"The order total was %.", "I paid % for it.", "Order of % in May.", "charged me % twice", "account balance %"}, form("$1,!##.##", "€ !##,##", "£!#.##", "!##.## USD", "1.!##,## EUR", "$ !####")),
	like([]string{"It came on %.", "Ordered % and waiting.", "since %", "from % on nothing works"}, form("2024-0!-1#", "1#.0!.2024", "0!/1#/2024", "1!/0!/24", "2! May 2023", "2023-1#-1# 1#:##", "1# 0! 2024")),
	like([]string{"at %", "Open from %.", "between % in the evening", "Call center hours are %"}, form("1#:##", "1#.30 - 1#.45", "0!:00-1!:00", "9am-5pm", "10:##:##")),
	like([]string{"Version % is broken.", "after the update to %", "firmware % bricked it", "app v%", "release % notes", "iOS %"}, form("!.#.##", "1#.!.#.#", "10.0.!.1#", "!.##", "!#.#.####.##")),
	like([]string{"The model % died.", "I bought the %.", "part number %", "SKU % is out of stock", "article % is too small", "serial number %", "model no. %"}, form("WD-40#!", "XR-!###B", "iPhone 1!", "GT-I9!00", "!##-!###", "A!#-##!#X", "KX!##00")),
	like([]string{"rated %", "I give it %.", "a solid %", "score: %"}, form("10/10", "!/10", "!.5/5", "9!%", "-1!%", "1000/10")),
	like([]string{"There were % people.", "We have % units.", "I drove % km.", "used % MB", "over % times", "% customers wait", "it costs % a year", "% followers", "walked % steps"}, form("1!##", "1! ###", "!## ###", "1,!##,###", "!#####", "1.!##.###", "1 !## ###")),
	like([]string{"Shop at %.", "I love my %.", "The % is great.", "% never replied.", "Bought at % yesterday.", "% has the worst service", "I called % twice.", "spoke to % about the refund", "Thanks %!", "Dear %,", "I switched from % to you."},
		one("Apple Watch", "Virgin Media", "Black Friday", "Wells Fargo", "Best Buy", "John Lewis", "Marks and Spencer", "Ted Baker", "Michael Kors", "Bank of America", "Deutsche Telekom", "Google Maps", "Samsung Galaxy", "Amazon Prime", "Burger King", "Home Depot", "Costa Coffee", "Delta Airlines", "Sky Broadband", "Microsoft Teams", "Tommy Hilfiger", "Customer Services", "Wendy's", "Trader Joe's", "Thomas Cook", "Credit Suisse")),
	like([]string{"I live in %.", "The % store is closed.", "We flew to %.", "% has no signal", "moved from % last year", "in % it rains"},
		one("New York", "San Francisco", "Los Angeles", "South Africa", "Santa Monica", "United Kingdom", "Saint Paul", "Great Yarmouth", "Milton Keynes", "Hong Kong", "Main Street", "Times Square", "Rio de Janeiro", "North London", "Kings Cross", "Victoria Station", "Charlotte Airport", "St. Mary's Hospital")),
	like([]string{"%"}, one("My name is not on the list.", "my name is spelled wrong on the invoice", "I am Irish and angry.", "This is ridiculous.", "Dear Sir or Madam,", "Hi Team,", "Hello Support,", "Kind regards", "I'm Happy with it.", "Thank You Very Much", "Best Regards, Your unhappy customer", "The brand name is Aurora.", "I Am So Done With This")),
	like([]string{"%"}, one("I forgot my password again.", "The password reset mail never came.", "my password is not accepted", "Password: required", "the pin pad is broken", "Your password must have 8 characters.", "The password is too short, it said.", "pin 3 of the connector is bent", "My password was changed by someone.", "error code 5003", "promo code SAVE20", "discount code WELCOME10 rejected", "the password is case sensitive", "password protected PDF", "My password is wrong, it says!")),
	like([]string{"%"}, one("meet me @ 5.30pm", "follow @support on twitter", "icon@2x.png is blurry", "email is down", "I am at a loss", "look at booking dot com deals", "https://example.org/help?page=2&lang=en", "www.example.org/shop/item-12345", "https://example.com/reset-password", "https://youtu.be/dQw4w9WgXcQ", "https://example.org/p?id=48151623", "see example.com/faq#login")),
	like([]string{"%"}, one("5 Star Way to go", "a 2 way street", "I waited 20 minutes on Main Street.", "Windows 11 Drive mapping fails", "it took 3 days drive to get there", "The 10 Minute Way to cook", "on 5 Avenue stores I found none", "flat 20 percent off", "I paid 12 via PayPal", "unit price 40, box of 12", "building 7 is closed", "room 12 floor 3")),
	like(anywhere, func(r *rand.Rand) string { return wrongCard(r) }),
	like([]string{"IBAN % was refused as wrong.", "%", "it says % is invalid"}, func(r *rand.Rand) string { return wrongIBAN(r) }),
	like([]string{"ISBN %", "EAN %", "barcode % does not scan"}, form("978-3-16-1484!#-#", "4006381!33931", "97802013!96#2")),
	like([]string{"% is not a valid address.", "the range %"}, form("300.1!.1!.1!", "256.!.!.!", "1!.1!.1!", "0!-1!-2!-3!")),
	like([]string{"Ticket was % euros.", "the case of % bottles", "I have % orders open", "account for % years", "order % pizzas", "policy since 20##"[:12] + " % ago", "booked % nights", "claim of % dollars"}, form("!", "1!", "4!", "12!")),
}

// wrongCard makes a number like that of a card whose check digit is wrong.
func wrongCard(r *rand.Rand) string {
	s := visa(r)
	return grouped(s[:15]+string('0'+(s[15]-'0'+1+byte(r.IntN(9)))%10), " ", 4, 4, 4)
}

// wrongIBAN makes one whose check digits are wrong.
func wrongIBAN(r *rand.Rand) string {
	s := iban("DE", "999999999999999999")(r)
	return strings.Join([]string{s[:4], s[4:8], s[8:12], s[12:16], s[16:20], s[20:21] + string('0'+(s[21]-'0'+1)%10)}, " ")
}
