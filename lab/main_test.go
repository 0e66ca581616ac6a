package main

import (
	"errors"
	"testing"
)

func TestWhatWentWrongBesideTheVerdictIsSaid(t *testing.T) {
	disk, killed := errors.New("disk full"), leftBehind(errors.New("server-2 had ended by itself"))
	for _, test := range []struct {
		err  error
		want string
	}{
		{errNotAsExpected, ""},
		{errUnknown, ""},
		{disk, "disk full"},
		{killed, "at the end: server-2 had ended by itself"},
		{errors.Join(errNotAsExpected, nil), ""},
		{errors.Join(nil, errNotAsExpected, disk), "disk full"},
		{errors.Join(errors.Join(errUnknown, disk), killed), "disk full\nat the end: server-2 had ended by itself"},
	} {
		got := ""
		if other := beside(test.err); other != nil {
			got = other.Error()
		}
		if got != test.want {
			t.Errorf("%v: got %q, want %q", test.err, got, test.want)
		}
	}
}
