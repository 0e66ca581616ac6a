package report

import "strings"

// width is what a line of a terminal has room for.
const width = 80

// spacings are tried from the first: a table that is too wide moves together, and
// loses its indent, before its lines are longer than a terminal's. Cells are never
// cut.
var spacings = []struct{ indent, between int }{{2, 3}, {2, 2}, {2, 1}, {0, 1}}

// Text is the table for a terminal: a line for the names of the columns and one for
// each row, without a newline at the end.
func (t Table) Text() string {
	var lines []string
	for _, s := range spacings {
		lines = t.lines(s.indent, s.between)
		if fits(lines) {
			break
		}
	}
	return strings.Join(lines, "\n")
}

func fits(lines []string) bool {
	for _, line := range lines {
		if columns(line) > width {
			return false
		}
	}
	return true
}

// lines aligns the cells of each column: numbers right, texts left.
func (t Table) lines(indent, between int) []string {
	grid, numeric := t.grid(), t.numeric()
	widest := make([]int, len(numeric))
	for _, row := range grid {
		for i, cell := range row {
			widest[i] = max(widest[i], columns(cell))
		}
	}
	lines := make([]string, len(grid))
	for i, row := range grid {
		var line strings.Builder
		line.WriteString(strings.Repeat(" ", indent))
		for column, cell := range row {
			if column > 0 {
				line.WriteString(strings.Repeat(" ", between))
			}
			fill := strings.Repeat(" ", widest[column]-columns(cell))
			if numeric[column] {
				line.WriteString(fill + cell)
			} else {
				line.WriteString(cell + fill)
			}
		}
		lines[i] = strings.TrimRight(line.String(), " ")
	}
	return lines
}
