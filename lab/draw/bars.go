package main

import (
	"image/color"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	vgdraw "gonum.org/v1/plot/vg/draw"

	"secondserver/lab/report"
)

// filled is how much of a label's room its bars take together, and widest what one
// takes at most, in pixels.
const (
	filled = 0.9
	widest = vg.Length(90)
)

// addBars adds bars in groups, each with its value above it.
func addBars(p *plot.Plot, f report.Figure, paper vgdraw.Canvas) ([]entry, error) {
	high := 0.0
	for _, b := range f.Bars {
		for _, v := range b.Values {
			high = max(high, v)
		}
	}
	ends := func() { // plot.Add moves them
		p.X.Min, p.X.Max = -0.5, float64(len(f.Labels))-0.5
		p.Y.Min, p.Y.Max = 0, top(f.Y, high)
	}
	ends()
	p.Y.Tick.Marker = marks(0, p.Y.Max, marksY)

	room := p.DataCanvas(paper).Size().X / vg.Length(len(f.Labels))
	bar := min(room*filled/vg.Length(len(f.Bars)), widest)
	p.X.Tick.Marker = below(p, f.Labels, room-gap)
	p.X.Tick.Color = color.White // a distance, and no line
	above := valuesAbove(f.Bars, bar-gap/4)

	var entries []entry
	for i, b := range f.Bars {
		chart, err := plotter.NewBarChart(plotter.Values(b.Values), bar)
		if err != nil {
			return nil, err
		}
		chart.Color = palette[i].colour
		chart.LineStyle.Width = 0
		chart.Offset = bar * (vg.Length(i) - vg.Length(len(f.Bars)-1)/2)
		p.Add(chart, above.of(b, chart.Offset))
		entries = append(entries, entry{b.Name, []plot.Thumbnailer{chart}})
	}
	ends()
	return entries, nil
}

// below is the labels, each in its room.
func below(p *plot.Plot, labels []string, room vg.Length) plot.ConstantTicks {
	var wrapped []string
	p.X.Tick.Label, wrapped = fit(p.X.Tick.Label, room, labels)
	lines := 0
	for _, label := range wrapped {
		lines = max(lines, strings.Count(label, "\n"))
	}
	ticks := make(plot.ConstantTicks, len(labels))
	for i, label := range wrapped {
		// gonum aligns the tops of texts only if they have equally many lines.
		blank := strings.Repeat("\n ", lines-strings.Count(label, "\n"))
		ticks[i] = plot.Tick{Value: float64(i), Label: label + blank}
	}
	return ticks
}
