package hub

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// The codes of error frames: see docs/protocol.md.
const (
	codeBadFrame     = "bad_frame"
	codeBadName      = "bad_name"
	codeBadText      = "bad_text"
	codeTooManyRooms = "too_many_rooms"
	codeNotInRoom    = "not_in_room"
	codeUnavailable  = "unavailable"
)

// A problem is why a frame is not carried out; the client is told by an error
// frame, and its connection stays.
type problem struct{ code, message string }

func problemf(code, format string, args ...any) *problem {
	return &problem{code, fmt.Sprintf(format, args...)}
}

// A request is one frame from a client, decoded. Which fields are set depends
// on the kind; decode has checked them all.
type request struct {
	kind   string // join, leave or message
	room   string
	text   string
	ref    string    // "" if the client gave none
	resume *Position // a join: the last message that the client has seen
}

// decode reads a frame. With a problem, the request holds what could be read of
// ref and room, for the error frame to name.
//
// A map of raw values, not a struct: encoding/json matches a struct's keys
// without regard to case, and the protocol's keys are exact.
func decode(frame []byte) (request, *problem) {
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(frame, &keys); err != nil || keys == nil {
		return request{}, problemf(codeBadFrame, "a frame is one JSON object")
	}
	f := fields{keys: keys}
	r := request{kind: f.text("type"), room: f.text("room"), ref: f.text("ref")}
	if f.has("ref") && !validRef(r.ref) {
		f.fail(codeBadFrame, "ref is 1 to %d bytes", maxRef)
		r.ref = ""
	}
	switch r.kind {
	case "join":
		r.resume = f.position()
	case "leave":
	case "message":
		r.text = f.text("text")
		f.need("text")
		if f.has("to") {
			f.fail(codeBadFrame, "a message goes to a room; direct messages are not served")
		}
	default:
		f.fail(codeBadFrame, "type is join, leave or message")
	}
	f.need("room")
	if f.problem == nil && !ValidName(r.room) {
		f.fail(codeBadName, "a room's name is 1 to %d of A-Z a-z 0-9 _ . - and not . or ..", maxName)
	}
	if f.problem == nil && r.kind == "message" && !validText(r.text) {
		f.fail(codeBadText, "text is 1 to %d bytes of UTF-8", maxText)
	}
	if !ValidName(r.room) {
		r.room = ""
	}
	return r, f.problem
}

// fields reads a frame's values and keeps the first problem.
type fields struct {
	keys    map[string]json.RawMessage
	problem *problem
}

func (f *fields) has(key string) bool { return f.keys[key] != nil }

func (f *fields) fail(code, format string, args ...any) {
	if f.problem == nil {
		f.problem = problemf(code, format, args...)
	}
}

func (f *fields) need(key string) {
	if !f.has(key) {
		f.fail(codeBadFrame, "%s is missing", key)
	}
}

func (f *fields) text(key string) string {
	s, _ := value[string](f, key, "a string")
	return s
}

// position reads offset and epoch, which are given together or not at all.
func (f *fields) position() *Position {
	offset, hasOffset := value[uint64](f, "offset", "an unsigned 64-bit integer")
	epoch, hasEpoch := value[string](f, "epoch", "a string")
	if hasOffset != hasEpoch {
		f.fail(codeBadFrame, "offset and epoch go together")
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
		f.fail(codeBadFrame, "%s is %s", key, kind)
		return v, false
	}
	return *p, true
}

// The frames to a client, one type each, in the order of docs/protocol.md.

type welcomeFrame struct {
	Type     string `json:"type"`
	ServerID string `json:"server_id"`
	User     string `json:"user"`
}

type joinedFrame struct {
	Type      string `json:"type"`
	Room      string `json:"room"`
	Offset    uint64 `json:"offset"`
	Epoch     string `json:"epoch"`
	Recovered *bool  `json:"recovered,omitempty"`
	Ref       string `json:"ref,omitempty"`
}

type leftFrame struct {
	Type string `json:"type"`
	Room string `json:"room"`
	Ref  string `json:"ref,omitempty"`
}

// messagePayload is the part of a message that its sender's instance knows; it
// is what travels through the backplane. The rest, type, room and offset, stands
// before it in the frame: see messageFrame.
type messagePayload struct {
	From     string `json:"from"`
	Text     string `json:"text"`
	ServerID string `json:"server_id"`
	SentAt   string `json:"sent_at"`
}

type ackFrame struct {
	Type   string `json:"type"`
	Ref    string `json:"ref"`
	Room   string `json:"room"`
	Offset uint64 `json:"offset"`
	Epoch  string `json:"epoch"`
}

type errorFrame struct {
	Type    string `json:"type"`
	Ref     string `json:"ref,omitempty"`
	Room    string `json:"room,omitempty"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

func (p *problem) frame(r request) []byte {
	return encode(errorFrame{"error", r.ref, r.room, p.code, p.message})
}

// maxPayload bounds a messagePayload, in bytes: the longest text, each byte of it
// escaped to six, and the rest.
const maxPayload = 32 << 10

// messageFrame completes a payload by what only the backplane could know, its
// offset, without decoding it: {"type":…,"offset":46, and the rest of the
// payload's object. It is built once for all members. What is not a payload of
// ours, as somebody else can write to a broker too, makes no frame.
func messageFrame(room string, offset uint64, payload []byte) (frame []byte, ours bool) {
	if len(payload) > maxPayload || !bytes.HasPrefix(payload, []byte(`{"from":"`)) || !bytes.HasSuffix(payload, []byte(`"}`)) {
		return nil, false
	}
	b := make([]byte, 0, len(`{"type":"message","room":"","offset":,`)+len(room)+20+len(payload))
	b = append(b, `{"type":"message","room":"`...)
	b = append(b, room...) // a valid name needs no escaping
	b = append(b, `","offset":`...)
	b = strconv.AppendUint(b, offset, 10)
	b = append(b, ',')
	return append(b, payload[1:]...), true
}

// sentAt is RFC 3339 in UTC with milliseconds.
func sentAt(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z07:00") }

// encode leaves < > & as they are: a frame is no HTML, and would grow sixfold.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // frames are structs of strings and numbers
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
