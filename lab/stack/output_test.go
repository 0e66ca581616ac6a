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

func TestALineIsFoundWheneverItIsWritten(t *testing.T) {
	var o output
	o.Write([]byte("ready\n"))
	from := o.end()
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
