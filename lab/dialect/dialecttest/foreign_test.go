package dialecttest_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"secondserver/lab/dialect"
	"secondserver/lab/dialect/dialecttest"
)

// A party is alice and bob in the room r1, charlie in r2, and dora, who has left r1.
type party struct {
	conns map[string]dialect.Conn
	ears  map[string]chan string // "text by alice in r1"
}

func newParty(t *testing.T, fault string) *party {
	t.Helper()
	s := httptest.NewServer(dialecttest.New(fault))
	t.Cleanup(s.Close)
	d, err := dialect.Parse(dialecttest.Dialect)
	if err != nil {
		t.Fatal(err)
	}
	p := &party{map[string]dialect.Conn{}, map[string]chan string{}}
	for user, room := range map[string]string{"alice": "r1", "bob": "r1", "charlie": "r2", "dora": "r1"} {
		ear := make(chan string, 64)
		c, err := d.Dial(within(t), s.URL, user, func(h dialect.Heard) { ear <- fmt.Sprintf("%s by %s in %s", h.Text, h.From, h.Room) })
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Close)
		if _, err := c.Join(within(t), room, nil); err != nil {
			t.Fatal(err)
		}
		p.conns[user], p.ears[user] = c, ear
	}
	if err := p.conns["dora"].Leave(within(t), "r1"); err != nil {
		t.Fatal(err)
	}
	return p
}

// says sends a message of alice to r1.
func (p *party) says(t *testing.T, text string) {
	t.Helper()
	sent, err := p.conns["alice"].Send(within(t), "r1", "", text)
	if err == nil {
		_, err = sent.Wait(within(t))
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (p *party) hears(t *testing.T, user, want string) {
	t.Helper()
	select {
	case got := <-p.ears[user]:
		if got != want {
			t.Errorf("%s: got %q, want %q", user, got, want)
		}
	case <-within(t).Done():
		t.Errorf("%s: heard nothing, want %q", user, want)
	}
}

// heardAll is all that a user has heard when the server has answered it once more.
func (p *party) heardAll(t *testing.T, user string) (all []string) {
	t.Helper()
	if _, err := p.conns[user].Join(within(t), "elsewhere", nil); err != nil {
		t.Fatal(err)
	}
	for {
		select {
		case text := <-p.ears[user]:
			all = append(all, text)
		default:
			return all
		}
	}
}

func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// What bob, charlie and dora hear of three messages of alice, of which the third has
// the fault.
func TestEachFaultIsHeard(t *testing.T) {
	const a, b, c = "a1 by alice in r1", "b1 by alice in r1", "c1 by alice in r1"
	tests := []struct {
		fault, bob, charlie, dora string
	}{
		{dialecttest.None, fmt.Sprint([]string{a, b, c}), "[]", "[]"},
		{dialecttest.Doubles, fmt.Sprint([]string{a, b, c, c}), "[]", "[]"},
		{dialecttest.Reorders, fmt.Sprint([]string{a, b}), "[]", "[]"}, // the third comes after the fourth
		{dialecttest.Mixes, fmt.Sprint([]string{a, b, c}), "[c1 by alice in r2]", "[]"},
		{dialecttest.Keeps, fmt.Sprint([]string{a, b, c}), "[]", fmt.Sprint([]string{a, b, c})},
		{dialecttest.Alters, fmt.Sprint([]string{a, b, "cx by alice in r1"}), "[]", "[]"},
	}
	for _, test := range tests {
		t.Run(test.fault, func(t *testing.T) {
			p := newParty(t, test.fault)
			for _, text := range []string{"a1", "b1", "c1"} {
				p.says(t, text)
			}
			for user, want := range map[string]string{"bob": test.bob, "charlie": test.charlie, "dora": test.dora} {
				if got := fmt.Sprint(p.heardAll(t, user)); got != want {
					t.Errorf("%s: got %s, want %s", user, got, want)
				}
			}
		})
	}
}

func TestAForgedMessageNamesSomebodyElse(t *testing.T) {
	p := newParty(t, dialecttest.Forges)
	for _, text := range []string{"a1", "b1", "c1"} {
		p.says(t, text)
	}
	p.hears(t, "bob", "a1 by alice in r1")
	p.hears(t, "bob", "b1 by alice in r1")
	switch got := <-p.ears["bob"]; got {
	case "c1 by bob in r1", "c1 by charlie in r1", "c1 by dora in r1":
	default:
		t.Errorf("got %q, want c1 by somebody who did not say it", got)
	}
}

func TestARepeatedMessageComesAgainLate(t *testing.T) {
	p := newParty(t, dialecttest.Repeats)
	for _, text := range []string{"a1", "b1", "c1", "d1"} {
		p.says(t, text)
	}
	began := time.Now()
	for _, text := range []string{"a1", "b1", "c1", "d1", "c1"} {
		p.hears(t, "bob", text+" by alice in r1")
	}
	if took := time.Since(began); took < 300*time.Millisecond {
		t.Errorf("got the message again after %v, want half a second", took)
	}
}
