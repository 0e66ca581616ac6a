package stack

import (
	"context"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

func runShell(t *testing.T, script string) *process {
	t.Helper()
	p := &process{name: "part"}
	if err := p.run(exec.Command("sh", "-c", script), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAnEndThatNobodyAskedForIsAnErrorOfClose(t *testing.T) {
	p := runShell(t, "echo oops; exit 3")
	<-p.ended
	err := p.close()
	if err == nil || !strings.Contains(err.Error(), "exit status 3") || !strings.Contains(err.Error(), "oops") {
		t.Errorf("got %v, want exit status 3 and what it wrote", err)
	}
}

func TestAProcessThatDoesNotHearSIGTERMIsKilledWithItsChildren(t *testing.T) {
	p := runShell(t, `trap "" TERM; echo up; while :; do sleep 60; done`)
	if _, err := p.says(t.Context(), 0, regexp.MustCompile("up")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // no patience at all
	if err := p.Stop(ctx); err == nil {
		t.Error("Stop: no error, want one")
	}
	if p.running() != nil {
		t.Error("it runs still") // and with `sleep` alive its pipe would be open: WaitDelay would be an error too
	}
	if err := p.close(); err != nil {
		t.Error(err)
	}
}

func TestAFrozenProcessCanBeKilled(t *testing.T) {
	p := runShell(t, "while :; do sleep 60; done")
	if err := p.Freeze(); err != nil {
		t.Fatal(err)
	}
	if err := p.close(); err != nil {
		t.Error(err)
	}
}
