package report_test

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"secondserver/lab/report"
)

// results are one that holds, with everything, and one that does not.
func results() []*report.Result {
	return []*report.Result{
		{
			Name: "shares", Question: "Who hears a message?", Engine: "embedded", Seconds: 12.34,
			Prediction: &report.Prediction{Asked: "How many hear it?", Unit: "%", Said: 50, Is: 100. / 3, Within: 5},
			Table:      shares,
			Claims:     []report.Claim{{Text: "1/N without a broker", Holds: true}},
			Proves:     "One in three hears it.",
		},
		{
			Name: "away", Question: "What if Redis is away?", Engine: "embedded",
			Table:  report.Table{Columns: []string{"<b>"}, Rows: [][]string{{"a & b"}}},
			Claims: []report.Claim{{Text: "back", Holds: true}, {Text: "nothing is <lost>; 3 are", Holds: false}},
		},
	}
}

func page(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	run := report.Run{
		When:    time.Date(2026, 3, 1, 12, 30, 0, 0, time.UTC),
		Engine:  "host",
		Machine: "linux/amd64, 8 CPUs",
	}
	if err := report.HTML(&b, run, results(), map[string]string{"shares": "<svg><title>Shares</title></svg>"}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestThePageSaysAllThatTheResultsSay(t *testing.T) {
	got := words(t, page(t))
	for _, want := range []string{
		"1 March 2026, 12:30 UTC · engine host · linux/amd64, 8 CPUs",
		"✅ Who hears a message? holds",
		"❌ What if Redis is away? does not hold",
		"How many hear it? You said 50 %, and it is 33.33 %: not what you expected.",
		"Shares", // in the picture
		"servers broker delivered median",
		"10 Redis 100 % 12.5 ms",
		"One in three hears it.",
		"✅ 1/N without a broker",
		"Took 12.3 s, engine embedded.",
		"<b> a & b",
		"❌ does not hold: nothing is <lost>; 3 are",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwant in it %q", got, want)
		}
	}
	if strings.Count(got, "You said") != 1 {
		t.Errorf("got\n%s\nwant one prediction", got)
	}
}

func TestAnAttendeeWhoKnewIsTold(t *testing.T) {
	all := results()
	all[0].Prediction.Said = 35
	var b strings.Builder
	if err := report.HTML(&b, report.Run{}, all, nil); err != nil {
		t.Fatal(err)
	}
	if got, want := words(t, b.String()), "You said 35 %, and it is 33.33 %: you knew."; !strings.Contains(got, want) {
		t.Errorf("got\n%s\nwant in it %q", got, want)
	}
}

func TestEveryEntryOfTheContentsLeadsToItsExperiment(t *testing.T) {
	got := page(t)
	for _, r := range results() {
		if !strings.Contains(got, `href="#`+r.Name+`"`) || !strings.Contains(got, `<section id="`+r.Name+`">`) {
			t.Errorf("no link, or no section, for %s:\n%s", r.Name, got)
		}
	}
}

func TestOnlyAResultWithAPictureHasAFigure(t *testing.T) {
	if got := strings.Count(page(t), "<figure"); got != 1 {
		t.Errorf("got %d figures, want 1", got)
	}
}

// The policy would stop them too, and leave a page that lacks something.
func TestThePageAsksForNothingAndRunsNothing(t *testing.T) {
	got := page(t)
	if want := `content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"`; !strings.Contains(got, want) {
		t.Errorf("got a page without the policy %s", want)
	}
	if found := regexp.MustCompile(`(?i)<(script|link|iframe|object)|\b(src|on[a-z]+) ?=|url\(|@import|https?:`).FindAllString(got, -1); found != nil {
		t.Errorf("got %q, want none of them", found)
	}
}

func TestAPageThatCannotBeWrittenIsAnError(t *testing.T) {
	full := errors.New("no space left")
	r, w := io.Pipe()
	r.CloseWithError(full)
	if err := report.HTML(w, report.Run{}, results(), nil); !errors.Is(err, full) {
		t.Errorf("got %v, want %v", err, full)
	}
}

// words are what a reader of the page sees, with a blank between elements. It fails
// on an element that is not closed.
func words(t *testing.T, html string) string {
	t.Helper()
	// The only elements that HTML does not close.
	decoder := xml.NewDecoder(strings.NewReader(regexp.MustCompile(`<meta[^>]*>`).ReplaceAllString(html, "")))
	var text strings.Builder
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, html)
		}
		switch token := token.(type) {
		case xml.StartElement, xml.EndElement:
			text.WriteByte(' ')
		case xml.CharData:
			text.Write(token)
		}
	}
	return strings.ReplaceAll(strings.Join(strings.Fields(text.String()), " "), " :", ":")
}
