package browser_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"secondserver/lab/client"
	"secondserver/lab/stack"
	"secondserver/lab/stack/stacktest"
)

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
