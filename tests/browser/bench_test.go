package browser_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"secondserver/tests/browser"
)

const done = `#bench[data-busy="false"]`

// What one sees without doing anything: Alice says hello, and the phase does what it promises.
func TestTheBenchTellsTheStoryByItself(t *testing.T) {
	tests := []struct {
		phase   int
		servers []string // of alice, charlie and bob
		seen    []string // what the picture has under alice, charlie and bob
		crosses int
		verdict string
	}{
		{1, []string{"server-1", "server-1", "server-1"}, []string{"speaks", "heard", "heard"}, 0, "As expected: 2 of 2 delivered. Everybody is on server-1."},
		{2, []string{"server-1", "server-1", "server-2"}, []string{"speaks", "heard", "silent"}, 1, "As expected: 1 of 2 delivered. bob got nothing: no message leaves server-1."},
		{3, []string{"server-1", "server-1", "server-2"}, []string{"speaks", "heard", "heard"}, 0, "As expected: 2 of 2 delivered. Redis carried it from server to server."},
	}
	for _, test := range tests {
		t.Run(fmt.Sprintf("phase %d", test.phase), func(t *testing.T) {
			t.Parallel()
			p := open(t, start(t, test.phase, 0).URL(), browser.Projector)
			p.await(done)
			if got, kept := p.text("#verdict"), eval[string](p, "document.getElementById('verdict').dataset.kept"); got != test.verdict || kept != "true" {
				t.Errorf("verdict %q, kept %s, want %q, kept true", got, kept, test.verdict)
			}
			if got := p.servers(); !slices.Equal(got, test.servers) {
				t.Errorf("alice, charlie and bob are on %v, want %v", got, test.servers)
			}
			for i, name := range []string{"alice", "charlie", "bob"} { // with the verdict, not after it
				if got := eval[string](p, fmt.Sprintf("document.querySelector('#drawing [data-user=%s]').dataset.state", name)); got != test.seen[i] {
					t.Errorf("in the picture %s is %s, want %s", name, got, test.seen[i])
				}
			}
			if got := eval[int](p, "document.querySelectorAll('#drawing .cross').length"); got != test.crosses {
				t.Errorf("%d red crosses, want %d", got, test.crosses)
			}
			if got, want := eval[bool](p, "!!document.querySelector('#drawing .redis')"), test.phase == 3; got != want {
				t.Errorf("Redis is in the picture: %v, want %v", got, want)
			}
			if got, want := eval[bool](p, "!!document.querySelector('#drawing .balancer')"), test.phase != 1; got != want {
				t.Errorf("the balancer is in the picture: %v, want %v", got, want)
			}
			if test.phase == 2 { // the silence is proved
				if got := p.text("#drawing [data-user=bob] .canary"); got != "✓ canary" {
					t.Errorf("of the canary bob's dot says %q, want that he hears it", got)
				}
			}
		})
	}
}

// The matrix holds what each heard of each, and percentages after a hundred messages.
func TestTheMatrixIsRight(t *testing.T) {
	for phase := 1; phase <= 3; phase++ {
		t.Run(fmt.Sprintf("phase %d", phase), func(t *testing.T) {
			t.Parallel()
			p := open(t, start(t, phase, 0).URL(), browser.Still)
			p.await(done)
			p.do("#add", "#add", "#everybody")
			p.wantMatrix(phase, ` ms$`, `nothing`)
			p.do("#barrage")
			p.wantMatrix(phase, `^100 %$`, `^0 %$`)
			if got := p.text("#verdict"); !strings.HasPrefix(got, "As expected: 100 messages, ") {
				t.Errorf("verdict %q, want it as expected", got)
			}
			if phase == 2 {
				p.await(`#drawing [data-user=alice][data-state=part]`)
			} else {
				p.await(`#drawing [data-user=alice][data-state=heard]`)
			}
		})
	}
}

// A phase that does not keep its promise must not pass for one that does, or these tests could not fail.
func TestTheBenchSaysWhatIsNotAsExpected(t *testing.T) {
	tests := []struct {
		phase             int
		as, text, reasons string
	}{
		{3, "phase2-broken", "Not as expected: 2 of 2 delivered.", "bob on server-2 heard alice on server-1: nothing should have crossed"},
		{2, "phase3-redis", "Not as expected: 1 of 2 delivered.", "bob on server-2 did not hear alice on server-1"},
		{2, "another", "1 of 2 delivered.", ""},
	}
	for _, test := range tests {
		t.Run(fmt.Sprintf("phase %d as %s", test.phase, test.as), func(t *testing.T) {
			t.Parallel()
			p := open(t, start(t, test.phase, 0).URL(), browser.Still)
			p.await(done)
			eval[any](p, fmt.Sprintf("import('/web/bench.js').then((bench) => { bench.close(); bench.open(undefined, %q) })", test.as))
			p.until(`document.getElementById('bench').dataset.busy === 'true'`)
			p.await(done)
			if text, reasons := p.text("#verdict"), p.text("#reasons"); text != test.text || reasons != test.reasons {
				t.Errorf("verdict %q because %q, want %q because %q", text, reasons, test.text, test.reasons)
			}
			want := "false"
			if test.as == "another" {
				want = "unjudged"
			}
			if kept := eval[string](p, "document.getElementById('verdict').dataset.kept"); kept != want {
				t.Errorf("kept %s, want %s", kept, want)
			}
		})
	}
}

// Each way in which a phase can break its promise is a reason, and only silence that a canary proves is silence.
func TestEveryBrokenPromiseIsAReason(t *testing.T) {
	t.Parallel()
	p := open(t, start(t, 1, 0).URL()+"#chat", browser.Projector)
	tests := []struct{ phase, on, state, canary, refused, reasons string }{
		{"phase1-single", "server-1", "heard", "", "", ""},
		{"phase1-single", "server-1", "silent", "heard", "", "bob on server-1 did not hear alice on server-1"},
		{"phase2-broken", "server-1", "heard", "", "", ""},
		{"phase2-broken", "server-1", "silent", "heard", "", "bob on server-1 did not hear alice on server-1"},
		{"phase2-broken", "server-2", "silent", "heard", "", ""},
		{"phase2-broken", "server-2", "silent", "unheard", "", "the canary on server-2 did not reach bob: his silence proves nothing"},
		{"phase2-broken", "server-2", "silent", "", "", "the canary on server-2 did not reach bob: his silence proves nothing"},
		{"phase2-broken", "server-2", "heard", "", "", "bob on server-2 heard alice on server-1: nothing should have crossed"},
		{"phase2-broken", "server-2", "late", "heard", "", "bob on server-2 heard alice on server-1 too late"},
		{"phase3-redis", "server-2", "heard", "", "", ""},
		{"phase3-redis", "server-2", "late", "", "", "bob on server-2 heard alice on server-1 too late"},
		{"phase3-redis", "server-2", "silent", "", "unavailable: no Redis", "alice on server-1 got no ack: unavailable: no Redis"},
	}
	for _, test := range tests {
		got := eval[string](p, fmt.Sprintf(`import('/web/promise.js').then(({judge, promiseOf}) => {
			const promise = promiseOf(%q);
			const round = {sender: {name: 'alice'}, entry: 'server-1', refused: %q};
			round.outcomes = [{round, listener: {name: 'bob'}, server: %q, state: %q, canary: %q, expected: promise.reaches('server-1', %q)}];
			const {kept, reasons} = judge(promise, [round]);
			return kept + ': ' + reasons.join('; ')})`, test.phase, test.refused, test.on, test.state, test.canary, test.on))
		if want := fmt.Sprintf("%v: %s", test.reasons == "", test.reasons); got != want {
			t.Errorf("%+v:\n got %s\nwant %s", test, got, want)
		}
	}
}

func TestMovingAndAddingUsers(t *testing.T) {
	t.Parallel()
	p := open(t, start(t, 2, 3).URL(), browser.Still)
	p.await(done)
	before := p.servers()
	p.do(`[data-sender=bob] button:nth-child(2)`)
	after := p.servers()
	if before[2] == after[2] || !slices.Equal(before[:2], after[:2]) {
		t.Errorf("bob moved: on %v, then on %v, want him alone elsewhere", before, after)
	}
	if got := p.text(`[data-sender=alice] [data-receiver=bob]`); got != "" {
		t.Errorf("the matrix says %q of where bob was, want nothing", got)
	}
	for range 9 {
		p.do("#add")
	}
	if got := len(p.servers()); got != 12 {
		t.Errorf("%d users, want 12", got)
	}
	if !eval[bool](p, "document.getElementById('add').disabled") {
		t.Error("a thirteenth can be added, want 12 at most")
	}
	for _, server := range []string{"server-1", "server-2", "server-3"} {
		p.await(fmt.Sprintf("#drawing [data-server=%s]", server))
	}
	p.do("#everybody")
	p.wantMatrix(2, ` ms$`, `nothing`)
	p.do("#barrage")
	p.wantMatrix(2, `^100 %$`, `^0 %$`)
}

// do clicks on buttons, each when the one before is done.
func (p *page) do(buttons ...string) {
	p.t.Helper()
	for _, button := range buttons {
		eval[any](p, "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))") // what is below may move
		p.click(button)
		p.await(done)
	}
}

// servers is where each user is, by its row of the matrix.
func (p *page) servers() []string {
	p.t.Helper()
	return eval[[]string](p, `[...document.querySelectorAll('#matrix tbody th')].map((th) => th.querySelector('.badge')?.textContent ?? '')`)
}

// wantMatrix wants each cell by where its sender and its receiver are: what it says, as patterns, where they share a
// server or the phase joins them, and elsewhere.
func (p *page) wantMatrix(phase int, here, elsewhere string) {
	p.t.Helper()
	type cell struct{ From, To, State, Text string }
	var cells []cell
	p.must(json.Unmarshal([]byte(eval[string](p, `JSON.stringify([...document.querySelectorAll('#matrix td')].map((td) => ({
		from: td.parentElement.dataset.sender, to: td.dataset.receiver, state: td.dataset.state, text: td.textContent})))`)), &cells))
	names := eval[[]string](p, `[...document.querySelectorAll('#matrix tbody tr')].map((tr) => tr.dataset.sender)`)
	on := maps.Collect(zip(names, p.servers()))
	if len(cells) != len(names)*len(names) {
		p.t.Errorf("%d cells for %d users", len(cells), len(names))
	}
	for _, c := range cells {
		state, text := "heard", here
		switch {
		case c.From == c.To:
			state, text = "self", "^$"
		case phase == 2 && on[c.From] != on[c.To]:
			state, text = "silent", elsewhere
		}
		if c.State != state || !matches(text, c.Text) {
			p.t.Errorf("%s on %s says, %s on %s hears: %s %q, want %s %s", c.From, on[c.From], c.To, on[c.To], c.State, c.Text, state, text)
		}
	}
}
