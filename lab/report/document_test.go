package report_test

import (
	"reflect"
	"strings"
	"testing"

	"secondserver/lab/report"
)

const document = `# Results

<!-- table: shares -->

| a |
| --- |
| 1 |

<!-- end -->

Text.

<!-- table: empty -->
<!-- end -->
`

func TestReplaceLeavesTheRestAsItWas(t *testing.T) {
	got, err := report.Replace(document, "shares", "| b |\n| --- |\n")
	want := strings.Replace(document, "| a |\n| --- |\n| 1 |", "| b |\n| --- |", 1)
	if err != nil || got != want {
		t.Errorf("got\n%s\n%v, want\n%s", got, err, want)
	}
}

func TestReplaceFillsWhatIsEmpty(t *testing.T) {
	got, err := report.Replace(document, "empty", "| b |\n| --- |")
	want := strings.Replace(document, "empty -->\n", "empty -->\n\n| b |\n| --- |\n\n", 1)
	if err != nil || got != want {
		t.Errorf("got\n%s\n%v, want\n%s", got, err, want)
	}
}

func TestWhatWasReplacedIsQuoted(t *testing.T) {
	replaced, err := report.Replace(document, "empty", shares.Markdown())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := report.Quoted(replaced, "empty"); err != nil || !reflect.DeepEqual(got, shares) {
		t.Errorf("got %q, %v, want %q", got, err, shares)
	}
	if again, err := report.Replace(replaced, "empty", shares.Markdown()); err != nil || again != replaced {
		t.Errorf("the second time: got\n%s\n%v, want\n%s", again, err, replaced)
	}
}

func TestMarksThatAreMissingAreNamed(t *testing.T) {
	const begin, end = "<!-- table: a -->\n", "<!-- end -->\n"
	tests := []struct{ name, document, want string }{
		{"no marks", "text", "no line is <!-- table: a -->"},
		{"another name", "<!-- table: ab -->\n" + end, "no line is <!-- table: a -->"},
		{"a mark in a text", "see <!-- table: a -->\n" + end, "no line is <!-- table: a -->"},
		{"no end", begin, "no line below <!-- table: a --> is <!-- end -->"},
		{"an end above", end + begin, "no line below <!-- table: a --> is <!-- end -->"},
		{"the end of another", begin + "<!-- table: b -->\n" + end, "<!-- table: b --> begins before"},
		{"twice", begin + end + begin + end, "two lines are <!-- table: a -->"},
	}
	for _, test := range tests {
		if got, err := report.Replace(test.document, "a", "| a |"); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: Replace: got %q, %v, want an error with %s", test.name, got, err, test.want)
		}
		if got, err := report.Quoted(test.document, "a"); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: Quoted: got %q, %v, want an error with %s", test.name, got, err, test.want)
		}
	}
	if got, err := report.Quoted(document, "empty"); err == nil || !strings.Contains(err.Error(), "table empty: no table") {
		t.Errorf("nothing between the marks: got %q, %v, want an error that names it", got, err)
	}
}
