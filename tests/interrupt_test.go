//go:build unix

package tests

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Ctrl-C reaches all processes of the terminal at once: the lab, a compiler, the servers.
func TestCtrlCLeavesNothingBehind(t *testing.T) {
	for _, engine := range []string{"embedded", "host"} {
		for when, line := range map[string]string{
			"while it builds and starts": "Phase 2",
			"while bob listens":          "  charlie",
		} {
			t.Run(engine+" "+when, func(t *testing.T) {
				t.Parallel()
				if engine == "host" {
					engines[1].need(t)
				}
				lab, output, temp := startLab(t, "demo", "2", "--timeout", "1h", "--engine", engine)
				awaitLine(t, output, line)
				ctrlC(t, lab)
				wantExit(t, lab, output, 130)
				wantNothingLeft(t, temp)
			})
		}
	}
}

func TestCtrlCWhileACrowdTalksLeavesNothingBehind(t *testing.T) {
	for _, run := range []struct {
		args []string
		line string
	}{
		{[]string{"load", "3", "--for", "1h"}, "  100 users in one room"},
		{[]string{"load", "3", "--users", "5000", "--rooms", "500"}, "Phase 3"}, // while it starts, or they connect
		{[]string{"experiment", "all", "--fast", "--out", t.TempDir()}, "2 of 11"},
	} {
		t.Run(run.args[0]+" at "+run.line, func(t *testing.T) {
			t.Parallel()
			lab, output, temp := startLab(t, run.args...)
			awaitLine(t, output, run.line)
			ctrlC(t, lab)
			wantExit(t, lab, output, 130)
			wantNothingLeft(t, temp)
		})
	}
}

func TestCtrlCBeforeLabUpIsUpIsAnInterrupt(t *testing.T) {
	t.Parallel()
	lab, output, temp := startLab(t, "up")
	awaitLine(t, output, "Phase 2")
	ctrlC(t, lab)
	wantExit(t, lab, output, 130)
	wantNothingLeft(t, temp)
}

func TestLabUpSaysWhereEachServerIsUntilCtrlC(t *testing.T) {
	t.Parallel()
	lab, output, temp := startLab(t, "up", "2")
	for _, is := range []struct{ what, said string }{
		{"the page", `"phase":"phase2-broken"`},
		{"server-1", `"server_id":"server-1"`},
		{"server-2", `"server_id":"server-2"`},
	} {
		line := awaitLine(t, output, "  "+is.what)
		address := regexp.MustCompile(`http://\S+`).FindString(line)
		if got := ask(t, address+"instance"); !strings.Contains(got, is.said) {
			t.Errorf("%q: instance answers %s, want %s in it", line, got, is.said)
		}
	}
	awaitLine(t, output, "Ctrl-C ends it.")
	ctrlC(t, lab)
	wantExit(t, lab, output, 0)
	wantNothingLeft(t, temp)
}

// lab demo | head -1
func TestAReaderWhoGoesLeavesNothingBehind(t *testing.T) {
	for _, args := range [][]string{{"demo", "2", "--timeout", "100ms"}, {"up", "2"}} {
		t.Run(args[0], func(t *testing.T) {
			t.Parallel()
			lab, output, temp := startLab(t, args...)
			awaitLine(t, output, "Phase 2")
			if err := output.close(); err != nil {
				t.Fatal(err)
			}
			wantExit(t, lab, output, 2)
			wantNothingLeft(t, temp)
		})
	}
}

// An output is what a lab prints, line by line.
type output struct {
	*bufio.Scanner
	close func() error
}

// labWithin is how long a lab may take for all that a test here does with it. One that does not end on Ctrl-C is killed
// then, and its exit code is not the one that is wanted.
const labWithin = time.Minute

// startLab starts a lab as a shell does, in a process group of its own, with its own folder for temporary files.
func startLab(t *testing.T, args ...string) (_ *exec.Cmd, _ *output, temp string) {
	t.Helper()
	temp = t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), labWithin)
	t.Cleanup(cancel)
	lab := exec.CommandContext(ctx, bin+"/lab", args...)
	lab.Cancel = func() error { return syscall.Kill(-lab.Process.Pid, syscall.SIGKILL) } // who shares its output, too
	lab.Env = append(lab.Environ(), "TMPDIR="+temp)
	lab.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	lab.Stderr = t.Output()
	stdout, err := lab.StdoutPipe()
	if err == nil {
		err = lab.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	return lab, &output{bufio.NewScanner(stdout), stdout.Close}, temp
}

func awaitLine(t *testing.T, o *output, prefix string) string {
	t.Helper()
	for o.Scan() {
		if strings.HasPrefix(o.Text(), prefix) {
			return o.Text()
		}
	}
	t.Fatalf("got no line that begins with %q", prefix)
	return ""
}

// ask returns the answer to a GET, on a connection of its own: none is kept, to be found by goleak.
func ask(t *testing.T, url string) string {
	t.Helper()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: labWithin}
	answer, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func ctrlC(t *testing.T, lab *exec.Cmd) {
	t.Helper()
	if err := syscall.Kill(-lab.Process.Pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
}

func wantExit(t *testing.T, lab *exec.Cmd, o *output, want int) {
	t.Helper()
	for o.Scan() { // Wait would close the pipe
	}
	_ = lab.Wait() // the code says it
	if got := lab.ProcessState.ExitCode(); got != want {
		t.Errorf("got exit code %d (%v), want %d", got, lab.ProcessState, want)
	}
}

func wantNothingLeft(t *testing.T, temp string) {
	t.Helper()
	if err := leftIn(temp); err != nil {
		t.Error(err)
	}
}
