package sentence_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"earshot/nlp/sentence"
	"earshot/nlp/token"
)

// sentences writes the sentences of a text with bars between them.
func sentences(text string) string {
	tokens := token.Append(nil, text)
	var out []string
	for _, r := range sentence.Append(nil, text, tokens, token.Range{From: 0, To: len(tokens)}) {
		out = append(out, strings.ReplaceAll(text[tokens[r.From].Start:tokens[r.To-1].End], "\n", "⏎"))
	}
	return strings.Join(out, " | ")
}

func TestTextIsCutIntoSentences(t *testing.T) {
	t.Parallel()
	for name, cases := range map[string][][2]string{
		"nothing": {{"", ""}, {" \n\t ", ""}},
		"closing marks": {
			{"It works. I like it!", "It works. | I like it!"},
			{"yes!!! no?! what", "yes!!! | no?! | what"},
			{"Really ?! Oui !!!", "Really ?! | Oui !!!"},
			{"late. again. never", "late. | again. | never"},
			{"end.Start wow!great Yes!No", "end. | Start wow! | great Yes! | No"},
		},
		"titles and names": {
			{"Dr. Smith came. Mr. Jones vs. Mrs. Lee.", "Dr. Smith came. | Mr. Jones vs. Mrs. Lee."},
			{"I met J. R. Smith. He left.", "I met J. R. Smith. | He left."},
			{"St. Mary's St. is long. I live on Main St. It is ok.", "St. Mary's St. is long. | I live on Main St. | It is ok."},
			{"Acme Inc. Support is bad. Plan B. It failed. It was I. And you", "Acme Inc. Support is bad. | Plan B. | It failed. | It was I. | And you"},
		},
		"abbreviations": {
			{"See e.g. the manual, i.e. page 3. Screws, etc. Then no", "See e.g. the manual, i.e. page 3. | Screws, etc. | Then no"},
			{"The U.S. office called. I live in the U.S. They don't.", "The U.S. office called. | I live in the U.S. | They don't."},
			{"No. 5 is bad. No. Never. No.12 too", "No. 5 is bad. | No. | Never. | No.12 too"},
			{"Acct. no. 1234 closed. cust. called re. bill. w/o svc. ok", "Acct. no. 1234 closed. | cust. called re. bill. | w/o svc. ok"},
			{"Das ist z. B. schlecht, d.h. nie. Nr. 5 bzw. Dr. Lang. usw. Danke", "Das ist z. B. schlecht, d.h. nie. | Nr. 5 bzw. Dr. Lang. | usw. | Danke"},
			{"M. Dupont est venu. Mme. Leroy aussi. etc. Merci", "M. Dupont est venu. | Mme. Leroy aussi. | etc. | Merci"},
			{"El Sr. García en EE. UU. no vino. Aprox. 5 días", "El Sr. García en EE. UU. no vino. | Aprox. 5 días"},
			{"Il dott. Bianchi no. A Sra. Costa na Av. Paulista.", "Il dott. Bianchi no. | A Sra. Costa na Av. Paulista."},
		},
		"times, prices and numbers": {
			{"Open 9 a.m. to 5 p.m. Closed Sunday. Until 5 pm. no", "Open 9 a.m. to 5 p.m. | Closed Sunday. | Until 5 pm. | no"},
			{"It cost $4.99 in total. Rated 3.5. Never. 5/5. Would buy", "It cost $4.99 in total. | Rated 3.5. | Never. | 5/5. | Would buy"},
			{"Am 3. Mai kam der 2. Techniker. Es waren 3. Das reicht", "Am 3. Mai kam der 2. Techniker. | Es waren 3. | Das reicht"},
			{"visit example.com. version 2.0.1 is out. ok", "visit example.com. | version 2.0.1 is out. | ok"},
		},
		"ellipses": {
			{"Late again... no call... nothing. Wait... What", "Late again... no call... nothing. | Wait... | What"},
			{"wait … ok … Fine", "wait … ok … | Fine"},
		},
		"quotes and brackets": {
			{"\"It broke.\" She left. \"Why?\" he asked.", "\"It broke.\" | She left. | \"Why?\" he asked."},
			{"He said \"no.\" Then left. (It broke.) Next (really?!) ok", "He said \"no.\" | Then left. | (It broke.) | Next (really?!) ok"},
			{"„Schlecht.“ Nie. «Bof.» Non. “Bad.” Ok", "„Schlecht.“ | Nie. | «Bof.» | Non. | “Bad.” | Ok"},
			{"「坏了。」他说。", "「坏了。」他说。"},
		},
		"lists": {
			{"1. First thing. 2. Second thing.", "1. First thing. | 2. Second thing."},
			{"Pros:\n- fast\n- cheap\nCons:\n* slow\n• ugly", "Pros: | - fast | - cheap | Cons: | * slow | • ugly"},
			{"1. slow\n2. ugly\n3) dear", "1. slow | 2. ugly | 3) dear"},
		},
		"lines": {
			{"late again\nno call\n\nnothing", "late again | no call | nothing"},
			{"my router has been blinking red ever since\nthe day before yesterday\nand I called", "my router has been blinking red ever since⏎the day before yesterday | and I called"},
			{"the router has been blinking red since then,\nand nobody called", "the router has been blinking red since then,⏎and nobody called"},
			{"a line that is long enough for a margin to be\nGreat price", "a line that is long enough for a margin to be | Great price"},
			{"Hi,\n\nmy order\n", "Hi, | my order"},
		},
		"chats": {
			{"Agent: hello there\nCustomer: my line is down and has been for two days\nme: ok", "Agent: hello there | Customer: my line is down and has been for two days | me: ok"},
			{"[10:02] Ann: hi\n[10:03] Bob: hello", "[10:02] Ann: hi | [10:03] Bob: hello"},
		},
		"emoji": {
			{"love it 😍 Best ever 😂😂 would buy", "love it 😍 | Best ever 😂😂 would buy"},
			{"thanks :) Great :( but late", "thanks :) | Great :( but late"},
		},
		"other scripts": {
			{"很差。不会再买！真的？是的……好吧。", "很差。 | 不会再买！ | 真的？ | 是的…… | 好吧。"},
			{"الخدمة سيئة. لماذا؟ لا أعرف! شكرا۔ نعم", "الخدمة سيئة. | لماذا؟ | لا أعرف! | شكرا۔ | نعم"},
			{"सेवा खराब है। क्यों? पता नहीं।", "सेवा खराब है। | क्यों? | पता नहीं।"},
			{"Плохо. и т.д. Всё, т.е. нет.", "Плохо. | и т.д. | Всё, т.е. нет."},
			{"¿Por qué? ¡Qué mal! No", "¿Por qué? | ¡Qué mal! | No"},
		},
		"no sentences in": {
			{"a.b.c", "a.b.c"}, {"Ph.D. students", "Ph.D. students"}, {"!", "!"}, {"...", "..."}, {". a", ". | a"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, c := range cases {
				if diff := cmp.Diff(c[1], sentences(c[0])); diff != "" {
					t.Errorf("%q:\n%s", c[0], diff)
				}
			}
		})
	}
}

func TestSentencesOfAPartStayInIt(t *testing.T) {
	t.Parallel()
	text := "One. Two. Three. Four."
	tokens := token.Append(nil, text)
	got := sentence.Append(nil, text, tokens, token.Range{From: 2, To: 6})
	if diff := cmp.Diff([]token.Range{{From: 2, To: 4}, {From: 4, To: 6}}, got); diff != "" {
		t.Error(diff)
	}
}

func TestSentencesAreFoundWithoutAllocating(t *testing.T) {
	text := "Dr. Smith came at 9 a.m. and left, e.g. late. \"Why?\" The U.S. office, No. 5, am 3. Mai.\n- so\nAgent: no… yes!"
	tokens := token.Append(nil, text)
	all := token.Range{From: 0, To: len(tokens)}
	dst := sentence.Append(nil, text, tokens, all)
	if n := testing.AllocsPerRun(20, func() { dst = sentence.Append(dst[:0], text, tokens, all) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzSentences(f *testing.F) {
	for _, s := range []string{"", "a", ".", "It works. I like it!\nNo?! Dr. Who …", "1. a\n2. b", "e.g. U.S. z. B. am 3. Mai 5. Nr. 5", "\"a.\" (b!) „c?“ d", "😂 A :) B", "a\n\nb\nme: c\n- d", "很差。 نعم؟ है।", "...!?..", "\xff.\x00."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		tokens := token.Append(nil, text)
		for _, part := range []token.Range{{From: 0, To: len(tokens)}, {From: len(tokens) / 3, To: len(tokens) - len(tokens)/3}} {
			got := sentence.Append(nil, text, tokens, part)
			at := part.From
			for _, r := range got {
				if r.From != at || r.To <= r.From || r.To > part.To {
					t.Fatalf("sentences %v of the tokens %v of %q", got, part, text)
				}
				at = r.To
			}
			if at != part.To {
				t.Fatalf("sentences %v end before the tokens %v of %q", got, part, text)
			}
			if diff := cmp.Diff(got, sentence.Append(nil, text, tokens, part)); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}
