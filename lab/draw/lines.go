package main

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	vgdraw "gonum.org/v1/plot/vg/draw"

	"secondserver/lab/report"
)

// addLines adds lines, with a point for each measurement. A calculated one is dashed
// and has none.
func addLines(p *plot.Plot, f report.Figure, paper vgdraw.Canvas) ([]entry, error) {
	var entries []entry
	for i, l := range f.Lines {
		points := make(plotter.XYs, len(l.Points))
		for j, at := range l.Points {
			points[j] = plotter.XY{X: at[0], Y: at[1]}
		}
		line, dots, err := plotter.NewLinePoints(points)
		if err != nil {
			return nil, err
		}
		line.LineStyle = vgdraw.LineStyle{Color: palette[i].colour, Width: lineWidth}
		dots.GlyphStyle = vgdraw.GlyphStyle{Color: palette[i].colour, Radius: glyphSize, Shape: palette[i].glyph}
		if l.Dashed {
			line.Dashes = []vg.Length{7, 5}
			p.Add(line)
			entries = append(entries, entry{l.Name, []plot.Thumbnailer{line}})
			continue
		}
		p.Add(line, dots)
		entries = append(entries, entry{l.Name, []plot.Thumbnailer{line, dots}})
	}
	axes(p, f, paper)
	return entries, nil
}

// axes are as long as the lines, which plot.Add has measured, need them.
func axes(p *plot.Plot, f report.Figure, paper vgdraw.Canvas) {
	p.Y.Min, p.Y.Max = 0, top(f.Y, p.Y.Max)
	p.Y.Tick.Marker = marks(0, p.Y.Max, marksY)
	p.Y.Padding = gap // the first points stand beside the numbers, not on them
	if f.LogX {
		p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, powers(p.X.Min, p.X.Max)
		if p.X.Max-p.X.Min < smallest {
			p.X.Min, p.X.Max = p.X.Min/10, p.X.Max*10
		}
		return
	}
	if p.X.Max-p.X.Min < smallest { // a single point, in the middle
		p.X.Min--
		p.X.Max++
	}
	if p.X.Min > 0 && p.X.Min < round((p.X.Max-p.X.Min)/marksX) { // 0 is near: begin there
		p.X.Min = 0
	}
	p.X.Tick.Marker = fittingMarks(p.X.Min, p.X.Max, p.X.Tick.Label, p.DataCanvas(paper).Size().X)
}
