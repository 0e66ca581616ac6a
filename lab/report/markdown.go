package report

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Markdown is the table as GitHub shows it, without a newline at the end. The first
// column stands left, numbers right. [ParseMarkdown] reads it back.
func (t Table) Markdown() string {
	grid, numeric := t.grid(), t.numeric()
	marks := make([]string, len(numeric))
	for i := range marks {
		marks[i] = "---"
		if i > 0 && numeric[i] {
			marks[i] = "---:"
		}
	}
	lines := []string{markdownRow(grid[0]), markdownRow(marks)}
	for _, row := range grid[1:] {
		lines = append(lines, markdownRow(row))
	}
	return strings.Join(lines, "\n")
}

// A bar would end the cell, and a newline the row.
var escape = strings.NewReplacer("|", `\|`, "\n", " ")

func markdownRow(cells []string) string {
	escaped := make([]string, len(cells))
	for i, cell := range cells {
		escaped[i] = escape.Replace(cell)
	}
	return "| " + strings.Join(escaped, " | ") + " |"
}

// marksRow is the row below the names of the columns.
var marksRow = regexp.MustCompile(`^\|( *:?-+:? *\|)+$`)

// ParseMarkdown reads a table as Markdown writes it. All of the text has to be the
// table; empty lines do not count.
func ParseMarkdown(text string) (Table, error) {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	if len(lines) < 2 || !marksRow.MatchString(lines[1]) {
		return Table{}, errors.New("no table: it begins with a line of names and a line like | --- | ---: |")
	}
	var t Table
	for i, line := range lines {
		cells, err := cellsOf(line)
		if err != nil {
			return Table{}, err
		}
		switch i {
		case 0:
			t.Columns = cells
			continue
		case 1: // says nothing but how to align, which the cells say too
		default:
			t.Rows = append(t.Rows, cells)
		}
		if len(cells) != len(t.Columns) {
			return Table{}, fmt.Errorf("row %q has %d cells, and the table %d columns", line, len(cells), len(t.Columns))
		}
	}
	return t, nil
}

// cellsOf splits a row at the bars that no backslash escapes.
func cellsOf(line string) ([]string, error) {
	rest, begins := strings.CutPrefix(line, "|")
	var cells []string
	from := 0
	for i := range len(rest) {
		if rest[i] != '|' || i > 0 && rest[i-1] == '\\' {
			continue
		}
		cells = append(cells, strings.TrimSpace(strings.ReplaceAll(rest[from:i], `\|`, "|")))
		from = i + 1
	}
	if !begins || from == 0 || from != len(rest) {
		return nil, fmt.Errorf("row %q is none: it begins and ends with |", line)
	}
	return cells, nil
}
