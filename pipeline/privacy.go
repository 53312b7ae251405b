package pipeline

import (
	"cmp"
	"slices"
	"strings"

	"earshot/nlp"
	"earshot/nlp/privacy"
)

// Redactor replaces personal data by its kind in brackets, as *privacy.Finder does.
// found has the places of the replacements in redacted, moved where the rest went.
type Redactor interface {
	Redact(text string, k privacy.Known) (redacted string, found []privacy.Found, moved privacy.Shift)
}

// Privacy is what happens to personal data before a text is heard and before
// anything of it leaves the process. With the zero value nothing happens to it.
type Privacy struct {
	// Redactor hides personal data; nil: it is not even looked for.
	Redactor Redactor
	// Visible says that personal data is found and told, but stays where it is.
	Visible bool
	// Keep are terms that stay although they may look like names: brands, products.
	Keep []string
	// Pseudonym turns the id of a customer into what is stored instead; nil: the
	// id itself is. Of "" it must make "".
	Pseudonym func(id string) string
}

// Apply changes f to what may be stored of it, and returns what was found in its
// Text, with offsets into the changed Text. Names that the record gives as those of
// its customer or agent are hidden everywhere; its targets and its product stay.
// Source, ID, Product, Location and Targets are not touched.
func (p *Privacy) Apply(f *Feedback) []nlp.PII {
	if p.Pseudonym != nil {
		f.Customer = p.Pseudonym(f.Customer)
	}
	if p.Redactor == nil || f.Deleted {
		return nil
	}
	known := p.knownOf(f)
	text, found, moved := p.Redactor.Redact(f.Text, known)
	told := make([]nlp.PII, len(found))
	for i, x := range found {
		span := x.Span
		if p.Visible {
			span = moved.Original(span)
		}
		told[i] = nlp.PII{Kind: x.Kind, Span: span}
	}
	if p.Visible {
		return told
	}
	if len(found) > 0 {
		f.Text = text
		for i := range f.Turns {
			f.Turns[i].Span = moved.Span(f.Turns[i].Span)
		}
	}
	f.Title = p.hide(f.Title, known)
	f.URL = p.hideLink(f.URL)
	for key, value := range f.Attributes {
		if kind := kindOfAttribute(key); kind != "" && strings.TrimSpace(value) != "" {
			f.Attributes[key] = "[" + kind + "]"
			continue
		}
		f.Attributes[key] = p.hide(value, known)
	}
	return told
}

func (p *Privacy) hide(text string, k privacy.Known) string {
	if text == "" {
		return ""
	}
	text, _, _ = p.Redactor.Redact(text, k)
	return text
}

// hideLink hides what is secret in a link, also in one without a scheme.
func (p *Privacy) hideLink(link string) string {
	if link == "" || strings.Contains(link, "://") {
		return p.hide(link, privacy.Known{})
	}
	const scheme = "https://"
	return strings.TrimPrefix(p.hide(scheme+link, privacy.Known{}), scheme)
}

// Conceal returns what may be said of foreign data in an error or a log line.
func (p *Privacy) Conceal(message string) string {
	if p.Redactor == nil || p.Visible {
		return message
	}
	return p.hide(message, privacy.Known{})
}

// knownOf returns what the record itself says about names. Longer names come first.
func (p *Privacy) knownOf(f *Feedback) privacy.Known {
	k := privacy.Known{Keep: append(slices.Clip(p.Keep), f.Targets...)}
	if f.Product != "" {
		k.Keep = append(k.Keep, f.Product)
	}
	for key, value := range f.Attributes {
		if kindOfAttribute(key) == privacy.Name && strings.TrimSpace(value) != "" {
			k.Names = append(k.Names, value)
		}
	}
	slices.SortFunc(k.Names, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
	})
	return k
}

// attributeKinds are the attributes whose whole value is personal data, by the end
// of their name in lower case without marks: customer_name, Agent-Name.
var attributeKinds = map[string]string{
	"customername": privacy.Name, "clientname": privacy.Name, "username": privacy.Name, "agentname": privacy.Name, "fullname": privacy.Name,
	"firstname": privacy.Name, "lastname": privacy.Name, "surname": privacy.Name, "givenname": privacy.Name, "familyname": privacy.Name,
	"displayname": privacy.Name, "reviewername": privacy.Name, "authorname": privacy.Name, "contactname": privacy.Name, "employeename": privacy.Name,
	"technicianname": privacy.Name, "repname": privacy.Name, "csrname": privacy.Name, "operatorname": privacy.Name, "accountholder": privacy.Name,
	"name": privacy.Name, "agent": privacy.Name, "author": privacy.Name, "reviewer": privacy.Name, "advisor": privacy.Name, "technician": privacy.Name,
	"operator": privacy.Name, "employee": privacy.Name, "caller": privacy.Name, "callername": privacy.Name, "csr": privacy.Name, "assignee": privacy.Name,
	"email": privacy.Email, "mail": privacy.Email, "emailaddress": privacy.Email, "customeremail": privacy.Email, "agentemail": privacy.Email, "useremail": privacy.Email, "contactemail": privacy.Email,
	"phone": privacy.Phone, "phonenumber": privacy.Phone, "mobile": privacy.Phone, "mobilenumber": privacy.Phone, "telephone": privacy.Phone, "msisdn": privacy.Phone, "customerphone": privacy.Phone, "callernumber": privacy.Phone,
	"address": privacy.Address, "streetaddress": privacy.Address, "street": privacy.Address, "fulladdress": privacy.Address, "postaladdress": privacy.Address, "shippingaddress": privacy.Address, "billingaddress": privacy.Address,
	"ip": privacy.IP, "ipaddress": privacy.IP, "clientip": privacy.IP, "remoteip": privacy.IP,
	"password": privacy.Password, "passwd": privacy.Password, "pin": privacy.Password, "token": privacy.Password,
	"ssn": privacy.NationalID, "nationalid": privacy.NationalID, "passport": privacy.NationalID, "passportnumber": privacy.NationalID, "taxid": privacy.NationalID,
	"iban": privacy.IBAN, "card": privacy.Card, "cardnumber": privacy.Card, "creditcard": privacy.Card,
	"accountnumber": privacy.Account, "accountno": privacy.Account,
}

// kindOfAttribute returns the kind of personal data that an attribute of that name
// has; empty where only its value can tell. Of a path (customer.name) the last part
// counts.
func kindOfAttribute(name string) string {
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		if kind := kindOfAttribute(name[:i] + name[i+1:]); kind != "" {
			return kind
		}
		name = name[i+1:]
	}
	plain := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" _-", r) {
			return -1
		}
		return r
	}, strings.ToLower(name))
	return attributeKinds[plain]
}
