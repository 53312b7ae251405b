package pipeline_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"earshot/nlp"
	"earshot/nlp/privacy"
	"earshot/nlp/token"
	"earshot/pipeline"
)

// hiding is a Privacy with the real finder and telling pseudonyms.
func hiding(t *testing.T) pipeline.Privacy {
	t.Helper()
	finder, err := privacy.New(privacy.Options{NoEntities: true})
	if err != nil {
		t.Fatal(err)
	}
	return pipeline.Privacy{Redactor: finder, Pseudonym: func(id string) string {
		if id == "" {
			return ""
		}
		return "pseudonym of " + id
	}}
}

func TestPersonalDataIsHiddenInEveryFieldThatCanHoldIt(t *testing.T) {
	p := hiding(t)
	f := pipeline.Feedback{
		Source: "s", ID: "ann@example.org", Customer: "c-1", Title: "For ann@example.org", Text: "Mail ann@example.org, says Zuleyka. Galaxy Anna is fine.",
		URL: "example.org/reset?token=ab12cd34", Product: "Galaxy Anna", Targets: []string{"Anna Cola"},
		Attributes: map[string]string{
			"customer_name": "Zuleyka Quipp", "customer.email": "no-mail", "Agent-Name": "Bo", "note": "call +44 20 7946 0958", "plan": "gold", "name": " ",
		},
	}
	told := p.Apply(&f)
	want := pipeline.Feedback{
		Source: "s", ID: "ann@example.org", Customer: "pseudonym of c-1", Title: "For [email]", Text: "Mail [email], says [name]. Galaxy Anna is fine.",
		URL: "example.org/reset?token=[password]", Product: "Galaxy Anna", Targets: []string{"Anna Cola"},
		Attributes: map[string]string{
			"customer_name": "[name]", "customer.email": "[email]", "Agent-Name": "[name]", "note": "call [phone]", "plan": "gold", "name": " ",
		},
	}
	if diff := cmp.Diff(want, f); diff != "" {
		t.Errorf("feedback (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]nlp.PII{{Kind: "email", Span: token.Span{Start: 5, End: 12}}, {Kind: "name", Span: token.Span{Start: 19, End: 25}}}, told); diff != "" {
		t.Errorf("found in the text (-want +got):\n%s", diff)
	}
	again := p
	again.Pseudonym = nil
	again.Apply(&f)
	if diff := cmp.Diff(want, f); diff != "" {
		t.Errorf("hidden twice (-want +got):\n%s", diff)
	}
}

func TestTurnsMoveWithTheTextAroundThem(t *testing.T) {
	p := hiding(t)
	text := "customer: I am ann@example.org\nagent: Thanks\ncustomer: bye"
	f := pipeline.Feedback{Text: text}
	for _, said := range []string{"I am ann@example.org", "Thanks", "bye"} {
		at := strings.Index(text, said)
		f.Turns = append(f.Turns, pipeline.Turn{Role: pipeline.RoleCustomer, Span: token.Span{Start: at, End: at + len(said)}})
	}
	p.Apply(&f)
	var got []string
	for _, turn := range f.Turns {
		got = append(got, f.Text[turn.Start:turn.End])
	}
	if diff := cmp.Diff([]string{"I am [email]", "Thanks", "bye"}, got); diff != "" {
		t.Errorf("turns (-want +got):\n%s", diff)
	}
}

func TestVisiblePersonalDataIsToldWhereItStands(t *testing.T) {
	p := hiding(t)
	p.Visible = true
	text := "Mail ann@example.org or bob@example.org"
	f := pipeline.Feedback{Text: text, Attributes: map[string]string{"agent": "Bo"}}
	var got []string
	for _, x := range p.Apply(&f) {
		got = append(got, text[x.Start:x.End])
	}
	if diff := cmp.Diff([]string{"ann@example.org", "bob@example.org"}, got); diff != "" {
		t.Errorf("found (-want +got):\n%s", diff)
	}
	if f.Text != text || f.Attributes["agent"] != "Bo" {
		t.Errorf("the feedback was changed: %+v", f)
	}
	if said := p.Conceal(text); said != text {
		t.Errorf("Conceal says %q", said)
	}
}

func TestNothingHappensWithoutARedactorAndPseudonyms(t *testing.T) {
	var p pipeline.Privacy
	f := pipeline.Feedback{Customer: "c", Text: "ann@example.org"}
	if told := p.Apply(&f); told != nil || f.Customer != "c" || f.Text != "ann@example.org" || p.Conceal("ann@example.org") != "ann@example.org" {
		t.Errorf("%v, %+v", told, f)
	}
}

func TestTheAnalyzerAndTheStoreNeverSeePersonalData(t *testing.T) {
	bubble(t, func(t *testing.T) {
		src, st := &source{records: records("I am ann@example.org")}, &store{}
		p := newPipeline(src, st)
		p.Privacy = hiding(t)
		p.Decoder = decoderFunc(func(r pipeline.Record) (pipeline.Feedback, *pipeline.Rejection) {
			f, rejection := plain(r)
			f.Customer = "c-1"
			return f, rejection
		})
		var heard string
		p.Analyzer = analyzerFunc(func(ctx context.Context, docs []nlp.Document) ([]nlp.Analysis, error) {
			heard = docs[0].Text
			return echo(ctx, docs)
		})
		if err := runUntil(t, p, committedUpTo(src, 0)); err != nil {
			t.Fatal(err)
		}
		row := st.rows[place{"t", 0, 0}]
		const want = "I am [email]"
		if heard != want || row.Feedback.Text != want || row.Analysis.Text != want || row.Feedback.Customer != "pseudonym of c-1" {
			t.Errorf("heard %q, stored %q (%q) of %q", heard, row.Feedback.Text, row.Analysis.Text, row.Feedback.Customer)
		}
		if diff := cmp.Diff([]nlp.PII{{Kind: "email", Span: token.Span{Start: 5, End: 12}}}, row.Analysis.PII); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
	})
}

func TestWithdrawalsHaveThePseudonymOfTheirCustomer(t *testing.T) {
	p := hiding(t)
	f := pipeline.Feedback{Deleted: true, Customer: "c-1"}
	p.Apply(&f)
	if f.Customer != "pseudonym of c-1" {
		t.Errorf("customer %q", f.Customer)
	}
}

func TestDeadLettersAndLogsQuoteNoPersonalData(t *testing.T) {
	const secret = "ann@example.org"
	for _, tt := range []struct {
		name   string
		change func(*pipeline.Pipeline, *store)
	}{
		{"a rejection quotes", func(p *pipeline.Pipeline, _ *store) {
			p.Decoder = decoderFunc(func(pipeline.Record) (pipeline.Feedback, *pipeline.Rejection) {
				return pipeline.Feedback{}, pipeline.Rejectf(pipeline.ReasonWrongType, "rating: found string %q", secret)
			})
		}},
		{"decoding panics", func(p *pipeline.Pipeline, _ *store) {
			p.Decoder = decoderFunc(func(pipeline.Record) (pipeline.Feedback, *pipeline.Rejection) { panic(secret) })
		}},
		{"the analysis fails", func(p *pipeline.Pipeline, _ *store) {
			p.Analyzer = analyzerFunc(func(context.Context, []nlp.Document) ([]nlp.Analysis, error) { return nil, errors.New(secret) })
		}},
		{"the store refuses a row", func(_ *pipeline.Pipeline, st *store) {
			st.write = func(items []*pipeline.Item) error {
				items[0].Rejection = pipeline.Rejectf(pipeline.ReasonUnwritable, "refused %s", secret)
				return nil
			}
		}},
		{"looking for personal data panics", func(p *pipeline.Pipeline, _ *store) {
			p.Privacy.Pseudonym = func(string) string { panic(secret) }
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				src, st := &source{records: records("value with " + secret)}, &store{}
				p := newPipeline(src, st)
				p.Privacy = hiding(t)
				activity := pipeline.NewActivity()
				p.Metrics = pipeline.NewMetrics(nil, activity)
				log, said := logTo()
				p.Log = log
				tt.change(p, st)
				if err := runUntil(t, p, committedUpTo(src, 0)); err != nil {
					t.Fatal(err)
				}
				letter := st.letters[place{"t", 0, 0}]
				if letter.Detail == "" || strings.Contains(letter.Detail, secret) {
					t.Errorf("the dead letter says %q", letter.Detail)
				}
				if strings.Contains(said.String(), secret) {
					t.Errorf("the log says %q", said)
				}
				want := []pipeline.Rejected{{Reason: letter.Reason, Detail: letter.Detail, Excerpt: []byte("value with [email]")}}
				if diff := cmp.Diff(want, activity.Snapshot().Latest, cmpopts.IgnoreFields(pipeline.Rejected{}, "Topic", "Time")); diff != "" {
					t.Errorf("remembered (-want +got):\n%s", diff)
				}
			})
		})
	}
}
