package redisbackplane

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A version numbers what a room's channel has told of its participants.
type version struct {
	epoch   string
	changes uint64
}

// A change is what present.lua publishes: "@epoch-changes via +user instance".
type change struct {
	version  // after it
	user     string
	came     bool
	instance string // that said so
}

// A snapshot is a room's participants as Redis has them: each user, and the
// instances that say they have him.
type snapshot struct {
	version
	users map[string][]string
}

// living are the users on instances that live.
func (s snapshot) living(h *heart) []string {
	var living []string
	for user, instances := range s.users {
		if slices.ContainsFunc(instances, h.alive) {
			living = append(living, user)
		}
	}
	return living
}

// claimed are the users that dead instances still say they have, by instance.
func (s snapshot) claimed(h *heart) map[string][]string {
	claimed := make(map[string][]string)
	for user, instances := range s.users {
		for _, instance := range instances {
			if !h.alive(instance) {
				claimed[instance] = append(claimed[instance], user)
			}
		}
	}
	return claimed
}

func presenceKeys(room string) []string { return []string{"{" + room + "}:present"} }

// parseSnapshot reads participants.lua's answer.
func parseSnapshot(answer any) (snapshot, error) {
	fields, ok := answer.([]any)
	if !ok || len(fields)%2 != 0 {
		return snapshot{}, fmt.Errorf("participants.lua answered %T", answer)
	}
	s := snapshot{users: make(map[string][]string, len(fields)/2)}
	for i := 0; i < len(fields); i += 2 {
		field, _ := fields[i].(string)
		value, _ := fields[i+1].(string)
		switch field {
		case "@epoch":
			s.epoch = value
		case "@changes":
			s.changes, _ = strconv.ParseUint(value, 10, 64) // a wrong one is put right by the next change
		default:
			s.users[field] = strings.Fields(value)
		}
	}
	return s, nil
}

// parseChange reads what present.lua publishes. Anything else on the channel is
// none of ours.
func parseChange(s string) (c change, via string, ours bool) {
	s, at := strings.CutPrefix(s, "@")
	id, rest, _ := strings.Cut(s, " ")
	via, rest, _ = strings.Cut(rest, " ")
	event, instance, _ := strings.Cut(rest, " ")
	epoch, digits, _ := strings.Cut(id, "-")
	changes, err := strconv.ParseUint(digits, 10, 64)
	if !at || err != nil || len(event) < 2 || event[0] != '+' && event[0] != '-' {
		return change{}, "", false
	}
	user := strings.Clone(event[1:]) // which is kept for longer than s
	return change{version{epoch, changes}, user, event[0] == '+', instance}, via, true
}
