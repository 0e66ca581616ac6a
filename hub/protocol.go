package hub

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"
)

// The codes of problems: see docs/protocol.md.
const (
	CodeBadFrame     = "bad_frame"
	CodeBadName      = "bad_name"
	CodeBadText      = "bad_text"
	CodeTooManyRooms = "too_many_rooms"
	CodeNotInRoom    = "not_in_room"
	CodeUserOffline  = "user_offline"
	CodeUnavailable  = "unavailable"
	CodeRateLimited  = "rate_limited"
)

// A Problem is why something that was asked for was not done. A client is told
// by an error frame, and its connection stays; the hub's methods for backend
// services return it as their error.
type Problem struct{ Code, Message string }

func (p *Problem) Error() string { return p.Code + ": " + p.Message }

func problemf(code, format string, args ...any) *Problem {
	return &Problem{code, fmt.Sprintf(format, args...)}
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
	Count     int    `json:"count"`
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

type presenceFrame struct {
	Type  string `json:"type"`
	Room  string `json:"room"`
	Event string `json:"event"` // join or leave
	User  string `json:"user"`
	Count int    `json:"count"` // after it
}

// ack says that the backplane has a message for a room, with its position, or to a
// user. A broadcast has neither.
//
//	{"type":"ack","ref":"7","room":"general","offset":46,"epoch":"e"}
//	{"type":"ack","ref":"7","to":"bob"}
func ack(ref string, to Destination, at Position) []byte {
	b := make([]byte, 0, 128)
	b = append(b, `{"type":"ack"`...)
	if ref != "" {
		b = append(b, `,"ref":`...)
		b = appendQuoted(b, ref)
	}
	switch {
	case to.IsRoom():
		b = append(b, `,"room":"`...)
		b = append(b, to.name()...) // a valid name needs no escaping
		b = append(b, `","offset":`...)
		b = strconv.AppendUint(b, at.Offset, 10)
		b = append(b, `,"epoch":`...)
		b = appendQuoted(b, at.Epoch)
	case to.IsUser():
		b = append(b, `,"to":"`...)
		b = append(b, to.name()...)
		b = append(b, '"')
	}
	return append(b, '}')
}

type errorFrame struct {
	Type    string `json:"type"`
	Ref     string `json:"ref,omitempty"`
	Room    string `json:"room,omitempty"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

func (p *Problem) frame(r request) []byte {
	return encode(errorFrame{"error", r.ref, r.room, p.Code, p.Message})
}

// messagePayload is the part of a message that its sender's instance knows; it is what
// travels through the backplane. The rest stands before it in the frame: see
// messageFrame.
//
//	{"from":"alice","text":"hi","server_id":"server-1","sent_at":"2026-01-02T15:04:05.678Z"}
func messagePayload(from, text, serverID string, sent time.Time) []byte {
	b := make([]byte, 0, len(from)+len(text)+len(serverID)+80)
	b = append(b, `{"from":"`...)
	b = append(b, from...) // a valid name needs no escaping
	b = append(b, `","text":`...)
	b = appendQuoted(b, text)
	b = append(b, `,"server_id":"`...)
	b = append(b, serverID...)
	b = append(b, `","sent_at":"`...)
	b = sent.UTC().AppendFormat(b, "2006-01-02T15:04:05.000Z07:00")
	return append(b, `"}`...)
}

// maxPayload bounds a messagePayload, in bytes: the longest text, each byte of it
// escaped to six, and the rest.
const maxPayload = 32 << 10

// messageFrame completes a payload, without decoding it, by what stands before
// it: for whom it is, and in a room its offset, which only the backplane could
// know. It is built once for all members. What is not a payload of ours, as
// somebody else can write to a broker too, makes no frame.
//
//	{"from":"alice","text":"hi", …}                                     payload
//	{"type":"message","room":"general","offset":46,"from":"alice", …}   to a room
//	{"type":"message","to":"bob","from":"alice","text":"hi", …}         to a user
//	{"type":"announcement","text":"hi", …}                              to everyone
func messageFrame(to Destination, offset uint64, payload []byte) (frame []byte, ours bool) {
	if len(payload) > maxPayload || !bytes.HasPrefix(payload, []byte(`{"from":"`)) {
		return nil, false
	}
	rest := payload[1:]
	b := make([]byte, 0, len(`{"type":"message","room":"","offset":,`)+len(to.topic)+20+len(payload))
	said := 0 // keys that the hub has spoken for, from included
	switch {
	case to.IsRoom():
		said = 4
		b = append(b, `{"type":"message","room":"`...)
		b = append(b, to.name()...) // a valid name needs no escaping
		b = append(b, `","offset":`...)
		b = strconv.AppendUint(b, offset, 10)
		b = append(b, ',')
	case to.IsUser():
		said = 3
		b = append(b, `{"type":"message","to":"`...)
		b = append(b, to.name()...)
		b = append(b, `",`...)
	default: // without its first key: everyone is spoken to by nobody in particular
		said = 1
		b = append(b, `{"type":"announcement",`...)
		_, rest, _ = bytes.Cut(rest, []byte(`",`))
	}
	b = append(b, rest...)
	return b, sound(b, said)
}

// sound tells whether a frame is valid JSON and UTF-8, and repeats none of the hub's
// own keys, of which the first ones are, as many as said.
func sound(frame []byte, said int) bool {
	keys, repeated := 0, false
	if plain(frame, func(key, _ []byte) {
		keys++
		repeated = repeated || keys > said && !free(key)
	}) {
		return !repeated
	}
	// json.Valid alone takes any byte in a string.
	return json.Valid(frame) && utf8.Valid(frame) && !repeats(frame, said)
}

// repeats tells whether a frame, which is JSON, has any of the hub's own keys behind
// the first ones, which said counts. Of a key that is given twice the last counts:
// a payload with a "room" or an "offset" in it would take its readers to another
// place. Many readers take "Room" and "\u0072oom" for "room", too, so a key is made
// of a-z and _, as all of ours are.
func repeats(frame []byte, said int) bool {
	depth, key := 0, false // key: what comes next is one, not a value
	for i := 0; i < len(frame); i++ {
		switch frame[i] {
		case '{', '[':
			depth++
			key = true
		case '}', ']':
			depth--
		case ',':
			key = true
		case ':':
			key = false
		case '"':
			begin := i + 1
			for i = begin; frame[i] != '"'; i++ {
				if frame[i] == '\\' {
					i++
				}
			}
			if depth != 1 || !key {
				continue
			}
			if said--; said < 0 && !free(frame[begin:i]) {
				return true
			}
		}
	}
	return false
}

// free tells whether a payload may have the key.
func free(key []byte) bool {
	switch string(key) {
	case "type", "room", "offset", "to", "from":
		return false
	}
	for _, c := range key {
		if (c < 'a' || c > 'z') && c != '_' {
			return false
		}
	}
	return true
}

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
