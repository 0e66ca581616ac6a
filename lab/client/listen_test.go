package client_test

import (
	"fmt"
	"slices"
	"testing"

	"secondserver/lab/client"
)

func TestAListenerIsHandedAllThatComesInOrder(t *testing.T) {
	heard := make(chan string, 10)
	alice := dial(t, serve(t, func(p *peer) {
		p.says(nil, `{"type":"message","to":"alice","from":"bob","text":"early","server_id":"server-2"}`)
		p.joins()
		p.says(nil, message("general", 8))
		p.says(nil, message("random", 1)) // which alice has not joined
		p.says(nil, `{"type":"message","to":"bob","from":"charlie","text":"not hers","server_id":"server-2"}`)
		p.says(nil, `{"type":"joined","room":"general","offset":3,"epoch":"e2","recovered":false}`)
		p.says(nil, message("general", 4))
		p.untilGone()
	}))
	alice.Listen(func(room string, m client.Message, gap *client.Gap) {
		if gap != nil {
			heard <- fmt.Sprintf("%s: gap after %s-%d", room, gap.From.Epoch, gap.From.Offset)
			return
		}
		heard <- fmt.Sprintf("%s: %s", room, m.Text)
	})
	if _, err := alice.Join(within(t), "general"); err != nil {
		t.Fatal(err)
	}
	var got []string
	for range 6 {
		select {
		case text := <-heard:
			got = append(got, text)
		case <-within(t).Done():
			t.Fatalf("got %q, and then nothing", got)
		}
	}
	want := []string{"@direct: early", "general: m8", "random: m1", "@direct: not hers", "general: gap after e2-3", "general: m4"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
