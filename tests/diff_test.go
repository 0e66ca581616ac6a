package tests

import (
	"bytes"
	"errors"
	"go/format"
	"go/parser"
	"go/token"
	"os/exec"
	"strings"
	"testing"
)

// The lesson is the diff, so the diff is tested: had phases 1 and 2 different
// code, phase 2's failure would prove nothing.

func TestFromPhase1ToPhase2OnlyCommentsChange(t *testing.T) {
	one, two := code(t, "../phase1-single/main.go"), code(t, "../phase2-broken/main.go")
	if one != two {
		t.Errorf("the code differs:\n%s\n----\n%s", one, two)
	}
}

func TestFromPhase2ToPhase3AtMost12LinesChange(t *testing.T) {
	out, err := exec.Command("diff", "../phase2-broken/main.go", "../phase3-redis/main.go").Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); err != nil && (!ok || exit.ExitCode() != 1) {
		t.Fatalf("diff: %v", err)
	}
	changed := 0
	for line := range strings.Lines(string(out)) {
		if line[0] == '<' || line[0] == '>' {
			changed++
		}
	}
	if changed == 0 || changed > 12 {
		t.Errorf("%d changed lines, want 1 to 12:\n%s", changed, out)
	}
}

// code is a file without its comments.
func code(t *testing.T, path string) string {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution) // without ParseComments: it drops them
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := format.Node(&b, files, file); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Who may import whom: the table in docs/dependencies.md. "Others" are modules
// that the package may use, directly or not.
func TestDependenciesPointOneWay(t *testing.T) {
	const redis, websocket, jwt = "github.com/redis/go-redis", "github.com/gorilla/websocket", "github.com/golang-jwt/jwt/v5"
	network := []string{websocket, jwt, "github.com/prometheus/", "github.com/beorn7/perks", "github.com/cespare/xxhash", "github.com/munnerz/goautoneg", "golang.org/x/sys/", "google.golang.org/protobuf/"}
	tests := []struct {
		pkg    string
		own    []string // packages of this module
		others []string
	}{
		{"hub", nil, nil},
		{"hub/redisbackplane", []string{"hub"}, []string{redis, "github.com/cespare/xxhash", "go.uber.org/atomic", "golang.org/x/sys/cpu"}},
		{"hub/backplanetest", []string{"hub"}, nil},
		{"web", nil, nil},
		{"server", []string{"hub", "web"}, network},
		{"phase1-single", []string{"hub", "server", "web"}, network},
		{"phase2-broken", []string{"hub", "server", "web"}, network},
		{"phase3-redis", []string{"hub", "server", "web", "hub/redisbackplane"}, append(network, redis, "go.uber.org/atomic")},
		{"lab/wrongturns", []string{"hub", "server", "web"}, append(network, redis, "go.uber.org/atomic")},
		{"lab/tutorial", nil, []string{redis, websocket, "github.com/cespare/xxhash", "go.uber.org/atomic", "golang.org/x/sys/cpu"}},
		{"lab/report", nil, nil},
	}
	for _, test := range tests {
		out, err := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", "secondserver/"+test.pkg).Output()
		if err != nil {
			t.Fatalf("go list %s: %v", test.pkg, err)
		}
		for _, dep := range strings.Fields(string(out)) {
			if !allowed(dep, test.pkg, test.own, test.others) {
				t.Errorf("%s depends on %s", test.pkg, dep)
			}
		}
	}
}

func allowed(dep, pkg string, own, others []string) bool {
	for _, o := range append(own, pkg) {
		if dep == "secondserver/"+o {
			return true
		}
	}
	for _, o := range others {
		if strings.HasPrefix(dep, o) {
			return true
		}
	}
	return false
}

// The bench knows the phases only as programs, so it can judge any server. And
// what it imports everybody downloads who types make demo.
func TestTheLabImportsNeitherTheSubjectNorWhatOnlyTestsNeed(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "secondserver/lab").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, dep := range strings.Fields(string(out)) {
		for _, unwanted := range []string{"secondserver/hub", "secondserver/server", "github.com/testcontainers/", "github.com/moby/", "github.com/chromedp/", "github.com/redis/go-redis", "gonum.org/"} {
			if strings.HasPrefix(dep, unwanted) {
				t.Errorf("lab depends on %s", dep)
			}
		}
	}
}
