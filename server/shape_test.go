package server_test

import (
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"
)

const milliseconds = "2006-01-02T15:04:05.000Z"

// matches compares JSON as a reader would: the same keys in the same order, and
// the same values, but that "…" stands for any string, and a time for any time.
func matches(want, got string) bool {
	wants, gots := json.NewDecoder(strings.NewReader(want)), json.NewDecoder(strings.NewReader(got))
	wants.UseNumber()
	gots.UseNumber()
	for {
		w, wantErr := wants.Token()
		g, gotErr := gots.Token()
		if wantErr != nil || gotErr != nil {
			return wantErr == io.EOF && gotErr == io.EOF
		}
		if w != g && !stands(w, g) {
			return false
		}
	}
}

// stands tells whether one string stands for another.
func stands(want, got json.Token) bool {
	w, _ := want.(string)
	g, isString := got.(string)
	if w == "…" {
		return isString && g != ""
	}
	_, wantErr := time.Parse(milliseconds, w)
	_, gotErr := time.Parse(milliseconds, g)
	return wantErr == nil && gotErr == nil
}

func TestMatches(t *testing.T) {
	const want = `{"a":1,"b":["…",{"c":"2026-01-02T15:04:05.678Z"}]}`
	for got, matched := range map[string]bool{
		`{"a":1,"b":["x",{"c":"1999-12-31T23:59:59.999Z"}]}`:   true,
		`{"a":1,"b":["",{"c":"1999-12-31T23:59:59.999Z"}]}`:    false,
		`{"a":1,"b":[1,{"c":"1999-12-31T23:59:59.999Z"}]}`:     false,
		`{"a":2,"b":["x",{"c":"1999-12-31T23:59:59.999Z"}]}`:   false,
		`{"a":"1","b":["x",{"c":"1999-12-31T23:59:59.999Z"}]}`: false,
		`{"b":["x",{"c":"1999-12-31T23:59:59.999Z"}],"a":1}`:   false,
		`{"a":1,"b":["x",{"c":"yesterday"}]}`:                  false,
		`{"a":1,"b":["x",{"c":"1999-12-31T23:59:59.999Z"}]}{}`: false,
		`{"a":1,"b":["x"]}`: false,
		`{"a":1,"b":["x",{"c":"1999-12-31T23:59:59.999Z"}],"d"`: false,
	} {
		if matches(want, got) != matched {
			t.Errorf("%s: matches %v, want %v", got, !matched, matched)
		}
	}
}
