package main

import (
	"image/color"

	"gonum.org/v1/plot/vg"
	vgdraw "gonum.org/v1/plot/vg/draw"
)

// palette is that of Okabe and Ito, which people with any colour vision can tell
// apart, without its yellow, which is lost on white. On lines, glyphs help.
var palette = []struct {
	colour color.Color
	glyph  vgdraw.GlyphDrawer
}{
	{rgb(0x0072B2), vgdraw.CircleGlyph{}},  // blue
	{rgb(0xD55E00), vgdraw.BoxGlyph{}},     // vermilion
	{rgb(0x009E73), vgdraw.PyramidGlyph{}}, // bluish green
	{rgb(0xCC79A7), vgdraw.CircleGlyph{}},  // reddish purple
	{rgb(0xE69F00), vgdraw.BoxGlyph{}},     // orange
	{rgb(0x56B4E9), vgdraw.PyramidGlyph{}}, // sky blue
	{rgb(0x000000), vgdraw.CircleGlyph{}},
}

func rgb(hex uint32) color.Color {
	return color.RGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xFF}
}

var (
	ink  = color.Gray{Y: 0x22}
	grey = color.Gray{Y: 0xDD} // of the grid
)

const (
	lineWidth = vg.Length(2.5)
	glyphSize = vg.Length(3)
)
