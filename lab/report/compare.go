package report

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// tolerance is by how many points a percentage may differ between two runs: chance
// and other machines make some of it, a document that is out of date makes more.
const tolerance = 10

// percent is a cell with a percentage: "33.3 %", "≈ 33 % (1 of 3)".
var percent = regexp.MustCompile(`^[<>≤≥≈~]? ?(-?\d+(?:\.\d+)?)[\s\p{Zs}]*%`)

// Differs compares the percentages of a table that a document quotes with those of
// a fresh run, and returns a sentence for each that is too far off. Rows that have
// the same name are compared, in columns that have the same name; what only one of
// the tables has is not, nor are cells without a percentage: milliseconds say more
// about the machine. If that leaves nothing, it returns a sentence that says so.
func Differs(quoted, fresh Table) []string {
	var sentences []string
	percents, compared := 0, 0
	names := naming(quoted, fresh)
	for _, row := range quoted.grid()[1:] {
		other := rowNamed(fresh, row[:names])
		for i, column := range quoted.Columns {
			said, ok := points(row[i])
			if !ok {
				continue
			}
			percents++
			j := slices.Index(fresh.Columns, column)
			if other == nil || j < 0 {
				continue
			}
			compared++
			// Tenths have no exact form, so 16.1 - 6.1 is a little more than 10.
			if is, ok := points(other[j]); !ok || math.Abs(said-is) > tolerance+1e-9 {
				sentences = append(sentences, fmt.Sprintf("%s, %s: quoted is %s, and a fresh run has %s",
					strings.Join(row[:names], ", "), column, row[i], other[j]))
			}
		}
	}
	if percents > 0 && compared == 0 {
		return []string{"nothing to compare: no row and column with a percentage is in both tables"}
	}
	return sentences
}

func points(cell string) (float64, bool) {
	m := percent.FindStringSubmatch(cell)
	if m == nil {
		return 0, false
	}
	f, err := strconv.ParseFloat(m[1], 64)
	return f, err == nil
}

// naming is how many cells name a row: the first, those before the next column of
// numbers, and as many more as tell the rows of each table apart (2 servers with 10
// users, 2 with 100). Percentages name nothing.
func naming(quoted, fresh Table) int {
	rows, others, numeric := quoted.grid()[1:], fresh.grid()[1:], quoted.numeric()
	names := min(1, len(numeric))
	for names < len(numeric) && !hasPercent(rows, names) {
		if numeric[names] && distinct(rows, names) && distinct(others, names) {
			break
		}
		names++
	}
	return names
}

func hasPercent(rows [][]string, column int) bool {
	return slices.ContainsFunc(rows, func(row []string) bool {
		_, ok := points(row[column])
		return ok
	})
}

// distinct tells whether no two rows begin with the same cells.
func distinct(rows [][]string, cells int) bool {
	seen := make(map[string]bool)
	for _, row := range rows {
		name := strings.Join(row[:min(cells, len(row))], "\x00")
		if seen[name] {
			return false
		}
		seen[name] = true
	}
	return true
}

// rowNamed is the row that begins with these cells, or nil.
func rowNamed(t Table, names []string) []string {
	for _, row := range t.grid()[1:] {
		if len(row) >= len(names) && slices.Equal(row[:len(names)], names) {
			return row
		}
	}
	return nil
}
