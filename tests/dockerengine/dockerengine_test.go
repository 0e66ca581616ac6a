package dockerengine_test

import (
	"errors"
	"os"
	"testing"

	"go.uber.org/goleak"

	"secondserver/lab/stack"
	"secondserver/lab/stack/stacktest"
	"secondserver/tests/dockerengine"
)

func TestDocker(t *testing.T) {
	engine, err := dockerengine.New(t.Context())
	if errors.Is(err, dockerengine.ErrNoDocker) && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
		// testcontainers keeps idle connections to Docker, which nobody can reach to close.
		goleak.VerifyNone(t, goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"),
			goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"))
	})
	stacktest.Run(t, engine)
	t.Run("what containers cannot do is ErrUnsupported", func(t *testing.T) { unsupported(t, engine) })
}

func unsupported(t *testing.T, engine stack.Engine) {
	s := stacktest.Start(t, engine, "3")
	if got, err := s.Usage(); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("Usage: %v (%v), want ErrUnsupported: the processes are inside containers", got, err)
	}
	if got, err := s.Servers[0].Traffic(); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("Traffic: %+v (%v), want ErrUnsupported: no cable passes through the lab", got, err)
	}
	if s, err := stack.Start(t.Context(), engine, stack.WrongTurns, 0); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("WrongTurns: %v, want ErrUnsupported: the image does not have it", err)
		if err == nil {
			t.Error(s.Close())
		}
	}
}
