package browser_test

import (
	"fmt"
	"strings"
	"testing"

	"secondserver/lab/stack"
	"secondserver/tests/browser"
)

// Whoever was on a server that is killed is on the other one within seconds, and hears what is said there.
func TestUsersOfAKilledServerComeBack(t *testing.T) {
	t.Parallel()
	s := start(t, 3, 0)
	p := open(t, s.URL(), browser.Still)
	p.await(done)
	p.must(s.Servers[1].Kill())
	p.until(`document.querySelector('[data-sender=bob] .badge')?.textContent === 'server-1'`)
	p.do(`[data-sender=alice] button`)
	if got, want := p.text("#verdict"), "As expected: 2 of 2 delivered. But all are on one server, so it proves nothing."; got != want {
		t.Errorf("verdict %q, want %q", got, want)
	}
}

// Whoever asks for something again before it is done leaves nothing behind: no connection, and no word of the old play
// in the new one.
func TestStartingOverLeavesNothingOfWhatWas(t *testing.T) {
	t.Parallel()
	s := start(t, 2, 0)
	p := open(t, s.URL(), browser.Projector)
	p.await(done)
	eval[any](p, `void (window.sockets = [], window.WebSocket = class extends WebSocket { constructor(...args) { super(...args); sockets.push(this) } })`)
	eval[any](p, `void (window.verdicts = [], new MutationObserver(() => verdicts.push(document.getElementById('verdict').textContent))
		.observe(document.getElementById('verdict'), {childList: true}))`)
	const live = `sockets.filter((s) => s.readyState <= WebSocket.OPEN).length`
	for _, when := range []string{"Connecting", "All are", "alice says"} { // the moments at which it is interrupted
		p.click("#again")
		p.until(fmt.Sprintf("document.getElementById('verdict').textContent.startsWith(%q)", when))
	}
	p.click("#again")
	p.await(done)
	if got, want := p.text("#verdict"), "As expected: 1 of 2 delivered. bob got nothing: no message leaves server-1."; got != want {
		t.Errorf("verdict %q, want %q", got, want)
	}
	p.until(live + " === 4") // alice, charlie, bob and a canary
	if got := eval[string](p, "verdicts.filter((v) => v.startsWith('Not')).join()"); got != "" {
		t.Errorf("in between it said %q, want nothing of a play that was broken off", got)
	}
	for range 6 {
		eval[any](p, "void (location.hash = location.hash === '#chat' ? '#bench' : '#chat')")
		eval[any](p, "new Promise(requestAnimationFrame)")
	}
	p.await(done)
	eval[any](p, "void (location.hash = '#chat')")
	p.until(live + " === 0")
	eval[any](p, "void (location.hash = '#toString')")
	p.await(done)
}

// The picture may be drawn late, and then of another bench than the last time, with users of the same names.
func TestASlowPictureIsOfTheBenchThatIsShown(t *testing.T) {
	t.Parallel()
	p := open(t, start(t, 1, 0).URL(), browser.Projector)
	p.await(done)
	eval[any](p, `void (window.requestAnimationFrame = (draw) => setTimeout(() => draw(performance.now()), 400))`)
	p.click("#again")
	p.await(`#drawing [data-user=alice][data-state=idle]`)
	p.await(`#drawing [data-user=alice][data-state=speaks]`)
	p.await(done)
}

// A hundred messages are judged when all have come, whoever else hears them: a canary does.
func TestCanariesDoNotCount(t *testing.T) {
	t.Parallel()
	p := open(t, start(t, 2, 0).URL(), browser.Still)
	p.await(done) // with a canary on bob's server
	p.do(`[data-sender=alice] button:nth-child(2)`, `[data-sender=charlie] button:nth-child(2)`)
	for range 3 {
		p.do("#barrage")
		if got, want := p.text("#verdict"), "As expected: 100 messages, 200 of 200 deliveries: 100 %."; got != want {
			t.Fatalf("verdict %q because %q, want %q", got, p.text("#reasons"), want)
		}
	}
}

// Without servers nobody is judged, and what is asked for says why.
func TestWithoutServersNothingIsJudged(t *testing.T) {
	t.Parallel()
	s := start(t, 1, 0)
	p := open(t, s.URL(), browser.Still, away...)
	p.await(done)
	p.must(s.Servers[0].Kill())
	p.until(`!document.querySelector('#matrix .badge')`)
	for _, button := range []string{"#everybody", "#barrage", "[data-sender=alice] button"} {
		p.do(button)
		if got, want := p.text("#verdict"), "Only 0 of 3 users have a connection now."; got != want {
			t.Errorf("%s: verdict %q, want %q", button, got, want)
		}
	}
	p.do(`[data-sender=bob] button:nth-child(2)`)
	if got, want := p.text("#verdict"), "bob has no connection now."; got != want {
		t.Errorf("verdict %q, want %q", got, want)
	}
	p.must(s.Servers[0].Start(t.Context()))
	p.until(`document.querySelectorAll('#matrix .badge').length === 3`)
	p.do(`[data-sender=alice] button`)
	if got := p.text("#verdict"); !strings.HasPrefix(got, "As expected: 2 of 2") {
		t.Errorf("verdict %q, want it as expected", got)
	}
}

// A server that is cut off from Redis cannot have a canary, and the verdict does not wait for one.
func TestTheVerdictDoesNotWaitForACanary(t *testing.T) {
	t.Parallel()
	s := start(t, 3, 0)
	p := open(t, s.URL(), browser.Projector)
	p.await(done)
	p.must(s.Servers[1].CutRedis(stack.BothWays))
	p.do(`[data-sender=alice] button`)
	if text, reasons := p.text("#verdict"), p.text("#reasons"); text != "Not as expected: 1 of 2 delivered." || reasons != "bob on server-2 did not hear alice on server-1" {
		t.Errorf("verdict %q because %q, want that bob did not hear", text, reasons)
	}
	p.await("#drawing .cross")
	p.must(s.Servers[1].HealRedis())
}

// On a server's own address nobody else can be met, and the page says so.
func TestTheBenchKnowsWhenItIsAlone(t *testing.T) {
	t.Parallel()
	p := open(t, start(t, 2, 0).Servers[0].URL(), browser.Projector)
	p.await(done)
	if got := p.text("#hint"); !strings.HasPrefix(got, "Only server-1 ever answered.") {
		t.Errorf("hint %q, want that only server-1 ever answered", got)
	}
}
