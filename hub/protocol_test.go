package hub_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"secondserver/hub"
)

// Every row is one frame from a member of "general" and what is answered.
func TestEveryFrameIsAnswered(t *testing.T) {
	long := strings.Repeat("x", 64)
	text := strings.Repeat("é", 2048)
	tests := []struct{ name, frame, want string }{
		{"join", `{"type":"join","room":"other","ref":"r"}`, `{"type":"joined","room":"other","count":1,"offset":0,"epoch":"","ref":"r"}`},
		{"join again", `{"type":"join","room":"general","offset":1,"epoch":"x"}`, `{"type":"joined","room":"general","count":1,"offset":0,"epoch":""}`},
		{"join to resume what is unknown", `{"type":"join","room":"other","offset":1,"epoch":"x"}`, `{"type":"joined","room":"other","count":1,"offset":0,"epoch":"","recovered":false}`},
		{"leave", `{"type":"leave","room":"general","ref":"r"}`, `{"type":"left","room":"general","ref":"r"}`},
		{"leave without ref", `{"type":"leave","room":"general"}`, `{"type":"left","room":"general"}`},
		{"longest names", `{"type":"join","room":"` + long + `","ref":"` + long + `"}`, `{"type":"joined","room":"` + long + `","count":1,"offset":0,"epoch":"","ref":"` + long + `"}`},
		{"unknown keys", `{"type":"leave","room":"general","x":{"y":[1]}}`, `{"type":"left","room":"general"}`},
		{"the last of equal keys", `{"type":"leave","room":"x","room":"general"}`, `{"type":"left","room":"general"}`},
		{"space around", " \n" + `{"type":"leave","room":"general"}` + "\n", `{"type":"left","room":"general"}`},

		{"empty", ``, bad("", "", "bad_frame")},
		{"null", `null`, bad("", "", "bad_frame")},
		{"array", `[]`, bad("", "", "bad_frame")},
		{"no JSON", `{"type":"join"`, bad("", "", "bad_frame")},
		{"two objects", `{}{}`, bad("", "", "bad_frame")},
		{"byte order mark", "\ufeff" + joinGeneral, bad("", "", "bad_frame")},
		{"nested 10,000 deep", strings.Repeat("[", 10001), bad("", "", "bad_frame")},
		{"no type", `{"room":"general","ref":"r"}`, bad("r", "general", "bad_frame")},
		{"unknown type", `{"type":"shout","room":"general"}`, bad("", "general", "bad_frame")},
		{"keys of another case", `{"TYPE":"leave","Room":"general"}`, bad("", "", "bad_frame")},
		{"no room", `{"type":"join","ref":"r"}`, bad("r", "", "bad_frame")},
		{"room of another kind", `{"type":"join","room":7,"ref":"r"}`, bad("r", "", "bad_frame")},
		{"room null", `{"type":"join","room":null}`, bad("", "", "bad_frame")},
		{"empty ref", `{"type":"leave","room":"general","ref":""}`, bad("", "general", "bad_frame")},
		{"long ref", `{"type":"leave","room":"general","ref":"` + long + `x"}`, bad("", "general", "bad_frame")},
		{"ref of another kind", `{"type":"leave","room":"general","ref":1}`, bad("", "general", "bad_frame")},
		{"offset without epoch", `{"type":"join","room":"x","offset":1}`, bad("", "x", "bad_frame")},
		{"epoch without offset", `{"type":"join","room":"x","epoch":"e"}`, bad("", "x", "bad_frame")},
		{"empty epoch", `{"type":"join","room":"x","offset":0,"epoch":""}`, bad("", "x", "bad_frame")},
		{"negative offset", `{"type":"join","room":"x","offset":-1,"epoch":"e"}`, bad("", "x", "bad_frame")},
		{"offset too large", `{"type":"join","room":"x","offset":18446744073709551616,"epoch":"e"}`, bad("", "x", "bad_frame")},
		{"fraction", `{"type":"join","room":"x","offset":1.5,"epoch":"e"}`, bad("", "x", "bad_frame")},
		{"no text", `{"type":"message","room":"general","ref":"r"}`, bad("r", "general", "bad_frame")},
		{"room and to", `{"type":"message","room":"general","to":"bob","text":"hi"}`, bad("", "general", "bad_frame")},

		{"empty room", `{"type":"join","room":"","ref":"r"}`, bad("r", "", "bad_name")},
		{"long room", `{"type":"join","room":"` + long + `x"}`, bad("", "", "bad_name")},
		{"room with a space", `{"type":"join","room":"a b"}`, bad("", "", "bad_name")},
		{"room .", `{"type":"join","room":"."}`, bad("", "", "bad_name")},
		{"room ..", `{"type":"leave","room":".."}`, bad("", "", "bad_name")},
		{"room é", `{"type":"leave","room":"é"}`, bad("", "", "bad_name")},

		{"empty text", `{"type":"message","room":"general","text":"","ref":"r"}`, bad("r", "general", "bad_text")},
		{"long text", `{"type":"message","room":"general","text":"` + text + `x"}`, bad("", "general", "bad_text")},
		{"bad text before membership", `{"type":"message","room":"other","text":""}`, bad("", "other", "bad_text")},

		{"leave of another room", `{"type":"leave","room":"other","ref":"r"}`, bad("r", "other", "not_in_room")},
		{"message to another room", `{"type":"message","room":"other","text":"hi","ref":"r"}`, bad("r", "other", "not_in_room")},

		{"message without ref", `{"type":"message","room":"general","text":"hi"}`, said("hi")},
		{"control characters", `{"type":"message","room":"general","text":"a\u0000\tb"}`, said(`a\u0000\tb`)},
		{"markup", `{"type":"message","room":"general","text":"<b>&"}`, said(`<b>&`)},
		{"lone surrogate", `{"type":"message","room":"general","text":"\ud800"}`, said("\ufffd")},
		{"longest text", `{"type":"message","room":"general","text":"` + text + `"}`, said(text)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := hub.New("server-1", new(hub.Memory))
				alice := connect(t, h, "alice")
				alice.says(joinGeneral)
				alice.takes()
				alice.says(test.frame)
				got := alice.takes()
				for i, frame := range got {
					if strings.HasPrefix(frame, `{"type":"error"`) {
						got[i] = blank(frame, "message")
					}
				}
				if want := []string{test.want}; fmt.Sprint(got) != fmt.Sprint(want) {
					t.Errorf("answer to %s:\n got %s\nwant %s", test.frame, got, want)
				}
				alice.Close(errGone)
			})
		})
	}
}

func bad(ref, room, code string) string {
	frame := `{"type":"error"`
	if ref != "" {
		frame += `,"ref":"` + ref + `"`
	}
	if room != "" {
		frame += `,"room":"` + room + `"`
	}
	return frame + `,"code":"` + code + `","message":""}`
}

func said(text string) string {
	return `{"type":"message","room":"general","offset":1,"from":"alice","text":"` + text + `","server_id":"server-1","sent_at":""}`
}

func TestValidName(t *testing.T) {
	for name, want := range map[string]bool{
		"alice": true, "A.b_c-9": true, "...": true, strings.Repeat("x", 64): true,
		"": false, ".": false, "..": false, strings.Repeat("x", 65): false,
		"a b": false, "@server": false, "é": false, "a/b": false, "a\x00": false,
	} {
		if got := hub.ValidName(name); got != want {
			t.Errorf("ValidName(%q) = %v, want %v", name, got, want)
		}
	}
}
