package report_test

import (
	"reflect"
	"strings"
	"testing"

	"secondserver/lab/report"
)

func TestMarkdownAlignsNumbersRightBehindTheFirstColumn(t *testing.T) {
	const want = `| servers | broker | delivered | median |
| --- | --- | ---: | ---: |
| 1 | none | 100 % | 0.4 ms |
| 10 | none | 9.8 % | — |
| 10 | Redis | 100 % | 12.5 ms |`
	if got := shares.Markdown(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestMarkdownIsReadBack(t *testing.T) {
	tests := map[string]report.Table{
		"numbers":     shares,
		"bars":        {Columns: []string{"a|b", "|"}, Rows: [][]string{{"||", `\|`}, {"", "x|"}}},
		"no rows":     {Columns: []string{"a"}},
		"empty cells": {Columns: []string{"", "a"}, Rows: [][]string{{"", ""}}},
	}
	for name, want := range tests {
		got, err := report.ParseMarkdown(want.Markdown())
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %q, %v, want %q, from\n%s", name, got, err, want, want.Markdown())
		}
	}
}

func TestMarkdownByHandIsReadToo(t *testing.T) {
	got, err := report.ParseMarkdown("\n|a|b  |\n|:-|:-:|\n| 1 |2|\r\n\n")
	want := report.Table{Columns: []string{"a", "b"}, Rows: [][]string{{"1", "2"}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

func TestARowStaysARow(t *testing.T) {
	got := report.Table{Columns: []string{"a"}, Rows: [][]string{{"two\nlines"}}}.Markdown()
	if want := "| a |\n| --- |\n| two lines |"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestWhatIsNoTableIsRefused(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"nothing", "", "no table"},
		{"names alone", "| a |", "no table"},
		{"no marks", "| a |\n| b |", "no table"},
		{"a text before it", "text\n| a |\n| --- |", "no table"},
		{"a text below it", "| a |\n| --- |\ntext", `"text"`},
		{"a row without an end", "| a |\n| --- |\n| b", `"| b"`},
		{"a row without a beginning", "| a |\n| --- |\nb |", `"b |"`},
		{"a cell without an end", "| a |\n| --- |\n| b | c", `"| b | c"`},
		{"a row whose end is escaped", "| a |\n| --- |\n| b \\|", `| b \`},
		{"a short row", "| a | b |\n| --- | --- |\n| 1 |", "1 cells, and the table 2"},
		{"a long row", "| a |\n| --- |\n| 1 | 2 |", "2 cells, and the table 1"},
		{"short marks", "| a | b |\n| --- |", "1 cells, and the table 2"},
	}
	for _, test := range tests {
		got, err := report.ParseMarkdown(test.text)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %q, %v, want an error with %s", test.name, got, err, test.want)
		}
	}
}
