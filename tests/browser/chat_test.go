package browser_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"secondserver/lab/client"
	"secondserver/lab/stack"
	"secondserver/tests/browser"
)

// Chromium says on the console when a connection of its own could not be made. Where a server is away, that is so.
var away = []string{"WebSocket connection to", "net::ERR_", "status of 400"} // the last: dial.js asks for a refusal

// Two tabs on two servers: in phase 3 they are in one room, in phase 2 each has one of its own, with its own count.
func TestTwoTabs(t *testing.T) {
	for phase := 1; phase <= 3; phase++ {
		t.Run(fmt.Sprintf("phase %d", phase), func(t *testing.T) {
			t.Parallel()
			s := start(t, phase, 0)
			alice, bob := chat(t, s, "alice", s.Servers[0].ID), chat(t, s, "bob", s.Servers[len(s.Servers)-1].ID)
			together := phase != 2
			alice.says("hello")
			alice.hears("alice", "hello")
			bob.says("is anybody there?")
			bob.hears("bob", "is anybody there?")
			if together {
				alice.hears("bob", "is anybody there?")
				bob.hears("alice", "hello")
			}
			want := map[bool]string{true: "alice (you), bob", false: "alice (you)"}[together]
			alice.until(fmt.Sprintf(`[...document.querySelectorAll('#people li')].map((li) => li.textContent).join(', ') === %q`, want))
			if got, want := alice.text("#count"), fmt.Sprint(strings.Count(want, ",")+1); got != want {
				t.Errorf("alice counts %s, want %s", got, want)
			}

			// What bob says to alice only reaches her, or he is told that it does not.
			bob.types("#to", "alice")
			bob.says("psst")
			if together {
				alice.hears("bob", "psst")
				alice.await(".message.direct")
				bob.await("#log .message.direct")
			} else {
				bob.await("#outbox .failed")
				if got := bob.text("#outbox .status"); !strings.Contains(got, "user_offline") {
					t.Errorf("the failed message says %q, want user_offline", got)
				}
			}
			if got := len(alice.log()); got != map[bool]int{true: 3, false: 1}[together] {
				t.Errorf("alice sees %d messages: %q", got, alice.log())
			}

			// Bob leaves. Alice's own state is as it was, and is not read out again.
			eval[any](alice, `void (window.told = 0, new MutationObserver(() => told++).observe(document.getElementById('state'), {childList: true, subtree: true}))`)
			bob.Close()
			alice.until(`document.getElementById('people').textContent === 'alice (you)' && document.getElementById('count').textContent === '1'`)
			if told := eval[int](alice, "told"); told != 0 {
				t.Errorf("alice was told her state %d times when bob left, want none", told)
			}
		})
	}
}

// The names of those who were there before come over HTTP, through the balancer. In phase 2 that may be answered by the
// server that has the other half, and its names must not pass for those of this one.
func TestNamesAreThoseOfOnesOwnServer(t *testing.T) {
	t.Parallel()
	s := start(t, 2, 0)
	for user, server := range map[string]string{"charlie": "server-1", "bob": "server-2"} {
		c, err := client.DialOn(t.Context(), s.URL(), user, func(on string) bool { return on == server })
		if err == nil {
			t.Cleanup(func() { c.Close() })
			_, err = c.Join(t.Context(), "general")
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	alice := chat(t, s, "alice", "server-1")
	for range 4 { // whose turn it is to answer differs
		alice.until(`document.querySelectorAll('#people li').length === 2 && document.getElementById('nameless').textContent === ''`)
		if got := alice.text("#people"); got != "alice (you)charlie" {
			t.Fatalf("alice sees %q, want herself and charlie", got)
		}
		alice.must(alice.Reload())
		alice.await(`#state[data-state="live"]`)
		if alice.text("#state .badge") != "server-1" {
			alice.click("#move")
			alice.until(`document.querySelector('#state .badge')?.textContent === 'server-1'`)
		}
	}
}

// The newest message is in sight, unless one has scrolled up to read.
func TestTheLogFollowsUnlessOneReads(t *testing.T) {
	t.Parallel()
	alice := chat(t, start(t, 1, 0), "alice", "")
	for i := range 30 {
		alice.says(fmt.Sprint(i))
	}
	alice.hears("alice", "29")
	const below = "(({scrollHeight, scrollTop, clientHeight}) => scrollHeight - scrollTop - clientHeight)(document.getElementById('log'))"
	if got := eval[float64](alice, below); got > 1 {
		t.Errorf("the log ends %.0f pixels below, want its end in sight", got)
	}
	eval[any](alice, "void (document.getElementById('log').scrollTop = 0)")
	alice.says("more")
	alice.hears("alice", "more")
	if got := eval[float64](alice, "document.getElementById('log').scrollTop"); got > 1 {
		t.Errorf("the log has moved to %.0f under a reader, want it where it was", got)
	}
}

// The same user in two tabs is one user, and each tab hears everything.
func TestOneUserInTwoTabs(t *testing.T) {
	t.Parallel()
	s := start(t, 3, 0)
	one, two := chat(t, s, "alice", "server-1"), chat(t, s, "alice", "server-2")
	one.says("from the first tab")
	two.hears("alice", "from the first tab")
	one.hears("alice", "from the first tab")
	for _, tab := range []*page{one, two} {
		if got := tab.text("#count"); got != "1" {
			t.Errorf("a tab counts %s, want 1", got)
		}
	}
}

// Who comes later sees what was said before, and so does who reloads.
func TestEarlierMessagesAreShown(t *testing.T) {
	t.Parallel()
	s := start(t, 3, 0)
	alice := chat(t, s, "alice", "")
	alice.says("first")
	alice.hears("alice", "first")
	bob := chat(t, s, "bob", "")
	bob.hears("alice", "first")
	bob.says("second")
	bob.hears("bob", "second")
	bob.must(bob.Reload())
	bob.hears("bob", "second")
	if got, want := bob.log(), []string{"1 alice: first", "2 bob: second"}; !slices.Equal(got, want) {
		t.Errorf("after a reload bob sees %q, want %q", got, want)
	}
}

// chat is a tab with a user in #general, on server or, if that is "", anywhere.
func chat(t *testing.T, s *stack.Stack, user, server string, allowed ...string) *page {
	t.Helper()
	p := open(t, s.URL()+"#chat?user="+user+"&room=general", browser.Projector, allowed...)
	p.await(`#state[data-state="live"]`)
	if server != "" && p.text("#state .badge") != server {
		p.click("#move")
		p.until(fmt.Sprintf(`document.querySelector('#state .badge')?.textContent === %q`, server))
	}
	return p
}

func (p *page) says(text string) {
	p.t.Helper()
	p.types("#text", text)
	p.click("#say button")
}

// hears waits until a message is shown.
func (p *page) hears(from, text string) {
	p.t.Helper()
	p.until(fmt.Sprintf(`[...document.querySelectorAll('#log .message')].some((m) => m.querySelector('.who').textContent === %q && m.querySelector('p').textContent === %q)`, from, text))
}

// log is what the tab shows: "1 alice: hello", without the number if it was said to one only.
func (p *page) log() []string {
	p.t.Helper()
	return eval[[]string](p, "[...document.querySelectorAll('#log .message')].map((m) => `${m.dataset.offset} ${m.querySelector('.who').textContent}: ${m.querySelector('p').textContent}`.trim())")
}
