package web_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"testing"

	"secondserver/web"
)

// files are the page's, by name.
func files(t *testing.T) map[string]string {
	t.Helper()
	names, err := fs.Glob(web.Files, "*")
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string]string)
	for _, name := range names {
		content, err := web.Files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = string(content)
	}
	return all
}

// What a file asks for is there, and nothing is there that no file asks for.
func TestEveryReferenceLeadsToAFile(t *testing.T) {
	all := files(t)
	asked := map[string]bool{"index.html": true}
	reference := map[string]*regexp.Regexp{
		".html": regexp.MustCompile(`(?:src|href)="/web/([^"]+)"`),
		".js":   regexp.MustCompile(`from '\./([^']+)'`),
	}
	for name, content := range all {
		find := reference[path.Ext(name)]
		if find == nil {
			continue
		}
		for _, m := range find.FindAllStringSubmatch(content, -1) {
			if asked[m[1]] = true; all[m[1]] == "" {
				t.Errorf("%s asks for %s, which is not there", name, m[1])
			}
		}
	}
	for name := range all {
		if !asked[name] {
			t.Errorf("nothing asks for %s", name)
		}
	}
}

// The policy stops these too, but only when they run, in a browser that knows it.
func TestNoTextIsTakenForMarkupAndNothingIsInline(t *testing.T) {
	forbidden := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser|srcdoc|<script>|<style|\sstyle=|\son[a-z]+="|javascript:`)
	for name, content := range files(t) {
		if found := forbidden.FindString(content); found != "" {
			t.Errorf("%s has %q", name, found)
		}
	}
}

func TestThePageKnowsNoOtherServer(t *testing.T) {
	address := regexp.MustCompile(`https?://[^\s"')]+|[^:]//[a-z0-9-]+\.[a-z]+/`)
	for name, content := range files(t) {
		for _, found := range address.FindAllString(content, -1) {
			if found != "http://www.w3.org/2000/svg" { // a name, which nobody fetches
				t.Errorf("%s has %s", name, found)
			}
		}
	}
}

func TestTheReadingOrderHasEveryFile(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "web.go", nil, parser.ParseComments|parser.PackageClauseOnly)
	if err != nil {
		t.Fatal(err)
	}
	doc := file.Doc.Text()
	for name := range files(t) {
		if !strings.Contains(doc, name) {
			t.Errorf("the package's comment does not name %s", name)
		}
	}
}
