package main

import (
	"bytes"
	"fmt"
	"html"
	"regexp"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// An svg is gonum's, with what browsers and their readers need besides.
//
// gonum places every text by its width in Liberation Sans, which has the widths of
// Arial and which browsers do not have everywhere. The text is given that width, so
// that it stands where it should in any font.
type svg struct {
	*vgsvg.Canvas
	widths []vg.Length // of each text, in their order
}

func newSVG(w, h vg.Length) *svg {
	return &svg{Canvas: vgsvg.New(w, h)}
}

// FillString remembers how wide the text is. Blank ones only take room.
func (s *svg) FillString(f font.Face, at vg.Point, text string) {
	if text == " " {
		return
	}
	s.widths = append(s.widths, f.Width(text))
	s.Canvas.FillString(f, at, text)
}

// root is the element that all is in, with what stands before it.
var root = regexp.MustCompile(`(?s)^.*?<svg .*?>`)

var (
	textBegins = []byte("<text ")
	fontFamily = []byte("font-family:Liberation Sans;font-variant:normal;")
)

// bytes is the picture, which screen readers call by its title.
func (s *svg) bytes(title string) ([]byte, error) {
	var b bytes.Buffer
	if _, err := s.WriteTo(&b); err != nil {
		return nil, err
	}
	w, h := s.Size()
	picture := root.ReplaceAllLiteral(b.Bytes(), fmt.Appendf(nil,
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %v %v" width="%[1]v" height="%[2]v" role="img" font-family="Arial, Liberation Sans, Helvetica, system-ui, sans-serif">
<title>%[3]s</title>`, w.Points(), h.Points(), html.EscapeString(title)))
	picture = bytes.ReplaceAll(picture, fontFamily, nil)

	parts := bytes.Split(picture, textBegins)
	picture = parts[0]
	for i, part := range parts[1:] {
		picture = fmt.Appendf(picture, `<text textLength="%.1f" lengthAdjust="spacingAndGlyphs" `, s.widths[i].Points())
		picture = append(picture, part...)
	}
	return picture, nil
}
