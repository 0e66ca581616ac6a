package stack

import (
	"net"
	"strings"
	"testing"
)

// nowhere takes what is written to it.
type nowhere struct{ net.Conn }

func (nowhere) Write(p []byte) (int, error) { return len(p), nil }

func TestMessagesAreCountedHoweverTheyAreSplit(t *testing.T) {
	const mark = `{"from":"`
	text := mark + `alice","text":"{\"from\":\"bob\"}"}` + mark + mark[:5] + mark + `x"}` + mark
	want := Flow{Bytes: int64(len(text)), Messages: 4}
	for size := 1; size <= len(text); size++ {
		var m meter
		to := &metered{Conn: nowhere{}, meter: &m}
		for rest := text; rest != ""; rest = rest[min(size, len(rest)):] {
			to.Write(nil) // a read may bring nothing but the end
			to.Write([]byte(rest[:min(size, len(rest))]))
		}
		if got := m.flow(); got != want {
			t.Errorf("%d bytes at a time: got %+v, want %+v", size, got, want)
		}
	}
}

// seen is what a meter says to the one who gets what it has counted.
type seen struct {
	nowhere
	meter *meter
	flow  Flow
}

func (s *seen) Write(p []byte) (int, error) {
	s.flow = s.meter.flow()
	return len(p), nil
}

func TestWhoGetsAMessageFindsItCounted(t *testing.T) {
	var m meter
	redis := &seen{meter: &m}
	(&metered{Conn: redis, meter: &m}).Write([]byte(`{"from":"alice"}`))
	if want := (Flow{Bytes: 16, Messages: 1}); redis.flow != want {
		t.Errorf("got %+v, want %+v", redis.flow, want)
	}
}

func TestEveryConnectionIsReadByItself(t *testing.T) {
	var m meter
	for _, half := range []string{`{"from`, `":"alice"}`} {
		(&metered{Conn: nowhere{}, meter: &m}).Write([]byte(half))
	}
	if got := m.flow(); got.Messages != 0 {
		t.Errorf("got %+v, want no message: its halves are of two connections", got)
	}
}

func TestAProxyCountsWhatPassesAlsoOfConnectionsThatAreNoMore(t *testing.T) {
	p, server, redis := cabled(t)
	send(t, server, `PUBLISH room {"from":"alice"}`)
	hears(t, redis, `PUBLISH room {"from":"alice"}`)
	send(t, redis, `OK`)
	hears(t, server, `OK`)
	p.reset()
	sent, received := Flow{Bytes: 29, Messages: 1}, Flow{Bytes: 2}
	if got := p.toRedis.passed.flow(); got != sent {
		t.Errorf("got %+v sent, want %+v", got, sent)
	}
	if got := p.fromRedis.passed.flow(); got != received {
		t.Errorf("got %+v received, want %+v", got, received)
	}
}

func TestWhatACutCableHoldsBackIsNotCountedYet(t *testing.T) {
	p, server, redis := cabled(t)
	p.cut(BothWays)
	send(t, server, "PING")
	hearsNothing(t, redis)
	if got := p.toRedis.passed.flow(); got.Bytes != 0 {
		t.Errorf("got %+v, want nothing", got)
	}
	p.heal()
	hears(t, redis, "PING")
	if got := p.toRedis.passed.flow(); got.Bytes != 4 {
		t.Errorf("got %+v, want 4 bytes", got)
	}
}

func BenchmarkMeter(b *testing.B) {
	message := `{"from":"alice","text":"` + strings.Repeat("x", 100) + `"}` + "\r\n"
	for name, p := range map[string]string{"one message": message, "32 KB": strings.Repeat(message, 256)} {
		b.Run(name, func(b *testing.B) {
			var m meter
			to := &metered{Conn: nowhere{}, meter: &m}
			b.SetBytes(int64(len(p)))
			bytes := []byte(p)
			for b.Loop() {
				to.Write(bytes)
			}
		})
	}
}
