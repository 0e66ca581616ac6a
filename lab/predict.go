package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"

	"secondserver/lab/experiment"

	"golang.org/x/term"
)

var errNoNumber = errors.New("no number")

// prediction reads what somebody thinks comes out: a number, with or without a %.
func prediction(text string) (float64, error) {
	said, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "%")), 64)
	if err != nil || math.IsNaN(said) || math.IsInf(said, 0) {
		return 0, errNoNumber
	}
	return said, nil
}

// ask asks for a prediction, where somebody sits there who can answer.
func (x *experimenting) ask(ctx context.Context, e experiment.Experiment) error {
	if x.predict != "" || x.json || len(x.experiments) > 1 || !term.IsTerminal(int(os.Stdin.Fd())) || !lively(os.Stdout) {
		return nil
	}
	answer := make(chan *float64, 1)
	// Ends with the program at the latest: a read of the terminal cannot be interrupted.
	go func() { answer <- x.screen.look.predict(os.Stdin, x.screen.out, e.Asked) }()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case x.said = <-answer:
		return nil
	}
}

// predict asks until there is a number, or nothing: an empty line, or the end.
func (l look) predict(in io.Reader, out io.Writer, asked experiment.Asked) *float64 {
	fmt.Fprintln(out, l.words(strings.Join(wrap(asked.What, "  "), "\n")))
	for lines := bufio.NewReader(in); ; {
		fmt.Fprintf(out, "Your prediction, in %s (Enter for none): ", asked.Unit)
		line, err := lines.ReadString('\n')
		said, wrong := prediction(line)
		switch {
		case wrong == nil:
			return &said
		case err != nil: // what cannot be read is no prediction
			fmt.Fprintln(out)
			return nil
		case strings.TrimSpace(line) == "":
			return nil
		}
		fmt.Fprintf(out, "%q is no number. ", strings.TrimSpace(line))
	}
}
