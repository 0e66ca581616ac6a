package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"secondserver/lab/report"
)

// An interrupted run keeps what is finished: the pages, without pictures.
func TestWhatIsFinishedIsPublishedAfterAnInterrupt(t *testing.T) {
	results := []*report.Result{{Name: "green", Proves: "Green proves."}, {Name: "hop", Proves: "Hop proves."}}
	for _, test := range []struct {
		page string
		want []string
	}{
		{"report", []string{"report.html"}},
		{"", []string{"green.html", "hop.html"}},
	} {
		folder := t.TempDir()
		document := filepath.Join(t.TempDir(), "document.md")
		if err := os.WriteFile(document, []byte("as it was"), 0o644); err != nil {
			t.Fatal(err)
		}
		output, err := os.Create(filepath.Join(t.TempDir(), "output"))
		if err != nil {
			t.Fatal(err)
		}
		defer output.Close()
		p, s := publishing{out: folder, docs: document}, &screen{out: output, progress: newProgress(output)}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := p.publish(ctx, s, results, false, test.page); err != nil {
			t.Errorf("got %v, want what is finished", err)
		}
		var got []string
		pages := ""
		for _, file := range test.want {
			text, err := os.ReadFile(filepath.Join(folder, file))
			if err != nil {
				t.Error(err)
			}
			pages += string(text)
		}
		entries, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			got = append(got, e.Name())
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("got files %q, want %q", got, test.want)
		}
		if strings.Count(pages, "Green proves.") != 1 || strings.Count(pages, "Hop proves.") != 1 {
			t.Errorf("got pages %s, want each result once", pages)
		}
		if said, _ := os.ReadFile(output.Name()); !strings.Contains(string(said), "Without pictures: "+filepath.Join(folder, test.want[0])) {
			t.Errorf("got %q, want it to name the page", said)
		}
		if text, _ := os.ReadFile(document); string(text) != "as it was" {
			t.Errorf("got document %q, want it as it was", text)
		}
	}
}

func TestWhatCannotBeWrittenIsFoundFirst(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "document.md")
	text := "<!-- table: green -->\n<!-- end -->\n"
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		out, docs string
		names     []string
		want      string // "" where all is well
	}{
		{filepath.Join(folder, "new", "pictures"), file, []string{"green"}, ""},
		{"", "", []string{"green", "hop"}, ""},
		{file, "", nil, "--out: "},
		{"", filepath.Join(folder, "none.md"), nil, "--docs: "},
		{"", folder, nil, "--docs: "},
		{"", file, []string{"green", "hop"}, "--docs: " + file + ": no line is <!-- table: "},
	}
	for _, test := range tests {
		p := publishing{out: test.out, docs: test.docs}
		err := p.prepare(test.names)
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.HasPrefix(err.Error(), test.want)) {
			t.Errorf("--out %q --docs %q: got %v, want %q", test.out, test.docs, err, test.want)
		}
	}
	if entries, err := os.ReadDir(filepath.Join(folder, "new", "pictures")); err != nil || len(entries) != 0 {
		t.Errorf("got %v, %v, want an empty folder", entries, err)
	}
	if got, _ := os.ReadFile(file); string(got) != text {
		t.Errorf("got document %q, want it as it was", got)
	}
}
