package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"

	"secondserver/lab/report"
)

// A shown text is where it stands in the picture.
type shown struct {
	words                    string
	left, right, top, bottom float64
}

// A drawn picture is what was found in it.
type drawn struct {
	role, title, font string
	fonts             int // how many things say which font they want
	shown             []shown
	filled            map[string]int // paths, by colour
	dashed            int
}

func (d drawn) texts() []string {
	var texts []string
	for _, s := range d.shown {
		texts = append(texts, s.words)
	}
	return texts
}

func (d drawn) says(words string) bool {
	for _, s := range d.shown {
		if s.words == words {
			return true
		}
	}
	return false
}

// parse draws a figure and reads the picture.
func parse(t *testing.T, f report.Figure) drawn {
	t.Helper()
	svg, err := picture(f)
	if err != nil {
		t.Fatalf("%s: %v", f.Title, err)
	}
	if bytes.Contains(svg, []byte("NaN")) || bytes.Contains(svg, []byte("Inf")) {
		t.Errorf("%s: something has no place in\n%s", f.Title, svg)
	}
	found := drawn{fonts: bytes.Count(svg, []byte("font-family")), filled: make(map[string]int)}
	upright := false
	var text shown
	decoder := xml.NewDecoder(bytes.NewReader(svg))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return found
		}
		if err != nil {
			t.Fatalf("%s: %v in\n%s", f.Title, err, svg)
		}
		switch token := token.(type) {
		case xml.StartElement:
			text = shown{}
			switch style := attribute(token, "style"); token.Name.Local {
			case "svg":
				found.role, found.font = attribute(token, "role"), attribute(token, "font-family")
			case "g":
				upright = strings.HasPrefix(attribute(token, "transform"), "rotate(90)")
			case "path":
				if colour, ok := strings.CutPrefix(style, "fill:#"); ok {
					found.filled["#"+colour]++
				}
				if strings.Contains(style, "stroke-dasharray") {
					found.dashed++
				}
			case "text":
				text = place(t, token, upright)
			}
		case xml.CharData:
			text.words += string(token)
		case xml.EndElement:
			switch token.Name.Local {
			case "title":
				found.title = text.words
			case "g":
				upright = false
			case "text":
				found.shown = append(found.shown, text)
			}
		}
	}
}

// place is where a text stands: its letters reach from the line it stands on up by
// three quarters of its size, and down by a fifth.
func place(t *testing.T, text xml.StartElement, upright bool) shown {
	t.Helper()
	number := func(s string) float64 {
		f, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatalf("%+v: %v", text, err)
		}
		return f
	}
	_, size, _ := strings.Cut(attribute(text, "style"), "font-size:")
	size, _, _ = strings.Cut(size, "px")
	high := number(size)
	x, y, long := number(attribute(text, "x")), number(attribute(text, "y")), number(attribute(text, "textLength"))
	if upright { // turned to the left around the lower left corner of the picture, which y is below
		return shown{left: y - high*0.75, right: y + high*0.2, top: float64(height) - x - long, bottom: float64(height) - x}
	}
	y += float64(height)
	return shown{left: x, right: x + long, top: y - high*0.75, bottom: y + high*0.2}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
