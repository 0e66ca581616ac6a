package dialect

import (
	"fmt"
	"strings"
	"testing"
)

func TestAPatternFindsItsFrames(t *testing.T) {
	tests := []struct{ pattern, frame, want string }{
		{`{"say":"{text}"}`, `{"say":"hi"}`, "map[text:hi]"},
		{`{"say":"{text}"}`, `{"say":"hi","more":[1]}`, "map[text:hi]"},
		{`{"say":"{text}"}`, `{"says":"hi"}`, "no"},
		{`{"say":"{text}"}`, `hi`, "no"},
		{`{"say":"{text}"}`, `["say"]`, "no"},
		{`{"type":"m","in":{"room":"{room}"},"text":"{text}"}`, `{"type":"m","in":{"room":"r1"},"text":"a b"}`, "map[room:r1 text:a b]"},
		{`{"type":"m","in":{"room":"{room}"},"text":"{text}"}`, `{"type":"m","in":"r1","text":"a b"}`, "no"},
		{`{"type":"m","text":"{text}"}`, `{"type":"n","text":"a"}`, "no"},
		{`{"args":["say","{text}"]}`, `{"args":["say","a"]}`, "map[text:a]"},
		{`{"args":["say","{text}"]}`, `{"args":["say","a","b"]}`, "no"},
		{`{"n":1,"offset":"{offset}","text":"{text}"}`, `{"n":1,"offset":18446744073709551615,"text":"a"}`, "map[offset:18446744073709551615 text:a]"},
		{`{"n":1,"text":"{text}"}`, `{"n":2,"text":"a"}`, "no"},
		{`{"text":"{user}: {text}"}`, `{"text":"bob: a: b"}`, "map[text:a: b user:bob]"},
		{`{user}: {text}`, `bob: hi
there`, "map[text:hi\nthere user:bob]"},
		{`42["said",{"in":"{room}","text":"{text}"}]`, `42["said",{"in":"r","text":"hi"}]`, "map[room:r text:hi]"},
		{`{text}`, `anything`, "map[text:anything]"},
		{`a+b {text}`, `aab x`, "no"},
	}
	for _, test := range tests {
		p, err := parsePattern(test.pattern)
		if err != nil {
			t.Errorf("%s: %v", test.pattern, err)
			continue
		}
		got := "no"
		if values, ok := p.match([]byte(test.frame)); ok {
			got = fmt.Sprint(values)
		}
		if got != test.want {
			t.Errorf("%s on %s: got %s, want %s", test.pattern, test.frame, got, test.want)
		}
	}
}

func TestAPatternMakesFrames(t *testing.T) {
	p, err := parsePattern(`{"say":"{text}","in":"{room}"}`)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := p.frame(map[string]string{"text": "hi", "room": "general"}), `{"say":"hi","in":"general"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAFileThatIsNoDialectIsRefusedWithItsLine(t *testing.T) {
	const good = "connect /ws\nsend {text}\nmessage {text}\n"
	for _, text := range []string{
		"# a comment\n\n" + good, strings.ReplaceAll(good, " ", "\t"), strings.ReplaceAll(good, " ", " \t "), strings.ReplaceAll(good, "\n", "\r\n"),
		good + "hello {\"token\":\"a #b\"}\n",
	} {
		if _, err := Parse(text); err != nil {
			t.Fatalf("%q: got %v for a good one", text, err)
		}
	}
	tests := []struct{ text, want string }{
		{"", `there is no line "connect", which is needed`},
		{"connect /ws\nsend {text}\n", `there is no line "message"`},
		{good + "shout {text}\n", `line 4: no line begins with "shout": there are connect,`},
		{good + "join\n", "line 4: join: what follows is missing"},
		{good + "send {text}\n", `line 4: there is a line "send" already`},
		{"connect /ws\nsend hello\nmessage {text}\n", "line 2: send: {text} is missing"},
		{good + `join {"room":"{channel}"}`, "line 4: join: {channel} is no name: there are user,"},
		{good + `join {"room":"{room}"`, "line 4: join: it looks like JSON, and is none"},
		{good + "echo perhaps\n", "line 4: echo perhaps: want yes or no"},
		{good + "tell {to} {text}\n", "there is one of tell and told"},
		{good + "left {room}\n", "there is left, and no leave, without which nobody waits for it"},
		{good + "refused {ref}\n", "there is refused, and no ack, without which nobody waits for it"},
		{good + "echo no   # they do not\n", "line 4: echo no   # they do not: want yes or no; # begins a comment only at the beginning"},
		{good + `join {"room":"{room}"} # a room`, "line 4: join: it looks like JSON, and is none; # begins a comment only"},
		{good + `join { "room":"{room}"} # a room`, "line 4: join: it looks like JSON, and is none; # begins a comment only"},
		{"connect ws?name={user}\n", "line 1: connect ws?name={user}: want a path without spaces that begins with /, as in"},
		{"connect /ws # where it is\n", "line 1: connect /ws # where it is: want a path without spaces that begins with /, as in /ws?name={user}; # begins"},
	}
	for _, test := range tests {
		_, err := Parse(test.text)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: got %v, want %s", test.text, err, test.want)
		}
	}
}

func TestADialectSaysWhatItsServersCan(t *testing.T) {
	for text, want := range map[string]Traits{
		"connect /ws\nsend {text}\nmessage {text}\n":                                                      {Echoes: true},
		"connect /ws/{room}\nsend {text}\nmessage {text}\necho no\n":                                      {Rooms: true},
		"connect /\njoin {room}\nack {ref}\nsend {text}\nmessage {text}\ntell {to} {text}\ntold {text}\n": {Acks: true, Echoes: true, Rooms: true, Directs: true},
		"connect /\njoin {room}\nleave {room}\nsend {text}\nmessage {text}\n":                             {Echoes: true, Rooms: true, Leaves: true},
		"connect /\nsend {text}\nack {ref}\nrefused no {ref}\nmessage {user}: {text}\n":                   {Acks: true, Refuses: true, Echoes: true, Senders: true},
		"connect /\nsend {text}\nmessage {user}: {text}\ntell {to} {text}\ntold {text}\n":                 {Echoes: true, Directs: true},
		"connect /\nsend {text}\nmessage {user}: {text}\ntell {to} {text}\ntold {user} {text}\n":          {Echoes: true, Directs: true, Senders: true},
	} {
		d, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Traits(); got != want {
			t.Errorf("%q: got %+v, want %+v", text, got, want)
		}
	}
}
