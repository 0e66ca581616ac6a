package tests

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"secondserver/lab/dialect/dialecttest"

	"github.com/rogpeppe/go-internal/testscript"
)

// The scripts run the real program, as one would type it, in the module's folder. $PHASE1, $PHASE2 and $PHASE3 are the
// URLs of stacks that run, $FOREIGN, $LOSES and so on those of servers that speak another protocol; `exits 2 lab …` wants an exit code.
func TestScripts(t *testing.T) {
	e := engines[0].need(t)
	urls := make(map[string]string)
	for phase := 1; phase <= 3; phase++ {
		urls["PHASE"+strconv.Itoa(phase)] = start(t, e, phase, 0).URL()
	}
	for _, fault := range []string{
		dialecttest.None, dialecttest.Loses, dialecttest.Doubles, dialecttest.Reorders, dialecttest.Mixes,
		dialecttest.Keeps, dialecttest.Alters, dialecttest.Forges, dialecttest.Repeats, dialecttest.Refuses,
		dialecttest.Slights, dialecttest.Swallows, dialecttest.Grips,
	} {
		foreign := httptest.NewServer(dialecttest.New(fault))
		t.Cleanup(foreign.Close)
		urls[cmp.Or(strings.ToUpper(fault), "FOREIGN")] = foreign.URL
	}
	testscript.Run(t, testscript.Params{
		Dir:  filepath.Join("testdata", "script"),
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
		Setup: func(env *testscript.Env) error {
			env.Cd = ".."
			env.Setenv("PATH", bin+string(os.PathListSeparator)+env.Getenv("PATH"))
			for name, url := range urls {
				env.Setenv(name, url)
			}
			return goEnvironment(env)
		},
	})
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	if err != nil || neg {
		ts.Fatalf("usage: exits CODE PROGRAM ARGUMENT...")
	}
	got := 0
	err = ts.Exec(args[1], args[2:]...)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%s: %v", args[1], err)
	}
	if got != want {
		ts.Fatalf("%s: got exit code %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}

// goEnvironment lets scripts, which have a home of their own, build with the caches that are there.
func goEnvironment(env *testscript.Env) error {
	output, err := exec.Command("go", "env", "-json", "GOCACHE", "GOMODCACHE", "GOPROXY", "GOFLAGS").Output()
	if err != nil {
		return err
	}
	var vars map[string]string
	if err := json.Unmarshal(output, &vars); err != nil {
		return err
	}
	for name, value := range vars {
		env.Setenv(name, value)
	}
	return nil
}
