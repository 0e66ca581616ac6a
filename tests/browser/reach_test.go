package browser_test

import (
	"strings"
	"testing"

	"secondserver/tests/browser"
)

// On a phone nothing is wider than the screen, whatever is said, and by whom.
func TestAPhoneNeedsNoSidewaysScrolling(t *testing.T) {
	t.Parallel()
	wide := strings.Repeat("W", 64)
	s := start(t, 2, 0)
	narrow := func(p *page) { // innerWidth would grow with what does not fit
		t.Helper()
		if got := eval[int](p, "document.documentElement.scrollWidth"); got > int(browser.Phone.Width) {
			t.Errorf("the page is %d wide on a screen of %d", got, browser.Phone.Width)
		}
	}
	p := open(t, s.URL(), browser.Phone)
	p.await(done)
	narrow(p)
	p.do("#add", "#add", "#everybody")
	narrow(p)

	c := open(t, s.URL()+"#chat?user="+wide+"&room="+wide, browser.Phone)
	c.await(`#state[data-state="live"]`)
	c.says(strings.Repeat("W", 500))
	c.hears(wide, strings.Repeat("W", 500))
	c.types("#to", "nobody")
	c.says(strings.Repeat("W", 500))
	c.await("#outbox .failed")
	narrow(c)

	// A server may have a long name too.
	s = start(t, 1, 0, "SERVER_ID="+wide)
	p = open(t, s.URL(), browser.Phone)
	p.await(done)
	narrow(p)
	c = open(t, s.URL()+"#chat?user=alice", browser.Phone)
	c.await(`#state[data-state="live"]`)
	narrow(c)
}

// Everything can be done without a mouse.
func TestTheKeyboardIsEnough(t *testing.T) {
	t.Parallel()
	p := open(t, start(t, 1, 0).URL()+"#chat", browser.Projector)
	p.until("document.activeElement.name === 'user'")
	p.must(p.Press("alice\r"))
	p.await(`#state[data-state="live"]`)
	p.must(p.Press("typed\r"))
	p.hears("alice", "typed")
	p.must(p.Press("\tbob\r")) // to bob only, of whom nobody knows
	if got := p.text("#say-problem"); got != "Write something first." {
		t.Errorf("the page says %q, want that there is no text", got)
	}
	eval[any](p, "void (location.hash = '#bench')")
	p.await(done)
	eval[any](p, "document.getElementById('everybody').focus()")
	p.must(p.Press("\r"))
	p.until("document.getElementById('verdict').textContent.startsWith('As expected: 6 of 6')")
	if got := eval[string](p, "document.activeElement.id"); got != "everybody" {
		t.Errorf("the focus is on %q after a button was pressed, want it there still", got)
	}
	unnamed := `[...document.querySelectorAll('button, input, textarea, a')].filter((e) => !(e.textContent.trim() || e.ariaLabel || e.labels?.[0]?.textContent.trim())).length`
	if got := eval[int](p, unnamed); got != 0 {
		t.Errorf("%d controls have no name that can be read out", got)
	}
}
