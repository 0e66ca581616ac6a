package stack

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
)

func TestAnOutputKeepsItsEnd(t *testing.T) {
	var o output
	for i := range 100_000 {
		fmt.Fprintf(&o, "line %d\n", i)
	}
	got := o.Log()
	if len(got) < outputKept || len(got) > 2*outputKept || !strings.HasSuffix(got, "line 99999\n") {
		t.Errorf("%d bytes to %q, want %d to %d to the last line", len(got), got[len(got)-20:], outputKept, 2*outputKept)
	}
}

func TestAnOutputCanBeReadFromAnyMomentOn(t *testing.T) {
	var o output
	fmt.Fprint(&o, "before ")
	end := o.LogEnd()
	fmt.Fprint(&o, "after")
	if got, want := o.LogFrom(end), "after"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	o.Write(make([]byte, 3*outputKept)) // more than is kept: the end of what came since
	fmt.Fprint(&o, "last")
	if got := o.LogFrom(end); got != o.Log() {
		t.Errorf("got %d bytes, want all %d that are left", len(got), len(o.Log()))
	}
	if got, want := o.LogFrom(o.LogEnd()-len("last")), "last"; got != want {
		t.Errorf("got %.20q, want %q", got, want)
	}
}

func TestALineIsFoundWheneverItIsWritten(t *testing.T) {
	var o output
	o.Write([]byte("ready\n"))
	from := o.LogEnd()
	ended := make(chan struct{})
	go func() {
		o.Write([]byte("rea"))
		o.Write([]byte("dy on 7\n"))
		close(ended)
	}()
	got, err := o.await(t.Context(), from, regexp.MustCompile(`ready on (\d)`), ended)
	if err != nil || got[1] != "7" {
		t.Errorf("got %q (%v), want 7", got, err)
	}
	if got, err := o.await(t.Context(), from, regexp.MustCompile(`steady`), ended); !errors.Is(err, errEnded) {
		t.Errorf("got %q (%v), want errEnded", got, err)
	}
}
