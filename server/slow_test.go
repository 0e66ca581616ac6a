package server_test

import (
	"net"
	"strings"
	"testing"

	"secondserver/hub"
)

// What a peer does not read waits in the kernel first, where nobody sees it. This
// takes the 5 s that a write may take.
func TestAKernelHidesNoSlowReader(t *testing.T) {
	t.Parallel()
	plane := new(hub.Memory)
	url := start(t, plane)
	carol := member(t, url, "carol")
	bob := member(t, url, "bob")
	if err := bob.Conn.(*net.TCPConn).SetReadBuffer(4 << 10); err != nil {
		t.Fatal(err)
	}
	payload := []byte(`{"from":"alice","text":"` + strings.Repeat("x", 4096) + `"}`)
	for range 200 { // 0.8 MB: less than the hub's own limit
		plane.Publish(hub.Publication{To: hub.Room("general"), Payload: payload}, func(hub.Position, error) {})
	}
	for {
		_, frame, err := carol.frame() // fails after 10 s
		if err != nil {
			t.Fatalf("bob, who reads nothing, is still there: %v", err)
		}
		if strings.Contains(frame, `"event":"leave","user":"bob"`) {
			return
		}
	}
}
