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

// catchUpSize is how many messages one catch-up of a topic reads: 0.8 MB of the
// longest.
const catchUpSize = 100

var (
	//go:embed publish.lua
	publishSource string
	//go:embed catchup.lua
	catchUpSource string
	//go:embed present.lua
	presentSource string
	//go:embed participants.lua
	participantsSource string
	//go:embed beat.lua
	beatSource string

	publishScript      = redis.NewScript(publishSource)
	catchUpScript      = redis.NewScript(catchUpSource)
	presentScript      = redis.NewScript(presentSource)
	participantsScript = redis.NewScript(participantsSource)
	beatScript         = redis.NewScript(beatSource)

	scripts = []*redis.Script{publishScript, catchUpScript, presentScript, participantsScript, beatScript}
)

// draw draws the name of a history, or of an instance. It fits the first half of a
// stream ID.
func draw() string { return strconv.FormatUint(rand.Uint64()|1, 10) }

// seconds is a duration as Redis takes it: whole ones, and at least one.
func seconds(d time.Duration) int { return max(1, int(d/time.Second)) }

// catchUpArgs asks for up to limit entries from at on; where at is zero, for the
// newest. With an epoch, a history begins where there is none.
func catchUpArgs(epoch string, at hub.Position, limit int, keep hub.Retention) []any {
	offset := ""
	if at.Epoch != "" {
		offset = strconv.FormatUint(at.Offset, 10)
	}
	return []any{epoch, at.Epoch, offset, limit, seconds(keep.For)}
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

// parseMessages reads what publish.lua publishes: where the first of them is, who says
// it, and how long each payload is that follows.
func parseMessages(s string) (messages []message, via string, err error) {
	id, rest, _ := strings.Cut(s, " ")
	via, rest, _ = strings.Cut(rest, " ")
	lengths, rest, _ := strings.Cut(rest, " ")
	at, err := parsePosition(id)
	if err != nil {
		return nil, "", err
	}
	payloads := []byte(rest) // once, for all of them
	for length := range strings.SplitSeq(lengths, ",") {
		n, err := strconv.ParseUint(length, 10, 32)
		if err != nil || n > uint64(len(payloads)) {
			return nil, "", fmt.Errorf("%q are no lengths of payloads", lengths)
		}
		messages = append(messages, message{at, payloads[:n:n]})
		payloads = payloads[n:]
		at.Offset++
	}
	if len(payloads) > 0 || at.Offset < messages[0].Offset {
		return nil, "", fmt.Errorf("%d bytes belong to no message", len(payloads))
	}
	return messages, via, nil
}

// parseHistory reads catchup.lua's answer. Where there is no history, last is the
// beginning of one that is not kept.
func parseHistory(answer any) (last hub.Position, missed []message, err error) {
	parts, ok := answer.([]any)
	if !ok || len(parts) != 2 {
		return last, nil, fmt.Errorf("catchup.lua answered %T", answer)
	}
	id, _ := parts[0].(string)
	if id == "" {
		return hub.Position{Epoch: draw()}, nil, nil
	}
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
