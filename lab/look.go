package main

import (
	"cmp"
	"os"
	"strings"

	"golang.org/x/term"
)

// A look is what a terminal takes. Texts are written with colours and symbols;
// a look without them leaves them out.
type look struct {
	colours bool
	symbols bool
}

// lookOf decides by what a file is: elsewhere than on a terminal, and with
// TERM=dumb, texts are plain.
func lookOf(f *os.File) look {
	if !lively(f) {
		return look{}
	}
	return lookAsked()
}

// lookAsked is that of a terminal, by what its user asks for. NO_COLOR takes the
// colours away and nothing else (no-color.org); symbols need a locale in UTF-8.
func lookAsked() look {
	locale := strings.ToUpper(cmp.Or(os.Getenv("LC_ALL"), os.Getenv("LC_CTYPE"), os.Getenv("LANG")))
	return look{
		colours: os.Getenv("NO_COLOR") == "",
		symbols: strings.Contains(locale, "UTF-8") || strings.Contains(locale, "UTF8"),
	}
}

// lively says whether a line of a file can be drawn over.
func lively(f *os.File) bool {
	return term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb"
}

// The colours, as a terminal is told them.
const (
	bold   = "1"
	red    = "31"
	green  = "32"
	yellow = "33"
)

func (l look) paint(colour, text string) string {
	text = l.words(text)
	if !l.colours || colour == "" {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

var words = strings.NewReplacer("✅", "ok", "❌", "x", "→", "->", "·", "-", "—", "-", "…", "...", "−", "-", "–", "-", "µ", "u")

// words puts ASCII in the place of symbols, if it has to be.
func (l look) words(text string) string {
	if l.symbols {
		return text
	}
	return words.Replace(text)
}
