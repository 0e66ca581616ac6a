package hub

import "encoding/json"

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
//
// A map of raw values, not a struct: encoding/json matches a struct's keys
// without regard to case, and the protocol's keys are exact.
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
	keys    map[string]json.RawMessage
	problem *Problem
}

func parse(frame []byte) (*fields, *Problem) {
	f := new(fields)
	if err := json.Unmarshal(frame, &f.keys); err != nil || f.keys == nil {
		return nil, problemf(CodeBadFrame, "a frame is one JSON object")
	}
	return f, nil
}

func (f *fields) has(key string) bool { return f.keys[key] != nil }

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
	s, _ := value[string](f, key, "a string")
	return s
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
	offset, hasOffset := value[uint64](f, "offset", "an unsigned 64-bit integer")
	epoch, hasEpoch := value[string](f, "epoch", "a string")
	if hasOffset != hasEpoch || hasEpoch && epoch == "" {
		f.fail(CodeBadFrame, "offset and epoch go together, and neither is empty")
	}
	if !hasOffset || !hasEpoch {
		return nil
	}
	return &Position{epoch, offset}
}

// value reads one key; null is of the wrong kind too.
func value[T any](f *fields, key, kind string) (v T, ok bool) {
	raw, present := f.keys[key]
	if !present {
		return v, false
	}
	var p *T
	if err := json.Unmarshal(raw, &p); err != nil || p == nil {
		f.fail(CodeBadFrame, "%s is %s", key, kind)
		return v, false
	}
	return *p, true
}
