package main

import (
	"io"
	"os"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"secondserver/server"
)

func TestMain(m *testing.M) {
	redis.SetLogger(silent{})
	goleak.VerifyTestMain(m)
}

func TestWhoNamesNoBrokerIsToldAllOfThem(t *testing.T) {
	for _, name := range []string{"", "kafka"} {
		_, err := open(t.Context(), name, server.Config{})
		if err == nil || !strings.HasPrefix(err.Error(), "BROKER") || !strings.Contains(err.Error(), name) {
			t.Fatalf("BROKER %q: got error %v, want one that says what is wrong with it", name, err)
		}
		for _, b := range brokers {
			if !strings.Contains(err.Error(), b.name) {
				t.Errorf("BROKER %q: got error %q, want one that names %s", name, err, b.name)
			}
		}
	}
}

func TestTheHelpNamesEveryVariableAndBroker(t *testing.T) {
	help := printed(t, func() error { return command([]string{"--help"}) })
	for _, want := range []string{"SERVER_ID", "REDIS_URL", "BROKER"} {
		if !strings.Contains(help, "\n  "+want+" ") {
			t.Errorf("want a help that names %s, got:\n%s", want, help)
		}
	}
	for _, b := range brokers {
		if !strings.Contains(help, b.name+" ") {
			t.Errorf("want a help that names %s, got:\n%s", b.name, help)
		}
	}
}

// An error is shown to people, and goes to logs.
func TestErrorsDoNotTellThePassword(t *testing.T) {
	for _, url := range []string{
		"redis://user:secret@127.0.0.1:1",  // nobody is there
		"redis://user:secret@127.0.0.1:a",  // no port
		"redis://user:secret@127.0.0.1/x",  // no database
		"redis://user:sec%ret@127.0.0.1:1", // no escape
	} {
		_, err := open(t.Context(), "pubsub", server.Config{RedisURL: url})
		if err == nil || !strings.Contains(err.Error(), "REDIS_URL") || strings.Contains(err.Error(), "sec") {
			t.Errorf("%s: got error %v, want one about REDIS_URL without the password", url, err)
		}
	}
}

// printed is what do writes to the standard output.
func printed(t *testing.T, do func() error) string {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout := os.Stdout
	os.Stdout = write
	err = do() // less than a pipe holds
	os.Stdout = stdout
	write.Close()
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(read)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
