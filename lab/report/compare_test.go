package report_test

import (
	"reflect"
	"testing"

	"secondserver/lab/report"
)

func TestDiffers(t *testing.T) {
	table := func(columns []string, rows ...[]string) report.Table {
		return report.Table{Columns: columns, Rows: rows}
	}
	nothing := []string{"nothing to compare: no row and column with a percentage is in both tables"}
	delivered := []string{"servers", "broker", "delivered"}
	tests := []struct {
		name          string
		quoted, fresh report.Table
		want          []string
	}{
		{"the same", shares, shares, nil},
		{"ten points off",
			table(delivered, []string{"16", "none", "6.1 %"}),
			table(delivered, []string{"16", "none", "16.1 %"}), // a little more, as floating point has it
			nil},
		{"more than ten points off",
			table(delivered, []string{"3", "none", "33.3 %"}, []string{"3", "Redis", "100 %"}),
			table(delivered, []string{"3", "none", "43.4 %"}, []string{"3", "Redis", "89.9 %"}),
			[]string{
				`3, none, delivered: quoted is 33.3 %, and a fresh run has 43.4 %`,
				`3, Redis, delivered: quoted is 100 %, and a fresh run has 89.9 %`,
			}},
		{"a percentage that became none",
			table(delivered, []string{"3", "none", "33.3 %"}),
			table(delivered, []string{"3", "none", "—"}),
			[]string{`3, none, delivered: quoted is 33.3 %, and a fresh run has —`}},
		{"percentages in other words",
			table(delivered, []string{"3", "none", "≈ 33% (1 of 3)"}, []string{"4", "none", "< 20 %"}),
			table(delivered, []string{"3", "none", "34\u00a0%"}, []string{"4", "none", "40 %"}),
			[]string{`4, none, delivered: quoted is < 20 %, and a fresh run has 40 %`}},
		{"cells without a percent sign",
			table([]string{"servers", "median"}, []string{"3", "1 ms"}),
			table([]string{"servers", "median"}, []string{"3", "900 ms"}),
			nil},
		{"columns in another order",
			table([]string{"stack", "lost", "late"}, []string{"two", "50 %", "0 %"}),
			table([]string{"stack", "late", "lost"}, []string{"two", "0 %", "50 %"}),
			nil},
		{"rows and columns that only one has",
			table([]string{"stack", "lost", "late"}, []string{"one", "0 %", "0 %"}, []string{"two", "50 %", "0 %"}),
			table([]string{"stack", "lost", "twice"}, []string{"two", "50 %", "90 %"}, []string{"ten", "90 %", "90 %"}),
			nil},
		{"rows that only their second number tells apart",
			table([]string{"servers", "users", "lost"}, []string{"2", "10", "50 %"}, []string{"2", "100", "80 %"}),
			table([]string{"servers", "users", "lost"}, []string{"2", "100", "80 %"}, []string{"2", "10", "51 %"}),
			nil},
		{"quoted rows that only their second number tells apart, and one fresh row",
			table([]string{"servers", "users", "lost"}, []string{"2", "10", "50 %"}, []string{"2", "100", "80 %"}),
			table([]string{"servers", "users", "lost"}, []string{"2", "100", "80 %"}),
			nil},
		{"one quoted row, and fresh ones that only their second number tells apart",
			table([]string{"servers", "users", "lost"}, []string{"2", "100", "80 %"}),
			table([]string{"servers", "users", "lost"}, []string{"2", "10", "50 %"}, []string{"2", "100", "80 %"}),
			nil},
		{"a percentage before the first column of numbers",
			table([]string{"stack", "lost", "median"}, []string{"one", "0 %", "1 ms"}, []string{"two", "none", "2 ms"}),
			table([]string{"stack", "lost", "median"}, []string{"one", "20 %", "1 ms"}, []string{"two", "none", "2 ms"}),
			[]string{`one, lost: quoted is 0 %, and a fresh run has 20 %`}},
		{"no row in both",
			table(delivered, []string{"3", "none", "33.3 %"}),
			table(delivered, []string{"4", "none", "25 %"}),
			nothing},
		{"no column in both",
			table(delivered, []string{"3", "none", "33.3 %"}),
			table([]string{"servers", "broker", "lost"}, []string{"3", "none", "66.7 %"}),
			nothing},
		{"nothing fresh", shares, report.Table{}, nothing},
		{"nothing quoted", report.Table{}, shares, nil},
	}
	for _, test := range tests {
		if got := report.Differs(test.quoted, test.fresh); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}
