package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"math"
	"strconv"
	"time"
)

//go:embed report.html
var pageText string

// The page asks for nothing, which its policy proves: what it needs is in it.
var page = template.Must(template.New("report.html").Funcs(template.FuncMap{
	"grid":    Table.grid,
	"numeric": Table.numeric,
	"number":  func(f float64) string { return strconv.FormatFloat(math.Round(100*f)/100, 'f', -1, 64) },
}).Parse(pageText))

// A Run is when and where the results were measured.
type Run struct {
	When    time.Time
	Engine  string // "embedded" or "host"
	Machine string // "linux/amd64, 8 CPUs"
}

// HTML writes one page that shows all results, and needs neither a network nor a
// script. The pictures are SVG by the names of the results, as lab/draw draws them;
// a result without one has none on the page. They are trusted: they stand in the
// page as they are.
func HTML(w io.Writer, run Run, results []*Result, pictures map[string]string) error {
	type experiment struct {
		*Result
		Picture template.HTML
	}
	data := struct {
		Run         Run
		Experiments []experiment
	}{Run: run}
	for _, r := range results {
		data.Experiments = append(data.Experiments, experiment{r, template.HTML(pictures[r.Name])})
	}
	if err := page.Execute(w, data); err != nil {
		return fmt.Errorf("write the report's page: %w", err)
	}
	return nil
}
