// Draw makes pictures of the lab's figures, as SVG: of each figure NAME that it
// reads, the file NAME.svg.
//
//	go run ./lab/draw FOLDER < figures.json
//
// In reading order: main.go, check.go (what cannot be drawn), draw.go (a picture
// from top to bottom), bars.go and values.go, lines.go, axis.go, legend.go, text.go
// (how texts find room), palette.go, svg.go (what browsers need).
//
// It is a program of its own because of its size: the lab is compiled by everybody
// who types make demo, and what draws is larger than the lab.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"secondserver/lab/report"
)

const usage = `Draws figures as SVG.

  go run ./lab/draw FOLDER < FIGURES

reads a JSON object {"NAME": FIGURE, ...} and writes FOLDER/NAME.svg for each. A
FIGURE has "title", "x" and "y" (what the axes say), and either "labels" and "bars",
or "lines": lab/report/report.go has the fields.
`

func main() { os.Exit(command(os.Args[1:], os.Stdin, os.Stderr)) }

// command returns the exit code: 2 for a wrong command line, as flag has it.
func command(args []string, figures io.Reader, complaints io.Writer) int {
	if len(args) != 1 || strings.HasPrefix(args[0], "-") {
		fmt.Fprint(complaints, usage)
		return 2
	}
	if err := run(figures, args[0]); err != nil {
		fmt.Fprintln(complaints, "draw:", err)
		return 1
	}
	return 0
}

// run writes a folder's pictures, or none if one of them cannot be drawn.
func run(figures io.Reader, folder string) error {
	all, err := read(figures)
	if err != nil {
		return err
	}
	names := slices.Sorted(maps.Keys(all))
	pictures := make(map[string][]byte)
	var errs []error
	for _, name := range names {
		pictures[name], err = picture(all[name])
		if err != nil {
			errs = append(errs, fmt.Errorf("figure %s: %w", name, err))
		}
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(folder, name+".svg"), pictures[name], 0o644); err != nil {
			return fmt.Errorf("figure %s: %w", name, err)
		}
	}
	return nil
}

// fileName is a name that is that of a file in the folder, and not elsewhere.
var fileName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

func read(input io.Reader) (map[string]report.Figure, error) {
	text, err := io.ReadAll(input)
	if err != nil {
		return nil, fmt.Errorf("read the figures: %w", err)
	}
	var all map[string]json.RawMessage // one by one, for errors that name the figure
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, fmt.Errorf(`read the figures, which are to be an object {"NAME": FIGURE, ...}: %w`, err)
	}
	if len(all) == 0 {
		return nil, errors.New("there are no figures on standard input")
	}
	figures := make(map[string]report.Figure)
	for name, one := range all {
		if !fileName.MatchString(name) {
			return nil, fmt.Errorf("figure %q: its name is to be that of a file: use letters, digits, dots and dashes", name)
		}
		var f report.Figure
		decoder := json.NewDecoder(bytes.NewReader(one))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&f); err != nil {
			return nil, fmt.Errorf("figure %s: %w", name, err)
		}
		figures[name] = f
	}
	return figures, nil
}

// picture is a figure as SVG, if it can be drawn.
func picture(f report.Figure) ([]byte, error) {
	if err := check(f); err != nil {
		return nil, err
	}
	return draw(f)
}
