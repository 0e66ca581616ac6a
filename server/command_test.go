package server_test

import (
	"io"
	"os"
	"strings"
	"testing"

	"secondserver/hub"
	"secondserver/server"
)

// printed is what a command prints.
func printed(t *testing.T, args ...string) (string, error) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout := os.Stdout
	os.Stdout = w
	failed := server.Command(args)
	os.Stdout = stdout
	w.Close()
	out, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(out), failed
}

func TestTheTokenCommandMakesTokens(t *testing.T) {
	t.Setenv("AUTH_SECRET", authSecret)
	url := startWith(t, authConfig, new(hub.Memory))
	for _, args := range [][]string{{"token", "alice"}, {"token", "alice", "30m"}} {
		token, err := printed(t, args...)
		if err != nil {
			t.Fatal(err)
		}
		alice := connectRaw(t, url, "token="+strings.TrimSuffix(token, "\n"))
		alice.wants(`{"type":"welcome","server_id":"server-1","user":"alice"}`)
	}
	for _, test := range []struct {
		args         string
		secret, want string
	}{
		{"token", authSecret, "want USER"},
		{"token alice 1h more", authSecret, "want USER"},
		{"token @server", authSecret, `USER "@server"`},
		{"token alice soon", authSecret, `DURATION "soon"`},
		{"token alice -1h", authSecret, `DURATION "-1h"`},
		{"token alice 0s", authSecret, `DURATION "0s"`},
		{"token alice", "", "AUTH_SECRET is not set"},
		{"token alice", "hunter2", "AUTH_SECRET has 7 bytes"},
		{"tokens", authSecret, `unknown argument "tokens"`},
	} {
		t.Setenv("AUTH_SECRET", test.secret)
		out, err := printed(t, strings.Fields(test.args)...)
		if err == nil || out != "" || !strings.Contains(err.Error(), test.want) || test.secret != "" && strings.Contains(err.Error(), test.secret) {
			t.Errorf("%s: printed %q, %v; want an error with %q", test.args, out, err, test.want)
		}
	}
}

func TestHelpFitsATerminal(t *testing.T) {
	help, err := printed(t, "--help")
	if err != nil || !strings.Contains(help, "AUTH_SECRET") {
		t.Errorf("help: %v\n%s", err, help)
	}
	for line := range strings.Lines(help) {
		if !strings.HasPrefix(line, "Usage: ") && len(line) > 81 {
			t.Errorf("%d columns: %s", len(line)-1, line)
		}
	}
}
