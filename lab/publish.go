package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"secondserver/lab/report"
)

// A publishing is where results go, beside the screen.
type publishing struct {
	out  string // a folder for pictures and pages; "": none
	docs string // a document that quotes the tables; "": none
}

// prepare wants of what publish writes to that it can be written: who waits for
// minutes should not hear then that a folder was misspelt. names are the results'.
func (p *publishing) prepare(names []string) error {
	if p.out != "" {
		if err := writable(p.out); err != nil {
			return fmt.Errorf("--out: %w", err)
		}
	}
	if p.docs != "" {
		if err := quotable(p.docs, names); err != nil {
			return fmt.Errorf("--docs: %w", err)
		}
	}
	return nil
}

// writable makes a folder, if it is not there, and a file in it, which it removes.
func writable(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	probe, err := os.CreateTemp(folder, ".probe-*")
	if err != nil {
		return err
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// quotable opens a document for writing, and looks for the marks of all tables.
func quotable(file string, tables []string) error {
	document, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	document.Close() // nothing was written
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	for _, name := range tables {
		if _, err := report.Replace(string(text), name, ""); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}

// publish draws the pictures and writes the pages, of what has been finished, all of
// it or not. Pages without pictures are better than none: they are also written where
// nothing can be drawn any more. Documents quote whole runs only. There is one page, if
// it has a name, or one for each result: a single run leaves the page of all as it was.
func (p *publishing) publish(ctx context.Context, s *screen, results []*report.Result, whole bool, name string) error {
	var failed error
	if p.docs != "" && whole {
		tables := make(map[string]string)
		for _, r := range results {
			tables[r.Name] = r.Table.Markdown()
		}
		failed = quote(p.docs, tables)
	}
	if p.out == "" || len(results) == 0 {
		return failed
	}
	var pictures map[string]string
	if ctx.Err() == nil {
		s.Doing("drawing (for the first time it takes a minute)")
		var err error
		pictures, err = draw(ctx, results, p.out)
		failed = errors.Join(failed, err)
	}
	s.progress.stop()
	s.print("")
	for file, results := range pages(results, name) {
		file = filepath.Join(p.out, file)
		if err := writePage(file, results, pictures); err != nil {
			return errors.Join(failed, err)
		}
		what := "With pictures: "
		if pictures == nil {
			what = "Without pictures: "
		}
		s.print(what + file)
	}
	return failed
}

// pages are one for all, if it has a name, or one for each result, by their files'
// names.
func pages(results []*report.Result, name string) iter.Seq2[string, []*report.Result] {
	return func(yield func(string, []*report.Result) bool) {
		if name != "" {
			yield(name+".html", results)
			return
		}
		for i, r := range results {
			if !yield(r.Name+".html", results[i:i+1]) {
				return
			}
		}
	}
}

func writePage(file string, results []*report.Result, pictures map[string]string) error {
	var html bytes.Buffer
	err := report.HTML(&html, report.Run{
		When: time.Now(), Engine: results[0].Engine,
		Machine: fmt.Sprintf("%s/%s, %d CPUs", runtime.GOOS, runtime.GOARCH, runtime.NumCPU()),
	}, results, pictures)
	if err == nil {
		err = os.WriteFile(file, html.Bytes(), 0o644)
	}
	if err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

// quote puts tables into a document, between the marks that name them.
func quote(file string, tables map[string]string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("--docs: %w", err)
	}
	document := string(text)
	for name, table := range tables {
		if document, err = report.Replace(document, name, table); err != nil {
			return fmt.Errorf("--docs: %s: %w", file, err)
		}
	}
	if err := os.WriteFile(file, []byte(document), 0o644); err != nil {
		return fmt.Errorf("--docs: %w", err)
	}
	return nil
}
