package privacytest

import "earshot/nlp/privacy"

// ordinary are sentences of feedback without personal data.
var ordinary = []string{
	"The parcel was wet when it arrived.", "I waited forty minutes on the phone line.", "Your app logs me out twice a day.", "Nice shop, friendly people.",
	"They billed me twice in March 2024.", "The size 12 fits well, the 14 does not.", "Since 3 May the line drops at 20:15 every evening.", "I paid $129.99 plus 19% tax for this.",
	"It is the third visit and nothing works.", "Please sort this out.", "Version 4.2.1 broke the login.", "10/10 would buy again.", "We stayed from 12.08.2024 to 19.08.2024.",
	"My router shows a red light.", "Honestly the worst support ever!", "Delivery took 5 days instead of 2.", "The Black Friday deal was gone by 9 am.", "Great value for 25 euros a month.",
	"Nobody in the store knew about the offer.", "The battery lasts 12 hours.", "I moved last week.", "Speed test says 48.6 Mbps down, 9.8 up.", "Room 204 was clean.", "Still no refund after six weeks.",
}

// carriersOf are sentences into which values fit that need no other words around
// them than these.
var carriersOf = map[string][]string{
	privacy.Email: {
		"You can reach me under %.", "Send the invoice to % please.", "%", "my address for mails is %, not the old one.", "Login (%) does not work.", "cc: %", "it was sent from % yesterday", "Contact: %\n",
		"please remove <%> from your list", "I wrote from % twice!", "E-Mail: %", "username is %, same as before.",
	},
	privacy.Phone: {
		"Call me back on %.", "My phone: %", "please ring % after six", "You have the wrong number, it is %, not the one on file.", "Tel. %", "mobile % works best", "text me at %!", "reach me under % (evenings)",
		"The phone number on the account is %.", "WhatsApp %", "my cell is %, thanks", "Somebody phoned from % and hung up.",
	},
	privacy.Card: {
		"The card % was charged twice.", "I paid with %.", "%", "my visa % got declined", "card number: %", "Charged to %, exp 09/27.", "please use % instead of the old card", "It says % is blocked.", "cc %",
		"refund it to % like last time.", "The number on the front reads %.", "They wrote down % on a slip of paper!",
	},
	privacy.IBAN: {
		"Please pay it to %.", "My IBAN is %", "IBAN: %", "refund to account %, as agreed", "%", "bank details % (BIC on request)", "I transferred from % on Monday.", "Direct debit from % was returned.", "Konto %",
		"the money should go to %!", "Use % for the payout.", "You debited % twice.",
	},
	privacy.IP: {
		"My address is % says your log.", "Blocked from %.", "I always connect from %", "the router got % today", "IP: %", "Someone logged in from % at night.", "ping % fails", "your firewall bans %, why?", "login attempt (%) was not me",
		"Host % does not answer.", "traceroute ends at %", "server says: access denied for %",
	},
	privacy.Name: {
		"My name is %.", "I spoke to % about it.", "The agent called % hung up on me.", "Kind regards, %", "Best wishes\n%", "Please ask for %.", "Dear %,", "Thanks to % it got solved.", "this is % calling again", "I was served by % at the counter.",
		"A technician named % came by.", "Account holder: %", "Thank you, %, for the quick help.", "My husband % ordered it.", "%, who works at your desk, was great.", "Then your colleague % promised a call back.",
	},
	privacy.Address: {
		"I live at %.", "Please deliver to % from now on.", "The parcel went to %, which is wrong.", "New address: %", "Technician never came to %.", "%", "ship it to % instead", "We moved to % last month.", "The fault is at %.", "billing address is %",
	},
	privacy.Password: nil, privacy.Account: nil, privacy.NationalID: nil,
}
