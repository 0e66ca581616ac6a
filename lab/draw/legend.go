package main

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	vgdraw "gonum.org/v1/plot/vg/draw"
)

// An entry of the legend says which bars or line a name has.
type entry struct {
	name   string
	thumbs []plot.Thumbnailer
}

// legend writes the entries side by side, in as many rows as they need, and returns
// what is left of the paper. gonum's own is a column that lies over the data.
func legend(paper vgdraw.Canvas, entries []entry) vgdraw.Canvas {
	x, row := paper.Min.X, vg.Length(0)
	for _, e := range entries {
		if e.name == "" { // the only one, and the title names it
			continue
		}
		l := plot.NewLegend()
		l.Left, l.Top = true, true
		l.ThumbnailWidth = 3 * gap
		room := paper.Size().X - l.ThumbnailWidth - gap
		s, lines := fit(style(labelSize, vgdraw.XLeft, vgdraw.YBottom), room, []string{e.name})
		l.TextStyle = s
		l.Add(lines[0], e.thumbs...)
		size := l.Rectangle(paper).Size()
		if x > paper.Min.X && x+size.X > paper.Max.X {
			paper.Max.Y -= row + gap
			x, row = paper.Min.X, 0
		}
		l.Draw(vgdraw.Crop(paper, x-paper.Min.X, 0, 0, 0))
		x += size.X + 2*gap
		row = max(row, size.Y)
	}
	if row > 0 {
		paper.Max.Y -= row + 2*gap
	}
	return paper
}
