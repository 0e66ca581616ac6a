package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"secondserver/lab/experiment"
	"secondserver/lab/report"
	"secondserver/lab/stack"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// An experimenting is experiments as the command line asks for them.
type experimenting struct {
	setup
	predict string
	fast    bool
	json    bool
	out     string
	docs    string

	experiments []experiment.Experiment
	said        *float64
	screen      *screen
}

func experimentCommand() *cobra.Command {
	var x experimenting
	c := &cobra.Command{
		Use:     "experiment NAME…|all",
		Short:   "Asks one question, breaks something, and answers with a number",
		Long:    fmt.Sprintf(experimentHelp, experimentNames()),
		Example: experimentExamples,
		RunE: func(c *cobra.Command, args []string) error {
			if err := x.check(args); err != nil {
				return seeHelp(c, err)
			}
			x.screen = &screen{out: os.Stdout, look: lookOf(os.Stdout), json: x.json, progress: newProgress(os.Stderr)}
			defer x.screen.progress.stop()
			return x.run(c.Context())
		},
	}
	flags := c.Flags()
	flags.SortFlags = false
	flags.StringVar(&x.predict, "predict", "", "what you think comes out (or skip)")
	flags.StringVar(&x.engine, "engine", "embedded", "embedded, or host (nginx, Redis)")
	flags.BoolVar(&x.fast, "fast", false, "smaller, some seconds each: rough, fewer rows")
	flags.StringVar(&x.out, "out", "experiments", "where pictures go (\"\": none)")
	flags.StringVar(&x.docs, "docs", "", "a document to put the tables into")
	flags.BoolVar(&x.json, "json", false, "results for programs, described above")
	return c
}

// check wants of a command line that it can be run.
func (x *experimenting) check(args []string) error {
	if err := x.setup.check(); err != nil {
		return err
	}
	for _, arg := range args {
		if arg == "all" {
			x.experiments = append(x.experiments, experiment.All...)
			continue
		}
		e, err := experiment.Named(arg)
		if err != nil {
			return err
		}
		x.experiments = append(x.experiments, e)
	}
	switch {
	case len(x.experiments) == 0:
		_, err := experiment.Named("")
		return fmt.Errorf("name an experiment: %w", err)
	case x.predict == "" || x.predict == "skip":
		return nil
	case len(x.experiments) > 1:
		return errors.New("--predict is for one experiment")
	}
	said, err := strconv.ParseFloat(strings.TrimSuffix(x.predict, "%"), 64)
	if err != nil {
		return fmt.Errorf("--predict %q: want a number, in %s, or skip", x.predict, x.experiments[0].Asked.Unit)
	}
	x.said = &said
	return nil
}

// run runs one after the other, and makes the report of what has been run.
func (x *experimenting) run(ctx context.Context) (err error) {
	engine, err := x.open(x.screen.Doing)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, leftBehind(engine.Close())) }()
	var results []*report.Result
	hold := true
	for i, e := range x.experiments {
		x.screen.print(x.screen.look.question(e, i, len(x.experiments)))
		if err := x.ask(ctx, e); err != nil {
			return err
		}
		r, err := e.Run(ctx, experiment.Options{Engine: engine, Fast: x.fast, Said: x.said, Doing: x.screen.Doing})
		if err != nil {
			return err
		}
		x.screen.progress.stop()
		x.show(r)
		if x.screen.err != nil {
			return x.screen.err
		}
		results = append(results, r)
		hold = hold && r.Holds()
	}
	if err := x.publish(ctx, results); err != nil {
		return err
	}
	if !hold {
		return errNotAsExpected
	}
	return nil
}

// ask asks for a prediction, where somebody sits there who can answer.
func (x *experimenting) ask(ctx context.Context, e experiment.Experiment) error {
	if x.predict != "" || x.json || len(x.experiments) > 1 || !term.IsTerminal(int(os.Stdin.Fd())) || !lively(os.Stdout) {
		return nil
	}
	fmt.Fprintf(x.screen.out, "%s\nYour prediction, in %s (Enter for none): ", strings.Join(wrap(e.Asked.What, "  "), "\n"), e.Asked.Unit)
	answer := make(chan string, 1)
	// Ends with the program at the latest: a read of the terminal cannot be interrupted.
	go func() {
		line, _ := bufio.NewReader(os.Stdin).ReadString('\n') // what could not be read is no prediction
		answer <- strings.TrimSuffix(strings.TrimSpace(line), "%")
	}()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case text := <-answer:
		if said, err := strconv.ParseFloat(strings.TrimSpace(text), 64); err == nil {
			x.said = &said
		}
		return nil
	}
}

func (x *experimenting) show(r *report.Result) {
	if x.json {
		x.screen.object(r)
		return
	}
	x.screen.print(x.screen.look.experiment(r))
}

// publish draws the pictures and writes the report, and the tables that documents
// quote.
func (x *experimenting) publish(ctx context.Context, results []*report.Result) error {
	if x.docs != "" {
		if err := quote(x.docs, results); err != nil {
			return fmt.Errorf("--docs: %w", err)
		}
	}
	if x.out == "" {
		return nil
	}
	if err := os.MkdirAll(x.out, 0o755); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	x.screen.Doing("drawing (for the first time it takes a minute)")
	pictures, err := draw(ctx, results, x.out)
	x.screen.progress.stop()
	if err != nil {
		return err
	}
	file := filepath.Join(x.out, "report.html")
	if err := x.writeReport(file, results, pictures); err != nil {
		return err
	}
	x.screen.print("\nWith pictures: " + file)
	return x.screen.err
}

func (x *experimenting) writeReport(file string, results []*report.Result, pictures map[string]string) error {
	var page bytes.Buffer
	err := report.HTML(&page, report.Run{
		When: time.Now(), Engine: x.engine,
		Machine: fmt.Sprintf("%s/%s, %d CPUs", runtime.GOOS, runtime.GOARCH, runtime.NumCPU()),
	}, results, pictures)
	if err == nil {
		err = os.WriteFile(file, page.Bytes(), 0o644)
	}
	if err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// draw has lab/draw draw the figures: a program of its own, which is fetched and built
// when it is first wanted.
func draw(ctx context.Context, results []*report.Result, folder string) (pictures map[string]string, err error) {
	figures := make(map[string]report.Figure)
	for _, r := range results {
		figures[r.Name] = r.Figure
	}
	input, err := json.Marshal(figures)
	if err != nil {
		return nil, err
	}
	root, err := stack.ModuleRoot()
	if err != nil {
		return nil, err
	}
	folder, err = filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	command := exec.CommandContext(ctx, "go", "run", "./lab/draw", folder)
	command.Dir, command.Stdin, command.WaitDelay = root, bytes.NewReader(input), time.Second
	if output, err := command.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("draw the pictures: go run ./lab/draw: %w\n%s", err, output)
	}
	pictures = make(map[string]string)
	for name := range figures {
		picture, err := os.ReadFile(filepath.Join(folder, name+".svg"))
		if err != nil {
			return nil, err
		}
		pictures[name] = string(picture)
	}
	return pictures, nil
}

// quote puts the tables into a document, between the marks that name them.
func quote(file string, results []*report.Result) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	document := string(text)
	for _, r := range results {
		if document, err = report.Replace(document, r.Name, r.Table.Markdown()); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return os.WriteFile(file, []byte(document), 0o644)
}

// question is the head of an experiment.
func (l look) question(e experiment.Experiment, i, all int) string {
	head := "\n"
	if i == 0 {
		head = ""
	}
	if all > 1 {
		head += fmt.Sprintf("%d of %d · ", i+1, all)
	}
	return l.paint(bold, head+e.Name+" · "+e.Question)
}

// experiment is what came out of one.
func (l look) experiment(r *report.Result) string {
	lines := []string{strings.TrimRight(r.Table.Text(), "\n")}
	if p := r.Prediction; p != nil {
		said, colour := "You said %g %s; it is %.4g.", yellow
		if p.Right() {
			said, colour = "You said %g %s, and you were right: it is %.4g.", green
		}
		lines = append(lines, l.paint(colour, fmt.Sprintf(said, p.Said, p.Unit, p.Is)))
	}
	for _, c := range r.Claims {
		mark, colour := "✅ ", green
		if !c.Holds {
			mark, colour = "❌ ", red
		}
		for i, line := range wrap(c.Text, "  ") {
			if i == 0 {
				line = "  " + mark + strings.TrimLeft(line, " ")
			}
			lines = append(lines, l.paint(colour, line))
		}
	}
	lines = append(lines, wrap(r.Proves, "")...)
	return l.words(strings.Join(lines, "\n"))
}
