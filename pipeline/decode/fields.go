package decode

import (
	"github.com/tidwall/gjson"
)

// field is a field of the contract.
type field int

// The fields.
const (
	fieldID field = iota
	fieldSource
	fieldChannel
	fieldCreatedAt
	fieldVersion
	fieldDeleted
	fieldTitle
	fieldText
	fieldMessages
	fieldRating
	fieldRatingMax
	fieldNPS
	fieldCSAT
	fieldCES
	fieldLanguage
	fieldCustomer
	fieldProduct
	fieldLocation
	fieldTouchpoint
	fieldStage
	fieldURL
	fieldPlatform
	fieldReplyTo
	fieldLikes
	fieldShares
	fieldTargets
	fieldAttributes
	fieldCount
)

func (f field) String() string { return fieldNames[f] }

var fieldNames = [fieldCount]string{
	"id", "source", "channel", "created_at", "version", "deleted", "title", "text", "messages",
	"rating", "rating_max", "nps", "csat", "ces", "language", "customer", "product", "location",
	"touchpoint", "stage", "url", "platform", "reply_to", "likes", "shares", "targets", "attributes",
}

// fieldNamed returns the field of that name. A switch, because it runs for
// every field of every record.
func fieldNamed(name string) (field, bool) {
	switch name {
	case "id":
		return fieldID, true
	case "source":
		return fieldSource, true
	case "channel":
		return fieldChannel, true
	case "created_at":
		return fieldCreatedAt, true
	case "version":
		return fieldVersion, true
	case "deleted":
		return fieldDeleted, true
	case "title":
		return fieldTitle, true
	case "text":
		return fieldText, true
	case "messages":
		return fieldMessages, true
	case "rating":
		return fieldRating, true
	case "rating_max":
		return fieldRatingMax, true
	case "nps":
		return fieldNPS, true
	case "csat":
		return fieldCSAT, true
	case "ces":
		return fieldCES, true
	case "language":
		return fieldLanguage, true
	case "customer":
		return fieldCustomer, true
	case "product":
		return fieldProduct, true
	case "location":
		return fieldLocation, true
	case "touchpoint":
		return fieldTouchpoint, true
	case "stage":
		return fieldStage, true
	case "url":
		return fieldURL, true
	case "platform":
		return fieldPlatform, true
	case "reply_to":
		return fieldReplyTo, true
	case "likes":
		return fieldLikes, true
	case "shares":
		return fieldShares, true
	case "targets":
		return fieldTargets, true
	case "attributes":
		return fieldAttributes, true
	}
	return 0, false
}

// extra is a field beyond the contract.
type extra struct {
	name  string
	value gjson.Result
}

// gather sorts the fields of a checked JSON object into known and others.
// Nulls are as if they were not there.
func (it *item) gather(json string) {
	gjson.Parse(json).ForEach(func(key, value gjson.Result) bool {
		if f, known := fieldNamed(key.Str); known {
			it.fields[f] = value
		} else {
			it.addExtra(key.Str, value)
		}
		return true
	})
}

// addExtra remembers a field beyond the contract, up to the number that can
// become attributes: a record of a million fields must not cost a million.
func (it *item) addExtra(name string, value gjson.Result) {
	if value.Type == gjson.Null {
		return
	}
	if len(it.extras) == maxAttributes {
		it.flag(attributesCut)
		return
	}
	it.extras = append(it.extras, extra{name, value})
}
