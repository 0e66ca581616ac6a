package report

import (
	"errors"
	"fmt"
	"strings"
)

// A document shows a table between two lines, which its readers do not see:
//
//	<!-- table: NAME -->
//	<!-- end -->

// Replace puts a table in the place of what stands between the lines of this name,
// and returns the document that has it there.
func Replace(document, name, table string) (string, error) {
	begin, end, err := between(document, name)
	if err != nil {
		return "", err
	}
	// Markdown takes a table for one only if there are empty lines around it.
	return document[:begin] + "\n" + strings.Trim(table, "\n") + "\n\n" + document[end:], nil
}

// Quoted is the table between the lines of this name.
func Quoted(document, name string) (Table, error) {
	begin, end, err := between(document, name)
	if err != nil {
		return Table{}, err
	}
	t, err := ParseMarkdown(document[begin:end])
	if err != nil {
		return Table{}, fmt.Errorf("table %s: %w", name, err)
	}
	return t, nil
}

// between is from behind the line that begins a table to the one that ends it.
func between(document, name string) (begin, end int, err error) {
	first := "<!-- table: " + name + " -->"
	const last = "<!-- end -->"
	begin, end = -1, -1
	at := 0
	for line := range strings.Lines(document) {
		next := at + len(line)
		switch line = strings.TrimSpace(line); {
		case line == first && begin >= 0:
			return 0, 0, fmt.Errorf("two lines are %s: take one away", first)
		case line == first:
			begin = next
		case begin < 0 || end >= 0: // elsewhere
		case line == last:
			end = at
		case strings.HasPrefix(line, "<!-- table: "):
			return 0, 0, fmt.Errorf("%s begins before %s has ended: add a line %s", line, first, last)
		}
		at = next
	}
	if begin < 0 {
		return 0, 0, fmt.Errorf("no line is %s: add it where the table belongs, and %s below it", first, last)
	}
	if end < 0 {
		return 0, 0, errors.New("no line below " + first + " is " + last + ": add it where the table ends")
	}
	return begin, end, nil
}
