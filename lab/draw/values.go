package main

import (
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	vgdraw "gonum.org/v1/plot/vg/draw"

	"secondserver/lab/report"
)

// values are what stands above the bars, in a style that all of them share.
type values struct {
	style  text.Style
	digits int
}

// valuesAbove are as small, and then as short, as it takes for each to be no wider
// than a bar; where that is not enough they stand upright.
func valuesAbove(bars []report.Bars, room vg.Length) values {
	s := style(numberSize, vgdraw.XCenter, vgdraw.YBottom)
	for _, digits := range []int{3, 2} {
		for s.Font.Size = numberSize; s.Font.Size >= small; s.Font.Size-- {
			if v := (values{s, digits}); v.widest(bars) <= room {
				return v
			}
		}
	}
	s.Font.Size = small
	s.XAlign, s.YAlign, s.Rotation = vgdraw.XLeft, vgdraw.YCenter, math.Pi/2
	return values{s, 3}
}

func (v values) widest(bars []report.Bars) (w vg.Length) {
	for _, b := range bars {
		for _, value := range b.Values {
			w = max(w, v.style.Width(short(value, v.digits)))
		}
	}
	return w
}

// of are those of bars that are offset from their labels.
func (v values) of(bars report.Bars, offset vg.Length) *plotter.Labels {
	l := &plotter.Labels{Offset: vg.Point{X: offset, Y: gap / 2}}
	for i, value := range bars.Values {
		l.XYs = append(l.XYs, plotter.XY{X: float64(i), Y: value})
		l.Labels = append(l.Labels, short(value, v.digits))
		l.TextStyle = append(l.TextStyle, v.style)
	}
	return l
}

// short is a value as it stands above its bar, where there is no room for all of its
// digits. Those before the point are never left out.
func short(v float64, digits int) string {
	if v < smallest {
		return "0"
	}
	decimals := max(0, digits-1-int(math.Floor(math.Log10(v))))
	s := strconv.FormatFloat(v, 'f', decimals, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}
