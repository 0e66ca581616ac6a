package hub

import (
	"encoding/json"
	"slices"
)

// A request is one frame from a client, decoded. Which fields are set depends
// on the kind; decode has checked them all.
type request struct {
	kind   string // join, leave or message
	room   string
	to     string // a message's addressee, if it is not for a room
	text   string
	ref    string    // "" if the client gave none
	resume *Position // a join: the last message that the client has seen
}

// decode reads a frame. With a problem, the request holds what could be read of
// ref and room, for the error frame to name.
func decode(frame []byte) (request, *Problem) {
	f, bad := parse(frame)
	if bad != nil {
		return request{}, bad
	}
	r := request{kind: f.text("type"), room: f.text("room"), ref: f.ref()}
	switch r.kind {
	case "join":
		r.resume = f.position()
	case "leave":
	case "message":
		r.text = f.text("text")
		r.to = f.text("to")
		f.need("text")
		if f.has("room") && f.has("to") {
			f.fail(CodeBadFrame, "a message is for a room or to a user, not both")
		}
	default:
		f.fail(CodeBadFrame, "type is join, leave or message")
	}
	if r.kind == "message" && f.has("to") {
		f.name("to", r.to)
	} else {
		f.need("room")
		f.name("room", r.room)
	}
	if r.kind == "message" {
		f.message(r.text)
	}
	if !ValidName(r.room) {
		r.room = ""
	}
	return r, f.problem
}

// decodePost reads what a backend service posts: a text, and perhaps a ref.
func decodePost(body []byte) (request, *Problem) {
	f, bad := parse(body)
	if bad != nil {
		return request{}, bad
	}
	r := request{text: f.text("text"), ref: f.ref()}
	f.need("text")
	f.message(r.text)
	return r, f.problem
}

// fields reads a frame's values and keeps the first problem.
type fields struct {
	values  [len(keys)][]byte // of those of its keys that mean something: JSON
	problem *Problem
}

// keys are all that mean something in a frame from a client.
var keys = [...]string{"type", "room", "to", "text", "ref", "offset", "epoch"}

// parse finds the values. Keys are exact: encoding/json would match a struct's without
// regard to case. Of a key that is given twice the last counts.
func parse(frame []byte) (*fields, *Problem) {
	f := new(fields)
	if plain(frame, f.set) {
		return f, nil
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(frame, &all); err != nil || all == nil {
		return nil, problemf(CodeBadFrame, "a frame is one JSON object")
	}
	for i, key := range keys {
		f.values[i] = all[key]
	}
	return f, nil
}

func (f *fields) set(key, value []byte) {
	for i := range keys {
		if string(key) == keys[i] {
			f.values[i] = value
		}
	}
}

// value is nil where the frame has no such key.
func (f *fields) value(key string) []byte { return f.values[slices.Index(keys[:], key)] }

func (f *fields) has(key string) bool { return f.value(key) != nil }

func (f *fields) fail(code, format string, args ...any) {
	if f.problem == nil {
		f.problem = problemf(code, format, args...)
	}
}

func (f *fields) need(key string) {
	if !f.has(key) {
		f.fail(CodeBadFrame, "%s is missing", key)
	}
}

func (f *fields) text(key string) string {
	s, _ := f.string(key)
	return s
}

func (f *fields) string(key string) (s string, ok bool) {
	value := f.value(key)
	if value == nil {
		return "", false
	}
	if s, ok = unquote(value); !ok {
		f.fail(CodeBadFrame, "%s is a string", key)
	}
	return s, ok
}

// ref is "" where there is none, or a bad one.
func (f *fields) ref() string {
	ref := f.text("ref")
	if f.has("ref") && !validRef(ref) {
		f.fail(CodeBadFrame, "ref is 1 to %d bytes", maxRef)
		return ""
	}
	return ref
}

func (f *fields) name(key, name string) {
	if f.problem == nil && !ValidName(name) {
		f.fail(CodeBadName, "%s is 1 to %d of A-Z a-z 0-9 _ . - and not . or ..", key, maxName)
	}
}

func (f *fields) message(text string) {
	if f.problem == nil && !validText(text) {
		f.fail(CodeBadText, "text is 1 to %d bytes of UTF-8", maxText)
	}
}

// position reads offset and epoch, which are given together or not at all.
func (f *fields) position() *Position {
	offset, hasOffset := f.number("offset")
	epoch, hasEpoch := f.string("epoch")
	if hasOffset != hasEpoch || hasEpoch && epoch == "" {
		f.fail(CodeBadFrame, "offset and epoch go together, and neither is empty")
	}
	if !hasOffset || !hasEpoch {
		return nil
	}
	return &Position{epoch, offset}
}

func (f *fields) number(key string) (n uint64, ok bool) {
	value := f.value(key)
	if value == nil {
		return 0, false
	}
	var p *uint64 // null is no number
	if err := json.Unmarshal(value, &p); err != nil || p == nil {
		f.fail(CodeBadFrame, "%s is an unsigned 64-bit integer", key)
		return 0, false
	}
	return *p, true
}
