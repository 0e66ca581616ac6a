package tests

import (
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// What the documents quote is compared with what the programs say: prose that
// nothing checks drifts.

var (
	quotedDemo = regexp.MustCompile("(?s)\\$ make demo\n(.*?)```")
	latency    = regexp.MustCompile(`\([0-9.]+ m?s\)`)
	chance     = regexp.MustCompile(`\d+ of 20 (second requests: s|answers are wrong)`)
	symbols    = strings.NewReplacer("✅", "ok", "❌", "x", "→", "->", "·", "-", "—", "-")
)

// normal is a demo's output without what differs: how long things took, what is
// left to chance, and whether the terminal takes symbols.
func normal(output string) string {
	output = chance.ReplaceAllString(symbols.Replace(output), "… of 20 $1")
	return strings.TrimSpace(latency.ReplaceAllString(output, "(… ms)"))
}

func TestREADMEShowsWhatTheDemoPrints(t *testing.T) {
	readme := read(t, "../README.md")
	quoted := quotedDemo.FindStringSubmatch(readme)
	if quoted == nil {
		t.Fatal("README.md has no console block with $ make demo")
	}
	out, err := exec.Command("go", "run", "secondserver/lab", "demo").Output()
	if err != nil {
		t.Fatalf("demo: %v", err)
	}
	want, got := normal(quoted[1]), normal(string(out))
	if !strings.HasPrefix(got, want) {
		t.Errorf("the demo printed\n%s\n\nand README.md shows\n%s", got, want)
	}
	for _, phase := range []string{"1-single", "2-broken", "3-redis"} {
		page := "../phase" + phase + "/README.md"
		story := regexp.MustCompile("(?s)```\n(Phase .*?)```").FindStringSubmatch(read(t, page))
		if story == nil || !strings.Contains(got, normal(story[1])) {
			t.Errorf("%s shows %q, which is no part of what the demo printed", page, story)
		}
	}
}

// The picture of a terminal shows what the text beside it says.
func TestTheCaptureShowsWhatREADMEQuotes(t *testing.T) {
	capture := drawn(t, "../docs/pictures/demo.svg")
	_, shown, ok := strings.Cut(capture, "$ make demo\n")
	want := normal(quotedDemo.FindStringSubmatch(read(t, "../README.md"))[1])
	if got := normal(shown); !ok || !strings.HasPrefix(got, want) {
		t.Errorf("demo.svg shows\n%s\n\nand README.md quotes\n%s\n\nTo draw it again: make screenshots", got, want)
	}
}

// drawn is the text of an SVG, with a line for each of its texts.
func drawn(t *testing.T, path string) string {
	t.Helper()
	var text strings.Builder
	inText := false
	decoder := xml.NewDecoder(strings.NewReader(read(t, path)))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return text.String()
		}
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			inText = inText || token.Name.Local == "text"
		case xml.EndElement:
			if token.Name.Local == "text" {
				inText = false
				text.WriteByte('\n')
			}
		case xml.CharData:
			if inText {
				text.Write(token)
			}
		}
	}
}

func TestEveryLinkInTheDocumentsLeadsSomewhere(t *testing.T) {
	link := regexp.MustCompile(`(?:\]\(|src="|srcset=")([^)#:"]+)(?:#[^)]*)?[)"]`)
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".md" {
			return err
		}
		for _, m := range link.FindAllStringSubmatch(read(t, path), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(path), m[1])); err != nil {
				t.Errorf("%s links to %s: %v", path, m[1], err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The README's configuration table names the variables that the programs' own
// help names.
func TestREADMENamesEveryVariable(t *testing.T) {
	help, err := exec.Command("go", "run", "secondserver/phase3-redis", "--help").Output()
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile(`(?m)^  ([A-Z_]+)\b`).FindAllStringSubmatch(string(help), -1)
	if len(names) == 0 {
		t.Fatalf("the help names no variables:\n%s", help)
	}
	readme := read(t, "../README.md")
	for _, name := range names {
		if !strings.Contains(readme, "| `"+name[1]+"` |") {
			t.Errorf("README.md's table lacks %s", name[1])
		}
	}
}

// docs/protocol.md lists the error codes; the hub has those of frames, the server
// those of HTTP.
func TestTheProtocolPageListsEveryErrorCode(t *testing.T) {
	code := regexp.MustCompile(`[Cc]ode\w+ += "(\w+)"`)
	page := read(t, "../docs/protocol.md")
	var codes [][]string
	for _, file := range []string{"../hub/protocol.go", "../server/errors.go"} {
		defined := code.FindAllStringSubmatch(read(t, file), -1)
		if len(defined) == 0 {
			t.Fatal(file + " defines no codes")
		}
		codes = append(codes, defined...)
	}
	listed := regexp.MustCompile("(?m)^\\| (`.*?) \\|").FindAllStringSubmatch(page, -1)
	for _, c := range codes {
		if !slices.ContainsFunc(listed, func(row []string) bool { return strings.Contains(row[1], "`"+c[1]+"`") }) {
			t.Errorf("docs/protocol.md does not list %s", c[1])
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
