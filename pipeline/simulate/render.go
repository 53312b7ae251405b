package simulate

import (
	"strconv"
	"time"
	"unicode/utf8"

	"earshot/pipeline"
)

const timeFormat = "2006-01-02T15:04:05.000Z"

var idPrefixes = [channels]string{"rev-", "soc-", "cha-", "sur-", "tic-", "cal-"}

// render appends an item as the contract's JSON, with a fault where one is
// asked for.
func (c *Company) render(out []byte, it *item, fault pipeline.Reason) []byte {
	out = append(out, '{')
	if fault != pipeline.ReasonMissingID {
		out = append(out, `"id":"`...)
		out = c.appendID(out, it)
		out = append(out, `",`...)
	}
	out = append(out, `"created_at":"`...)
	if fault == pipeline.ReasonInvalidTime {
		out = append(out, "yesterday"...)
	} else {
		out = it.created.AppendFormat(out, timeFormat)
	}
	out = append(out, '"')
	if it.version > 0 {
		out = append(out, `,"version":`...)
		out = strconv.AppendInt(out, int64(it.version), 10)
	}
	if !it.alive {
		return append(out, `,"deleted":true}`...)
	}
	out = c.appendCustomer(out, it)
	if it.statesLanguage {
		out = appendField(out, "language", it.writtenInLanguage)
	}
	if it.statesTouchpoint {
		out = appendField(out, "touchpoint", facts[it.subject].touchpoint)
	}
	if it.statesStage {
		out = appendField(out, "stage", stageNames[it.stage])
	}
	if fault == pipeline.ReasonNoContent {
		return append(out, '}')
	}
	if fault == pipeline.ReasonOutOfRange {
		out = append(out, `,"nps":14`...)
	} else {
		out = appendNumber(out, "nps", it.nps)
	}
	out = appendNumber(out, "csat", it.csat)
	out = appendNumber(out, "ces", it.ces)
	if it.score > 0 {
		out = appendNumber(out, "rating", it.score)
		out = appendNumber(out, "rating_max", it.scoreMax)
	}
	if len(it.title) > 0 {
		out = append(out, `,"title":`...)
		out = appendString(out, it.title)
	}
	switch {
	case fault == pipeline.ReasonWrongType:
		out = append(out, `,"text":{"body":`...)
		out = appendString(out, it.text)
		out = append(out, '}')
	case len(it.turns) > 0:
		out = appendTurns(out, it)
	case len(it.text) > 0:
		out = append(out, `,"text":`...)
		out = appendString(out, it.text)
	}
	switch it.channel {
	case social:
		out = appendField(out, "platform", it.platform)
		out = appendNumber(out, "likes", it.likes)
		out = appendNumber(out, "shares", it.shares)
	case review:
		out = append(out, `,"url":"https://reviews.example.org/ostrel/`...)
		out = strconv.AppendInt(out, it.seq, 10)
		out = append(out, '"')
	}
	out = appendAttributes(out, it)
	if fault == pipeline.ReasonInvalidJSON {
		return out[:len(out)-len(out)/4]
	}
	return append(out, '}')
}

func (c *Company) appendID(out []byte, it *item) []byte {
	out = append(out, idPrefixes[it.channel]...)
	if it.past {
		out = append(out, c.pastTag...)
	} else {
		out = append(out, c.liveTag...)
	}
	out = append(out, '-')
	return strconv.AppendInt(out, it.seq, 10)
}

func (c *Company) appendCustomer(out []byte, it *item) []byte {
	out = append(out, `,"customer":{"id":"`...)
	out = appendCustomerID(out, it)
	out = append(out, `","segment":"`...)
	out = append(out, segments[it.who.segment].name...)
	out = append(out, `"}`...)
	out = appendField(out, "product", productNames[it.who.product][it.who.plan])
	l := c.languages[it.who.language]
	out = append(out, `,"location":"`...)
	cities := l.grammar.rules[l.city]
	out = append(out, cities[int(it.who.city)%len(cities)][0].text...)
	return append(out, '"')
}

func appendCustomerID(out []byte, it *item) []byte {
	out = append(out, "cus-"...)
	return strconv.AppendUint(out, uint64(it.who.no), 10)
}

// appendAttributes adds what the company's own systems know: posts come from
// outside them.
func appendAttributes(out []byte, it *item) []byte {
	if it.channel == social {
		return out
	}
	out = append(out, `,"attributes":{"order_id":"OS-`...)
	out = strconv.AppendUint(out, uint64(it.who.order), 10)
	if it.channel == ticket || it.channel == call {
		out = append(out, `","reference":"OS-`...)
		out = strconv.AppendUint(out, uint64(it.who.ref), 10)
	}
	return append(out, `"}`...)
}

func appendTurns(out []byte, it *item) []byte {
	out = append(out, `,"messages":[`...)
	for i := range it.turns {
		t := &it.turns[i]
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, `{"role":"`...)
		out = append(out, t.role...)
		out = append(out, `","text":`...)
		out = appendString(out, it.text[t.start:t.end])
		out = append(out, `,"at":"`...)
		out = t.at.Truncate(time.Second).AppendFormat(out, time.RFC3339)
		out = append(out, `"}`...)
	}
	return append(out, ']')
}

func appendField(out []byte, name, value string) []byte {
	out = append(out, ',', '"')
	out = append(out, name...)
	out = append(out, `":"`...)
	out = append(out, value...)
	return append(out, '"')
}

func appendNumber(out []byte, name string, n int) []byte {
	if n == none {
		return out
	}
	out = append(out, ',', '"')
	out = append(out, name...)
	out = append(out, `":`...)
	return strconv.AppendInt(out, int64(n), 10)
}

// appendString quotes text, which is valid UTF-8, as JSON.
func appendString(out, text []byte) []byte {
	out = append(out, '"')
	start := 0
	for i, b := range text {
		if b >= ' ' && b != '"' && b != '\\' || b >= utf8.RuneSelf {
			continue
		}
		out = append(out, text[start:i]...)
		start = i + 1
		switch b {
		case '"', '\\':
			out = append(out, '\\', b)
		case '\n':
			out = append(out, '\\', 'n')
		default:
			const hex = "0123456789abcdef"
			out = append(out, '\\', 'u', '0', '0', hex[b>>4], hex[b&15])
		}
	}
	out = append(out, text[start:]...)
	return append(out, '"')
}
