package soak_test

import (
	"strings"
	"testing"
	"time"

	"secondserver/lab/rig"
	"secondserver/lab/soak"
	"secondserver/lab/stack"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A few seconds say nothing of growth, but that users who have gone leave nothing.
func TestWhoHasGoneLeavesNothing(t *testing.T) {
	engine := stack.Embedded(nil)
	r, err := soak.Run(t.Context(), soak.Options{
		Options: rig.Options{Engine: engine}, Users: 20, For: 5 * time.Second,
	})
	if err := engine.Close(); err != nil {
		t.Error(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("\n%s\n%s", r.Table.Text(), r.Proves)
	for _, c := range r.Claims {
		if !c.Holds && !c.Timed && !strings.Contains(c.Text, "does not grow") {
			t.Error(c.Text)
		}
	}
	if len(r.Table.Rows) < 4 || len(r.Claims) != 8 {
		t.Errorf("got %d rows and %d claims, want some and 8", len(r.Table.Rows), len(r.Claims))
	}
}
