//go:build unix

package tests

import (
	"bufio"
	"context"
	"os/exec"
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
				if err := syscall.Kill(-lab.Process.Pid, syscall.SIGINT); err != nil {
					t.Fatal(err)
				}
				wantExit(t, lab, output, 130)
				if err := leftIn(temp); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// lab demo | head -1
func TestAReaderWhoGoesLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	lab, output, temp := startLab(t, "demo", "2", "--timeout", "100ms")
	awaitLine(t, output, "Phase 2")
	if err := output.close(); err != nil {
		t.Fatal(err)
	}
	wantExit(t, lab, output, 2)
	if err := leftIn(temp); err != nil {
		t.Error(err)
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

func awaitLine(t *testing.T, o *output, prefix string) {
	t.Helper()
	for o.Scan() {
		if strings.HasPrefix(o.Text(), prefix) {
			return
		}
	}
	t.Fatalf("got no line that begins with %q", prefix)
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
