package report_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"secondserver/lab/report"
)

// shares is a table with all kinds of columns.
var shares = report.Table{
	Columns: []string{"servers", "broker", "delivered", "median"},
	Rows: [][]string{
		{"1", "none", "100 %", "0.4 ms"},
		{"10", "none", "9.8 %", "—"},
		{"10", "Redis", "100 %", "12.5 ms"},
	},
}

func TestATextTableAlignsNumbersRightAndTextsLeft(t *testing.T) {
	const want = `  servers   broker   delivered    median
        1   none         100 %    0.4 ms
       10   none         9.8 %         —
       10   Redis        100 %   12.5 ms`
	if got := shares.Text(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestACellThatIsNoNumberMakesAColumnOfTexts(t *testing.T) {
	const want = `  of           got
  bob          3 of 10
  all others   what was left`
	got := report.Table{Columns: []string{"of", "got"}, Rows: [][]string{{"bob", "3 of 10"}, {"all others", "what was left"}}}.Text()
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestSymbolsTakeTwoColumns(t *testing.T) {
	const want = `  a    b
  ✅   x
  ab   x`
	got := report.Table{Columns: []string{"a", "b"}, Rows: [][]string{{"✅", "x"}, {"ab", "x"}}}.Text()
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestAShortRowHasEmptyCells(t *testing.T) {
	const want = `  a   b
  x
  x   y   z`
	got := report.Table{Columns: []string{"a", "b"}, Rows: [][]string{{"x"}, {"x", "y", "z"}}}.Text()
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestAWideTableMovesTogetherAndLosesNothing(t *testing.T) {
	tests := []struct {
		name         string
		cells, width int // so many cells, each so wide
		want         int // so long is a line
	}{
		{"with room for all", 4, 16, 2 + 4*16 + 3*3},
		{"with room for two blanks", 7, 9, 2 + 7*9 + 6*2},
		{"with room for one", 9, 7, 2 + 9*7 + 8},
		{"with none for the indent", 8, 9, 8*9 + 7},
		{"too wide", 9, 9, 9*9 + 8},
	}
	for _, test := range tests {
		cell := strings.Repeat("x", test.width)
		row := strings.Fields(strings.Repeat(cell+" ", test.cells))
		for line := range strings.Lines(report.Table{Columns: row, Rows: [][]string{row}}.Text()) {
			line = strings.TrimSuffix(line, "\n")
			if got := utf8.RuneCountInString(line); got != test.want {
				t.Errorf("%s: got %d columns, want %d: %s", test.name, got, test.want, line)
			}
			if got := strings.Count(line, cell); got != test.cells {
				t.Errorf("%s: got %d cells, want %d: %s", test.name, got, test.cells, line)
			}
		}
	}
}
