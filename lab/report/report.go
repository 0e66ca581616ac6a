// Package report is what an experiment has to say, and how people and documents
// are told: a text table for a terminal, Markdown for docs/experiments.md, one HTML
// page that needs no network.
//
// In reading order: report.go, cells.go (how a table's cells are read), text.go and
// markdown.go, document.go and compare.go (tables that documents quote), html.go.
//
// A report judges nothing and measures nothing. The pictures are drawn by a program
// of their own, lab/draw, from a [Figure]: what draws is ten times as large as the
// lab, and who types make demo should not wait for it.
package report

// A Result is what one experiment has shown. Its JSON form is what `lab experiment
// --json` prints; `lab experiment --help` describes it.
type Result struct {
	Name       string      `json:"name"`
	Question   string      `json:"question"`
	Engine     string      `json:"engine"`               // "embedded" or "host"
	Prediction *Prediction `json:"prediction,omitempty"` // nil where none was asked for
	Table      Table       `json:"table"`
	Figure     Figure      `json:"figure"`
	Claims     []Claim     `json:"claims"` // what the numbers have to show
	Proves     string      `json:"proves"` // one sentence, with the number in it
	Seconds    float64     `json:"seconds"`
}

// Holds tells whether the numbers showed all that they have to show.
func (r *Result) Holds() bool {
	for _, c := range r.Claims {
		if !c.Holds {
			return false
		}
	}
	return true
}

// A Claim is one thing that the numbers have to show, and whether they did.
type Claim struct {
	Text  string `json:"text"` // "with Redis 100 % for every N", with what was seen instead if it does not hold
	Holds bool   `json:"holds"`
	Timed bool   `json:"timed,omitempty"` // it depends on how fast the machine is: tests do not insist
}

// A Prediction is what an attendee was asked before the run, and said.
type Prediction struct {
	Asked  string  `json:"asked"`
	Unit   string  `json:"unit"` // "%", "messages", "s"
	Said   float64 `json:"said"`
	Is     float64 `json:"is"`
	Within float64 `json:"within"` // so close is right
}

// Right tells whether the attendee knew.
func (p *Prediction) Right() bool { return p.Said >= p.Is-p.Within && p.Said <= p.Is+p.Within }

// A Table has one row a case and one cell a column. Cells are texts, as they are to
// be read: "33.3 %", "1.4 ms".
type Table struct {
	Columns []string   `json:"columns"`
	Rows    [][]string `json:"rows"`
}

// A Figure is a picture before it is drawn. It has either Bars, side by side for
// each of Labels, or Lines. No value is below 0, where the axis of values begins.
type Figure struct {
	Title  string   `json:"title"`
	X      string   `json:"x,omitempty"`      // what the axis says, with its unit
	Y      string   `json:"y,omitempty"`      // with a % in it the axis goes to 100
	LogX   bool     `json:"log_x,omitempty"`  // of lines: as far from 1 to 10 as from 10 to 100
	Labels []string `json:"labels,omitempty"` // below the bars
	Bars   []Bars   `json:"bars,omitempty"`
	Lines  []Line   `json:"lines,omitempty"`
}

// Bars are those of one colour: Values[i] stands above Labels[i].
type Bars struct {
	Name   string    `json:"name"`
	Values []float64 `json:"values"`
}

// A Line goes from point to point, each an X and a Y. A dashed one was calculated,
// not measured.
type Line struct {
	Name   string       `json:"name"`
	Points [][2]float64 `json:"points"`
	Dashed bool         `json:"dashed,omitempty"`
}
