package main

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	vgdraw "gonum.org/v1/plot/vg/draw"

	"secondserver/lab/report"
)

// The size of a picture, and what stays free at its edges and between its parts, in
// pixels.
const (
	width  = vg.Length(720)
	height = vg.Length(400)
	margin = vg.Length(14)
	gap    = vg.Length(8)
)

// draw is a figure that check has nothing against, as SVG: the title, the legend,
// and below them the plot.
func draw(f report.Figure) ([]byte, error) {
	svg := newSVG(width, height)
	paper := vgdraw.NewCanvas(svg, width, height)
	paper.SetColor(color.White)
	paper.Fill(paper.Rectangle.Path())

	paper = title(vgdraw.Crop(paper, margin, -margin, margin, -margin), f.Title)
	p := newPlot(f)
	add := addLines
	if len(f.Bars) > 0 {
		add = addBars
	}
	entries, err := add(p, f, paper)
	if err != nil {
		return nil, err
	}
	p.Draw(legend(paper, entries))
	return svg.bytes(f.Title)
}

// title writes what the picture is about, and returns what is left of the paper.
func title(paper vgdraw.Canvas, text string) vgdraw.Canvas {
	s, lines := fit(bold(style(titleSize, vgdraw.XLeft, vgdraw.YTop)), paper.Size().X, []string{text})
	paper.FillText(s, vg.Point{X: paper.Min.X, Y: paper.Max.Y}, lines[0])
	return vgdraw.Crop(paper, 0, 0, 0, -s.Height(lines[0])-gap)
}

// newPlot is what a plot of bars and one of lines have in common.
func newPlot(f report.Figure) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil // the paper is white
	p.Add(&plotter.Grid{Horizontal: vgdraw.LineStyle{Color: grey, Width: 1}})

	// Along each axis there is a little less room than the paper has.
	p.X.Label.TextStyle, p.X.Label.Text = axisLabel(f.X, width*0.8)
	p.Y.Label.TextStyle, p.Y.Label.Text = axisLabel(f.Y, height*0.6)
	p.X.Tick.Label = style(numberSize, vgdraw.XCenter, vgdraw.YTop)
	p.Y.Tick.Label = style(numberSize, vgdraw.XRight, vgdraw.YCenter)
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Label.Padding = gap
		axis.Padding = 0
		axis.LineStyle = vgdraw.LineStyle{Color: ink, Width: 1}
		axis.Tick.LineStyle = axis.LineStyle
		axis.Tick.Length = gap / 2
	}
	p.X.Tick.Marker = plot.ConstantTicks(nil)   // until their room is known
	p.Y.LineStyle.Width, p.Y.Tick.Length = 0, 0 // the grid is enough
	return p
}

func axisLabel(label string, room vg.Length) (text.Style, string) {
	s, lines := fit(style(labelSize, vgdraw.XCenter, vgdraw.YBottom), room, []string{label})
	return s, lines[0]
}
