package report

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// beginsAsNumber is what every cell of a column of numbers does: "33.3 %", "1.4 ms",
// "3 of 10", "< 1 ms".
var beginsAsNumber = regexp.MustCompile(`^[<>≤≥≈~±+−-]? ?\d`)

// grid is the columns' names and then the rows, all of them equally long: a cell
// that a row lacks is empty.
func (t Table) grid() [][]string {
	grid := [][]string{t.Columns}
	width := len(t.Columns)
	for _, row := range t.Rows {
		grid = append(grid, row)
		width = max(width, len(row))
	}
	for i, row := range grid {
		grid[i] = append(make([]string, 0, width), row...)[:width]
	}
	return grid
}

// numeric tells of each column whether numbers stand in it, which are read from the
// right. Where a number is missing, the cell is empty or a dash. The first column
// names the rows, with a text or with a number.
func (t Table) numeric() []bool {
	grid := t.grid()
	numeric := make([]bool, len(grid[0]))
	for column := range numeric {
		numbers, others := 0, 0
		for _, row := range grid[1:] {
			switch cell := row[column]; {
			case beginsAsNumber.MatchString(cell):
				numbers++
			case strings.Trim(cell, " -–—") != "":
				others++
			}
		}
		numeric[column] = numbers > 0 && others == 0
	}
	return numeric
}

// columns is how wide a terminal shows a cell: the symbols that claims are marked
// with take two columns.
func columns(cell string) int {
	return utf8.RuneCountInString(cell) + strings.Count(cell, "✅") + strings.Count(cell, "❌")
}
