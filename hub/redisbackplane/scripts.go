package redisbackplane

import (
	_ "embed"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"secondserver/hub"
)

// What a topic's stream keeps.
const (
	historySize = 1000      // messages; Redis trims whole nodes, so somewhat more
	historyKept = time.Hour // after the last message
	catchUpSize = 100       // messages in one answer: 0.8 MB of the longest
)

var (
	//go:embed publish.lua
	publishSource string
	//go:embed catchup.lua
	catchUpSource string

	publishScript = redis.NewScript(publishSource)
	catchUpScript = redis.NewScript(catchUpSource)
)

var keptSeconds = int(historyKept / time.Second)

// newEpoch draws the name of a history. It fits the first half of a stream ID.
func newEpoch() string { return strconv.FormatUint(rand.Uint64()|1, 10) }

func publishArgs(payload []byte) []any {
	return []any{payload, newEpoch(), historySize, keptSeconds}
}

// catchUpArgs asks for what comes after at; a new subscriber's at is zero.
func catchUpArgs(at hub.Position) []any {
	offset := ""
	if at.Epoch != "" {
		offset = strconv.FormatUint(at.Offset, 10)
	}
	return []any{newEpoch(), at.Epoch, offset, catchUpSize, keptSeconds}
}

// A message is a payload and the position just after it.
type message struct {
	hub.Position
	payload []byte
}

// parsePosition reads an entry's ID.
func parsePosition(id string) (hub.Position, error) {
	epoch, digits, ok := strings.Cut(id, "-")
	offset, err := strconv.ParseUint(digits, 10, 64)
	if !ok || epoch == "" || err != nil {
		return hub.Position{}, fmt.Errorf("%q is no entry ID", id)
	}
	return hub.Position{Epoch: epoch, Offset: offset}, nil
}

// parseMessage reads what publish.lua publishes.
func parseMessage(s string) (message, error) {
	id, payload, _ := strings.Cut(s, " ")
	at, err := parsePosition(id)
	return message{at, []byte(payload)}, err
}

// parseHistory reads catchup.lua's answer.
func parseHistory(answer any) (last hub.Position, missed []message, err error) {
	parts, ok := answer.([]any)
	if !ok || len(parts) != 2 {
		return last, nil, fmt.Errorf("catchup.lua answered %T", answer)
	}
	id, _ := parts[0].(string)
	if last, err = parsePosition(id); err != nil {
		return last, nil, err
	}
	entries, _ := parts[1].([]any)
	for _, entry := range entries {
		// What others have added to the stream is no message. It has an offset
		// all the same, and so it leaves a hole, of which subscribers are told.
		if m, ours := parseEntry(entry); ours {
			missed = append(missed, m)
		}
	}
	return last, missed, nil
}

// parseEntry reads [id, ["payload", payload]].
func parseEntry(entry any) (m message, ours bool) {
	parts, _ := entry.([]any)
	if len(parts) != 2 {
		return m, false
	}
	id, _ := parts[0].(string)
	at, err := parsePosition(id)
	fields, _ := parts[1].([]any)
	if err != nil || len(fields) != 2 || fields[0] != "payload" {
		return m, false
	}
	payload, ours := fields[1].(string)
	return message{at, []byte(payload)}, ours
}
