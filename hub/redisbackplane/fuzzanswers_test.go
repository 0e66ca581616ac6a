package redisbackplane

import (
	"encoding/json"
	"strconv"
	"testing"
)

// A stream and a hash can hold what somebody else has put there. A script's answer
// of any shape (as JSON here) is read or refused, and what is read has a place.
func FuzzAnswers(f *testing.F) {
	for _, answer := range []string{
		`["1-11",[["1-10",["payload","a"]],["1-11",["payload","b"]]]]`, `["",[]]`, `["1-1",null]`, `[null,null]`, `null`, `7`, `"OK"`,
		`["1-1",[["1-1",["payload"]],["1-1",[["payload"],{}]],["x",["payload","a"]],["1-2",["text","a"]],[],null,7]]`,
		`["@epoch","1","@changes","7","alice","me other","bob",""]`, `["@changes","-1","@epoch",null]`, `["alice"]`, `["-1",[["-1",["payload","a"]]]]`, `[{},[]]`,
	} {
		f.Add(answer)
	}
	f.Fuzz(func(t *testing.T, encoded string) {
		var answer any
		if json.Unmarshal([]byte(encoded), &answer) != nil {
			return
		}
		if last, missed, err := parseHistory(answer); err == nil {
			for _, m := range append(missed, message{Position: last}) {
				if again, err := parsePosition(m.Epoch + "-" + strconv.FormatUint(m.Offset, 10)); err != nil || again != m.Position || m.Epoch == "" {
					t.Errorf("%s: an entry at %+v, which is no position", encoded, m.Position)
				}
			}
			newest(last, missed)
			following(last, last, missed, 1)
		}
		if s, err := parseSnapshot(answer); err == nil {
			s.living(newHeart())
			s.claimed(newHeart())
		}
	})
}
