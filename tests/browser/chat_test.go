package browser_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"secondserver/hub"
	"secondserver/lab/client"
	"secondserver/lab/stack"
	"secondserver/lab/stack/stacktest"
	"secondserver/tests/browser"
)

// Chromium says on the console when a connection of its own could not be made. Where a server is away, that is so.
var away = []string{"WebSocket connection to", "net::ERR_"}

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

// Who moves to another server misses nothing there, and where there is none, is told.
func TestMovingInTheChat(t *testing.T) {
	t.Parallel()
	alice := chat(t, start(t, 3, 0), "alice", "server-1")
	alice.says("here")
	alice.hears("alice", "here")
	alice.click("#move")
	alice.until(`document.querySelector('#state .badge')?.textContent === 'server-2'`)
	alice.says("there")
	alice.hears("alice", "there")
	if got, want := alice.log(), []string{"1 alice: here", "2 alice: there"}; !slices.Equal(got, want) {
		t.Errorf("alice sees %q, want %q", got, want)
	}
	if lost := eval[int](alice, "document.querySelectorAll('.lost').length"); lost != 0 {
		t.Errorf("%d lines say that something was lost, want none", lost)
	}

	bob := chat(t, start(t, 1, 0), "bob", "server-1")
	bob.click("#move")
	bob.until(`[...document.querySelectorAll('#log .note')].some((n) => n.textContent === 'No other server ever answered.')`)
	bob.await(`#state[data-state="live"]`)
}

// Alice's server is killed while Bob, on the other one, goes on talking. She comes back there, and sees each message
// once, in order.
func TestAKilledServerLeavesNoHoleAndNoDouble(t *testing.T) {
	t.Parallel()
	s := start(t, 3, 0)
	alice := chat(t, s, "alice", "server-1", away...)
	bob, err := client.DialOn(t.Context(), s.URL(), "bob", func(server string) bool { return server == "server-2" })
	alice.must(err)
	defer bob.Close()
	_, err = bob.Join(t.Context(), "general")
	alice.must(err)

	const messages = 60
	said := make(chan error, 1)
	go func() { said <- talk(t.Context(), bob, messages) }() // it ends with its messages, or with the test
	alice.hears("bob", "5")
	alice.must(s.Servers[0].Kill())
	alice.await(`#state[data-state="live"]`)
	alice.must(<-said)
	alice.hears("bob", fmt.Sprint(messages))
	if got := alice.text("#state .badge"); got != "server-2" {
		t.Errorf("alice is on %s, want server-2", got)
	}
	var want []string
	for i := range messages {
		want = append(want, fmt.Sprintf("%d bob: %d", i+1, i+1))
	}
	if got := alice.log(); !slices.Equal(got, want) {
		t.Errorf("alice sees %q, want bob's messages 1 to %d", got, messages)
	}
	if lost := eval[int](alice, "document.querySelectorAll('.lost').length"); lost != 0 {
		t.Errorf("%d lines say that something was lost, want none", lost)
	}
}

// talk says 1, 2, 3 and so on, a message each 20 ms, or so that a kill falls between them.
func talk(ctx context.Context, c *client.Client, messages int) error {
	pause := time.NewTicker(20 * time.Millisecond)
	defer pause.Stop()
	for i := range messages {
		if _, err := c.Say(ctx, "general", fmt.Sprint(i+1)); err != nil {
			return err
		}
		<-pause.C
	}
	return nil
}

// In phase 2 the other server has another history, and in phase 1 the server itself has, once it is back. She is told.
func TestALostHistoryIsTold(t *testing.T) {
	for phase := 1; phase <= 2; phase++ {
		t.Run(fmt.Sprintf("phase %d", phase), func(t *testing.T) {
			t.Parallel()
			s := start(t, phase, 0)
			alice := chat(t, s, "alice", "server-1", away...)
			alice.says("hello")
			alice.hears("alice", "hello")
			alice.must(s.Servers[0].Kill())
			if phase == 1 {
				alice.await(`#state[data-state="gone"]`)
				alice.until(`document.getElementById('state').textContent.includes('no server can be reached')`)
				alice.must(s.Servers[0].Start(t.Context()))
				eval[any](alice, "document.getElementById('retry').click()") // which it may have done by itself, and hidden the button
			}
			alice.await(".lost")
			alice.await(`#state[data-state="live"]`)
			alice.says("and again")
			alice.hears("alice", "and again")
		})
	}
}

// A server that is told to end says so, and its users are on the other one at once.
func TestADrainIsTold(t *testing.T) {
	t.Parallel()
	s := start(t, 3, 0)
	alice := chat(t, s, "alice", "server-1")
	eval[any](alice, `void (window.states = [], new MutationObserver(() => states.push(document.getElementById('state').textContent))
		.observe(document.getElementById('state'), {childList: true, attributes: true}))`)
	alice.must(s.Servers[0].Stop(t.Context()))
	alice.until(`document.querySelector('#state .badge')?.textContent === 'server-2'`)
	if got := eval[string](alice, "states.join('\\n')"); !strings.Contains(got, "Gone: the server restarts.") {
		t.Errorf("alice was told %q, want that the server restarts", got)
	}
}

// Without Redis a message is refused. It stays, marked, and is sent again under the same ref.
func TestAFailedMessageIsSentAgain(t *testing.T) {
	t.Parallel()
	s := start(t, 3, 0)
	alice := chat(t, s, "alice", "", "503 (Service Unavailable)") // which /rooms is without Redis
	eval[any](alice, `void (window.sent = [], WebSocket.prototype.send = ((send) => function (data) {
		sent.push(JSON.parse(data)); return send.call(this, data) })(WebSocket.prototype.send))`)
	alice.must(s.Redis.Stop(t.Context()))
	alice.says("hello?")
	alice.await("#outbox .failed")
	if got := alice.text("#outbox .status"); !strings.HasPrefix(got, "Not sent: unavailable") {
		t.Errorf("the failed message says %q, want that it was not sent: unavailable", got)
	}
	alice.must(s.Redis.Start(t.Context()))
	for _, server := range s.Servers {
		stacktest.Eventually(t, 10*time.Second, func() error { return ready(server) })
	}
	alice.click("#outbox button")
	alice.hears("alice", "hello?")
	alice.until("document.querySelectorAll('#outbox li').length === 0")
	if got := eval[bool](alice, `(([first, ...more]) => more.length > 0 && more.every((m) => m.ref === first.ref))(sent.filter((m) => m.type === 'message'))`); !got {
		t.Errorf("sent %s, want the same ref each time", eval[string](alice, "JSON.stringify(sent)"))
	}
	if got, want := alice.log(), []string{"1 alice: hello?"}; !slices.Equal(got, want) {
		t.Errorf("alice sees %q, want %q", got, want)
	}
}

func ready(server *stack.Server) error {
	answer, err := http.Get(server.URL() + "/readyz")
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s is %s", server.ID, answer.Status)
	}
	return nil
}

// Of a message that was not answered nobody knows, and no later refusal changes that. Sent again it is not doubled.
func TestAnUnansweredMessageIsPerhapsSent(t *testing.T) {
	t.Parallel()
	s := start(t, 1, 0)
	alice := chat(t, s, "alice", "", away...)
	alice.must(s.Servers[0].Freeze())
	alice.says("hello?")
	alice.await("#outbox .failed") // after 6 s
	for _, want := range []string{"Perhaps not sent: the connection broke before an answer came", "Perhaps not sent: there is no connection"} {
		if got := alice.text("#outbox .status"); got != want {
			t.Errorf("the message says %q, want %q", got, want)
		}
		alice.click("#outbox button")
		alice.await("#outbox .failed")
	}
	alice.must(s.Servers[0].Thaw())
	alice.await(`#state[data-state="live"]`)
	alice.click("#outbox button")
	alice.until("document.querySelectorAll('#outbox li').length === 0")
	alice.until(`document.querySelectorAll('#log .message').length > 0`)
	if got, want := alice.log(), []string{"1 alice: hello?"}; !slices.Equal(got, want) {
		t.Errorf("alice sees %q, want %q", got, want)
	}
}

// What is typed is what is shown, and nothing of it becomes an element, or runs.
func TestTextsShowAsTyped(t *testing.T) {
	t.Parallel()
	s := start(t, 1, 0)
	texts := []string{
		`<img src=x onerror="window.ran=true"><script>window.ran=true</script>`,
		`<b>bold</b> &amp; &lt;i&gt; </p></div>`,
		"שלום עולם, مرحبا, abc",
		"\u202ereversed\u202c and \u2066isolated\u2069",
		"👩‍👩‍👧‍👦 🏳️‍🌈 e\u0301 ㊗️",
		"  spaces   and\nlines\n\n",
		"${window.ran=true} {{constructor.constructor('window.ran=true')()}}",
		strings.Repeat("long", 1024),
		strings.Repeat(`"`, 3967), // 7,936 bytes as JSON
	}
	alice, bob := chat(t, s, "alice", ""), chat(t, s, "bob.-_"+strings.Repeat("b", 50), "")
	for _, text := range texts {
		eval[any](alice, fmt.Sprintf("void (document.getElementById('text').value = %q)", text))
		alice.click("#say button")
		bob.until(fmt.Sprintf("[...document.querySelectorAll('#log .message p')].at(-1)?.textContent === %q", text))
	}
	for _, p := range []*page{alice, bob} {
		if eval[bool](p, "!!window.ran") {
			t.Error("a text ran")
		}
		if got := eval[int](p, "document.querySelectorAll('#log p *').length"); got != 0 {
			t.Errorf("texts became %d elements, want none", got)
		}
	}
}

// What the server would refuse is said before it is sent, and nothing typed is lost.
func TestBadInputIsSaidBeforeItIsSent(t *testing.T) {
	t.Parallel()
	s := start(t, 1, 0)
	p := open(t, s.URL()+"#chat", browser.Projector)
	p.types("[name=user]", "<b>bob</b>")
	p.click("#enter button")
	if got := p.text("#enter-problem"); !strings.HasPrefix(got, "Name: Use 1 to 64 of A-Z a-z 0-9 _ . -") {
		t.Errorf("of a name with markup the page says %q, want the rule", got)
	}
	alice := chat(t, s, "alice", "")
	for text, want := range map[string]string{
		"":                              "Write something first.",
		strings.Repeat("é", 2048) + "x": "This has 4097 bytes, and 4096 is the most.",
		strings.Repeat(`"`, 4000):       "This has 8002 bytes as JSON, and 7936 is the most.",
	} {
		eval[any](alice, fmt.Sprintf("void (document.getElementById('text').value = %q)", text))
		alice.click("#say button")
		if got := alice.text("#say-problem"); got != want {
			t.Errorf("of %.10q… the page says %q, want %q", text, got, want)
		}
		if got := eval[string](alice, "document.getElementById('text').value"); got != text {
			t.Errorf("the text is %.20q… now, want it as it was typed", got)
		}
	}
	if got := len(alice.log()); got != 0 {
		t.Errorf("%d messages were sent, want none", got)
	}
}

// The page's rule of names is the hub's.
func TestThePageKnowsTheRuleOfNames(t *testing.T) {
	t.Parallel()
	p := open(t, start(t, 1, 0).URL(), browser.Projector)
	names := []string{"a", "Alice.B-c_9", ".", "..", "...", "", " ", "a b", "é", "@server", "a\n", strings.Repeat("n", 64), strings.Repeat("n", 65), "<b>", "a/b"}
	for _, name := range names {
		got := eval[bool](p, fmt.Sprintf("import('/web/protocol.js').then((rules) => rules.nameProblem(%q) === '')", name))
		if want := hub.ValidName(name); got != want {
			t.Errorf("the page takes %q for a name: %v, the hub: %v", name, got, want)
		}
	}
}

// A script that takes a string for markup is stopped by the browser, should one ever come in.
func TestTheBrowserKeepsThePagesPolicy(t *testing.T) {
	t.Parallel()
	other := start(t, 1, 0).URL()
	p := open(t, start(t, 1, 0).URL()+"#chat", browser.Projector, "TrustedHTML", "Content Security Policy", "violates")
	for what, script := range map[string]string{
		"markup from a string": `document.body.innerHTML = '<p>'`,
		"an inline style":      `document.body.setAttribute('style', 'display: none'); if (getComputedStyle(document.body).display !== 'none') throw 1`,
		"another server":       `await fetch('` + other + `', {mode: 'no-cors'})`,
		"a frame":              `await new Promise((loaded, blocked) => { const f = document.createElement('iframe'); document.addEventListener('securitypolicyviolation', blocked, {once: true}); f.onload = loaded; f.src = '/'; document.body.append(f) })`,
	} {
		if eval[bool](p, "(async () => { try { "+script+"; return true } catch { return false } })()") {
			t.Errorf("the page may use %s, want it refused", what)
		}
	}
}

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
