package server_test

import (
	"context"
	"strings"
	"testing"

	"secondserver/hub"
	"secondserver/server"
)

func TestTooFewFilesForItsClientsAreSaidAtTheStart(t *testing.T) {
	for _, test := range []struct {
		limit   uint64
		known   bool
		clients int // 0: the default
		takes   int
		warns   bool
	}{
		{20_499, true, 20_000, 20_000, true}, {20_500, true, 20_000, 20_000, false},
		{1 << 63, true, 50_000, 50_000, false}, {0, false, 50_000, 50_000, false},
		{1024, true, 500, 500, false}, {1024, true, 600, 600, true},
		// Where nobody says how many, it takes what there are files for.
		{1 << 63, true, 0, 20_000, false}, {0, false, 0, 20_000, false},
		{20_500, true, 0, 20_000, false}, {20_000, true, 0, 19_500, false},
		{1024, true, 0, 524, false}, {256, true, 0, 128, false}, {1, true, 0, 1, false},
	} {
		lines := logged(t)
		server.LimitFiles(t, test.limit, test.known)
		if got := server.Takes(test.clients); got != test.takes {
			t.Errorf("%+v: it takes %d clients", test, got)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		config := server.Config{Addr: "127.0.0.1:0", MaxConnections: test.clients}
		if err := server.Serve(ctx, config, hub.New("server-1", new(hub.Memory))); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(lines.String(), "open files"); got != test.warns {
			t.Errorf("%+v: a warning: %v\n%s", test, got, lines)
		}
	}
}
