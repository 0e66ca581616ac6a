package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"secondserver/lab/report"
)

// prepare wants of what publish writes to that it can be written: who waits for
// minutes should not hear then that a folder was misspelt.
func (x *experimenting) prepare() error {
	if x.out != "" {
		if err := writable(x.out); err != nil {
			return fmt.Errorf("--out: %w", err)
		}
	}
	if x.docs != "" {
		var names []string
		for _, e := range x.experiments {
			names = append(names, e.Name)
		}
		if err := quotable(x.docs, names); err != nil {
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

// publish draws the pictures and writes the pages, of what has been finished. Pages
// without pictures are better than none: they are also written where nothing can be
// drawn any more. Documents quote whole runs only.
func (x *experimenting) publish(ctx context.Context, results []*report.Result) error {
	var failed error
	if x.docs != "" && len(results) == len(x.experiments) {
		tables := make(map[string]string)
		for _, r := range results {
			tables[r.Name] = r.Table.Markdown()
		}
		failed = quote(x.docs, tables)
	}
	if x.out == "" || len(results) == 0 {
		return failed
	}
	var pictures map[string]string
	if ctx.Err() == nil {
		x.screen.Doing("drawing (for the first time it takes a minute)")
		var err error
		pictures, err = draw(ctx, results, x.out)
		failed = errors.Join(failed, err)
	}
	x.screen.progress.stop()
	x.screen.print("")
	for _, p := range x.pages(results) {
		if err := x.writePage(p, pictures); err != nil {
			return errors.Join(failed, err)
		}
		what := "With pictures: "
		if pictures == nil {
			what = "Without pictures: "
		}
		x.screen.print(what + p.file)
	}
	return failed
}

// A page shows one result, or those of all experiments.
type page struct {
	file    string
	results []*report.Result
}

// pages are one for all, or one for each that was named: a single run leaves the page
// of all as it was.
func (x *experimenting) pages(results []*report.Result) (pages []page) {
	if x.all {
		return []page{{filepath.Join(x.out, "report.html"), results}}
	}
	for _, r := range results {
		pages = append(pages, page{filepath.Join(x.out, r.Name+".html"), []*report.Result{r}})
	}
	return pages
}

func (x *experimenting) writePage(p page, pictures map[string]string) error {
	var html bytes.Buffer
	err := report.HTML(&html, report.Run{
		When: time.Now(), Engine: x.engine,
		Machine: fmt.Sprintf("%s/%s, %d CPUs", runtime.GOOS, runtime.GOARCH, runtime.NumCPU()),
	}, p.results, pictures)
	if err == nil {
		err = os.WriteFile(p.file, html.Bytes(), 0o644)
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
