package dockerengine_test

import (
	"errors"
	"os"
	"testing"

	"go.uber.org/goleak"

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
}
