package story

import "time"

// A Verdict says whether a phase did what it promises. For phase 2 the promise
// is to fail, in one certain way.
type Verdict string

const (
	AsExpected    Verdict = "as_expected"
	NotAsExpected Verdict = "not_as_expected"
	NotJudged     Verdict = "not_judged" // Story.Play returned an error
)

// A Result is what was seen, and what to think of it. Its JSON form is what
// `lab demo --json` prints; `lab demo --help` describes it.
type Result struct {
	Story    string   `json:"story"`
	Phase    string   `json:"phase"`  // "phase2-broken"
	Engine   string   `json:"engine"` // who started the stack; set by the caller
	URL      string   `json:"url"`
	Expected string   `json:"expected"` // what the phase promises
	Verdict  Verdict  `json:"verdict"`
	Summary  string   `json:"summary"` // in a sentence
	Reasons  []string `json:"reasons"` // each promise that was not kept; empty if all were
	Works    bool     `json:"works"`   // it came out as it does with one server

	*Delivery // of the message story
}

// A Delivery is who heard Alice.
type Delivery struct {
	Delivered int     `json:"delivered"`
	Listeners int     `json:"listeners"`
	TimeoutMS float64 `json:"timeout_ms"`
	Users     []User  `json:"users"` // in the order of the play
}

// Who of the room should hear a message.
const (
	HeardByAll       = "heard_by_all"
	HeardByOwnServer = "heard_by_own_server_only"
)

// What a user does in it.
const (
	Sender   = "sender"
	Listener = "listener"
	Canary   = "canary"
)

// A User is one connection, and what was seen of it.
type User struct {
	Name   string `json:"name"`
	Role   string `json:"role"`
	Server string `json:"server"` // by the welcome

	// Expected: should the message arrive? Received: did it, in time? The
	// message is the sender's own, for which being acknowledged counts; for a
	// listener the sender's; for a canary its own, at the one it sings For.
	Expected bool   `json:"expected"`
	Received bool   `json:"received"`
	For      string `json:"for,omitempty"`

	LatencyMS *float64 `json:"latency_ms"` // from before sending to arrival; null: it never arrived
	Late      bool     `json:"late,omitempty"`
	Error     string   `json:"error,omitempty"` // a refusal, or why the connection ended
}

// Latency is 0 for what never arrived.
func (u User) Latency() time.Duration {
	if u.LatencyMS == nil {
		return 0
	}
	return time.Duration(*u.LatencyMS * float64(time.Millisecond))
}

// milliseconds rounds to microseconds.
func milliseconds(d time.Duration) float64 {
	return float64(d.Round(time.Microsecond)) / float64(time.Millisecond)
}
