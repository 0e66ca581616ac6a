package main

import (
	"fmt"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/term"
)

// A progress is a line at the end of a terminal that says what is being waited
// for, moves, and is erased when the waiting is over. Elsewhere, in a pipe, in
// TERM=dumb, it does nothing. It erases by spaces: no terminal misunderstands.
//
// It is not safe for concurrent use.
type progress struct {
	file   *os.File
	look   look
	cancel chan struct{} // nil while nothing is shown
	done   chan struct{}
}

func newProgress(f *os.File) *progress { return &progress{file: f, look: lookOf(f)} }

// every is how often the line moves, and how long a wait is that shows none.
const every = 100 * time.Millisecond

// start shows a line until stop, or until the next start. The line is asked for
// with each move: it may count. Its goroutine is waited for by stop.
func (p *progress) start(line func(look) string) {
	p.stop()
	if !lively(p.file) {
		return
	}
	p.cancel, p.done = make(chan struct{}), make(chan struct{})
	go p.draw(line, p.cancel, p.done)
}

func (p *progress) stop() {
	if p.cancel == nil {
		return
	}
	close(p.cancel)
	<-p.done
	p.cancel = nil
}

func (p *progress) draw(line func(look) string, cancel <-chan struct{}, done chan<- struct{}) {
	defer close(done)
	ticks := time.NewTicker(every)
	defer ticks.Stop()
	wheel := []rune(`|/-\`)
	if p.look.symbols {
		wheel = []rune("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏")
	}
	drawn := 0
	for move := 0; ; move++ {
		select {
		case <-ticks.C:
		case <-cancel:
			if drawn > 0 { // and the ^C that a terminal may have added
				p.over("", min(drawn+len("^C"), p.width()))
			}
			return
		}
		text := cut(fmt.Sprintf("%s %c", line(p.look), wheel[move%len(wheel)]), p.width())
		p.over(text, drawn)
		drawn = utf8.RuneCountInString(text)
	}
}

// over writes a line over the one that was drawn before.
func (p *progress) over(text string, drawn int) {
	rest := strings.Repeat(" ", max(0, drawn-utf8.RuneCountInString(text)))
	// A terminal that has gone is noticed by the results.
	fmt.Fprint(p.file, "\r", text, rest, "\r", text)
}

// width is asked for each time: people change it. The last column stays free, or
// the cursor would be on the next line.
func (p *progress) width() int {
	width, _, err := term.GetSize(int(p.file.Fd()))
	if err != nil || width < 2 {
		width = 80
	}
	return width - 1
}
