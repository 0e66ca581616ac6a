package rig_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"testing"

	"secondserver/lab/load"
	"secondserver/lab/rig"
	"secondserver/lab/stack"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var phases = stack.Phases

// run does something on an engine of its own, which has built nothing yet.
func run(t *testing.T, do func(*rig.Rig)) (told []string, err error) {
	t.Helper()
	tell := func(what string) { told = append(told, what) }
	engine := stack.Embedded(tell)
	err = rig.Run(t.Context(), rig.Options{Engine: engine, Doing: tell}, do)
	if err := engine.Close(); err != nil {
		t.Error(err)
	}
	return told, err
}

func TestWhatGoesOnIsToldAgainWhenTheStackRuns(t *testing.T) {
	told, err := run(t, func(r *rig.Rig) {
		r.Doing("everybody speaks")
		r.Start(phases[0], 1)
	})
	want := []string{"everybody speaks", "building " + phases[0].Name, "everybody speaks"}
	if err != nil || !slices.Equal(told, want) {
		t.Errorf("got %q, %v, want %q", told, err, want)
	}
}

func TestACrowdGoesAroundTheBalancerWhereItIsGivenAWay(t *testing.T) {
	_, err := run(t, func(r *rig.Rig) {
		s := r.Start(phases[1], 2)
		direct := []string{s.Servers[0].URL(), s.Servers[1].URL()}
		for _, test := range []struct {
			urls []string
			want map[string]int
		}{
			{nil, map[string]int{"server-1": 2, "server-2": 2}},
			{direct, map[string]int{"server-1": 2, "server-2": 2}},
			{direct[1:], map[string]int{"server-2": 4}},
		} {
			c := r.Gather(s, load.Options{Users: 4, URLs: test.urls})
			if got := c.Servers(); !maps.Equal(got, test.want) {
				t.Errorf("by %q: got users on %v, want %v", test.urls, got, test.want)
			}
		}
	})
	if err != nil {
		t.Error(err)
	}
}

// What was started before a failure is closed, and what follows it is not begun.
func TestAFailureEndsTheRunAndLeavesNothing(t *testing.T) {
	broken := errors.New("broken")
	var s *stack.Stack
	_, err := run(t, func(r *rig.Rig) {
		s = r.Start(phases[0], 1)
		r.Gather(s, load.Options{Users: 2})
		r.Must(broken)
		t.Error("the run went on")
	})
	if !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
	if _, err := s.AddServer(t.Context()); err == nil {
		t.Error("the stack is still open")
	}
}

func TestATryThatFailsEndsOnlyItself(t *testing.T) {
	broken := errors.New("broken")
	went := false
	_, err := run(t, func(r *rig.Rig) {
		if err := r.Try(func() { r.Must(broken) }); !errors.Is(err, broken) {
			t.Errorf("got %v, want %v", err, broken)
		}
		if err := r.Try(func() {}); err != nil {
			t.Errorf("got %v, want no error", err)
		}
		went = true
	})
	if err != nil || !went {
		t.Errorf("got %v, and went on: %v; want no error, and true", err, went)
	}
}

// A panic that is no Must is a defect of the lab, and looks like one.
func TestAnotherPanicIsNotHidden(t *testing.T) {
	defer func() {
		if got := recover(); got != "a defect" {
			t.Errorf("recovered %v, want the panic", got)
		}
	}()
	rig.Run(context.Background(), rig.Options{}, func(*rig.Rig) { panic("a defect") })
}
