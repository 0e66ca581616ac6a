package main

import (
	"strings"
	"unicode/utf8"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
)

// The sizes of texts, in pixels. A text that finds no room shrinks, not below small.
const (
	titleSize  = vg.Length(18)
	labelSize  = vg.Length(14)
	numberSize = vg.Length(13)
	small      = vg.Length(10)
)

// style is a text in a font whose widths are known here, those of Arial. svg.go sees
// to it that a browser's font has them too.
func style(size vg.Length, x text.XAlignment, y text.YAlignment) text.Style {
	return text.Style{
		Color:   ink,
		Font:    font.Font{Typeface: "Liberation", Variant: "Sans", Size: size},
		XAlign:  x,
		YAlign:  y,
		Handler: plot.DefaultTextHandler,
	}
}

func bold(s text.Style) text.Style {
	s.Font.Weight = 3 // WeightBold of golang.org/x/image/font, which is not worth an import
	return s
}

// fit breaks texts into lines that are no wider than room, and shrinks all of them
// alike until each has a few lines and no word is cut. Only a word that is too wide
// in the smallest size is cut.
func fit(s text.Style, room vg.Length, texts []string) (text.Style, []string) {
	const few = 3
	for ; ; s.Font.Size-- {
		wrapped := make([]string, len(texts))
		fits := true
		for i, t := range texts {
			lines, cut := wrap(s, room, t)
			wrapped[i] = strings.Join(lines, "\n")
			fits = fits && !cut && len(lines) <= few
		}
		if fits || s.Font.Size <= small {
			return s, wrapped
		}
	}
}

// wrap breaks a text between words, and in one that has no room in a line of its own.
func wrap(s text.Style, room vg.Length, t string) (lines []string, cut bool) {
	line := ""
	for _, word := range strings.Fields(t) {
		if line != "" && s.Width(line+" "+word) <= room {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for line = word; s.Width(line) > room && utf8.RuneCountInString(line) > 1; cut = true {
			n := fitting(s, room, line)
			lines = append(lines, line[:n])
			line = line[n:]
		}
	}
	return append(lines, line), cut
}

// fitting is how many bytes of a word have room, at least those of its first rune.
func fitting(s text.Style, room vg.Length, word string) int {
	n := len(word)
	for i := range word {
		if i > 0 && s.Width(word[:i]) > room {
			break
		}
		if i > 0 {
			n = i
		}
	}
	return n
}
