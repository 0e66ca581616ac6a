package browser_test

import (
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"secondserver/tests/browser"
)

// A page is a tab of a test. What does not work on it ends the test, with a screenshot.
type page struct {
	*browser.Tab
	t *testing.T
}

// open opens url. When the test ends, the console must have had no problem, but for those that contain one of allowed.
func open(t *testing.T, url string, v browser.View, allowed ...string) *page {
	t.Helper()
	b, err := chromium()
	if errors.Is(err, browser.ErrNoBrowser) && os.Getenv("CI") == "" {
		t.Skipf("left out: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	tab, err := b.Open(url, v)
	if err != nil {
		t.Fatal(err)
	}
	p := &page{tab, t}
	t.Cleanup(func() {
		for _, problem := range tab.Problems() {
			if !containsAny(problem, allowed) {
				t.Errorf("on the console: %s", problem)
			}
		}
		if t.Failed() {
			p.keep()
		}
		tab.Close()
	})
	return p
}

func containsAny(s string, parts []string) bool {
	for _, part := range parts {
		if strings.Contains(s, part) {
			return true
		}
	}
	return false
}

var pictures atomic.Int64 // how many there are, to give each a name

// keep writes a screenshot: with `go test -artifacts` it stays.
func (p *page) keep() {
	png, err := p.Screenshot()
	if err == nil {
		file := filepath.Join(p.t.ArtifactDir(), fmt.Sprintf("page-%d.png", pictures.Add(1)))
		err = os.WriteFile(file, png, 0o644)
		p.t.Logf("the page, as it was: %s", file)
	}
	if err != nil {
		p.t.Logf("no picture of the page: %v", err)
	}
	if text, err := browser.Eval[string](p.Tab, "document.body.innerText"); err == nil {
		p.t.Logf("its words:\n%s", text)
	}
}

func (p *page) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *page) await(css string) { p.t.Helper(); p.must(p.Await(css)) }

func (p *page) click(css string) { p.t.Helper(); p.must(p.Click(css)) }

func (p *page) types(css, text string) { p.t.Helper(); p.must(p.Type(css, text)) }

func eval[T any](p *page, expression string) T {
	p.t.Helper()
	value, err := browser.Eval[T](p.Tab, expression)
	p.must(err)
	return value
}

// until waits until an expression is true on the page.
func (p *page) until(expression string) {
	p.t.Helper()
	p.must(p.Until(expression))
}

// text is what an element says.
func (p *page) text(css string) string {
	p.t.Helper()
	return eval[string](p, "document.querySelector("+strconv.Quote(css)+").textContent")
}

func zip(keys, values []string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for i := range min(len(keys), len(values)) {
			if !yield(keys[i], values[i]) {
				return
			}
		}
	}
}

func matches(pattern, s string) bool { return regexp.MustCompile(pattern).MatchString(s) }
