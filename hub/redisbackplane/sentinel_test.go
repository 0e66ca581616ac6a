package redisbackplane_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"secondserver/hub"
	"secondserver/hub/backplanetest"
	"secondserver/hub/redisbackplane"
)

// startSentinels runs a master, a replica, and three sentinels that watch them in
// a hurry: a dead master is replaced within a second or two.
func startSentinels(t testing.TB) deployment {
	t.Helper()
	first := startServer(t, replicating...)
	servers := []*server{first, startReplica(t, first)}
	var sentinels []*server
	var addrs []string
	for range 3 {
		config := filepath.Join(t.TempDir(), "sentinel.conf")
		text := fmt.Sprintf("sentinel monitor mymaster 127.0.0.1 %s 2\nsentinel down-after-milliseconds mymaster 500\n", port(first.addr))
		if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s := startServer(t, config, "--sentinel")
		s.do(t, "SENTINEL", "DEBUG", "PING-PERIOD", "300", "ASK-PERIOD", "100", "PUBLISH-PERIOD", "100")
		sentinels, addrs = append(sentinels, s), append(addrs, s.addr)
	}
	for _, s := range sentinels {
		eventually(t, "three sentinels that know each other and the replica", func() bool {
			state := s.client.Do(t.Context(), "SENTINEL", "MASTER", "mymaster").String()
			return strings.Contains(state, "num-slaves 1") && strings.Contains(state, "num-other-sentinels 2")
		})
	}
	for _, s := range sentinels { // or they would undo each other's failovers
		s.do(t, "SENTINEL", "DEBUG", "PUBLISH-PERIOD", "2000")
	}
	d := deployment{
		testRedis: testRedis{url: "redis://" + addrs[0] + "?master_name=mymaster&addr=" + addrs[1] + "&addr=" + addrs[2]},
		servers:   servers,
		sentinels: sentinels,
		master: func(string) *server {
			at, _ := sentinels[0].do(t, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", "mymaster").([]any)
			for _, s := range servers {
				if len(at) == 2 && at[1] == port(s.addr) {
					return s
				}
			}
			t.Fatalf("the sentinel says that the master is at %v", at)
			return nil
		},
	}
	d.drop = func() {
		for _, s := range servers {
			s.drop(t)
		}
	}
	d.forget = func() {
		d.master("").do(t, "FLUSHALL")
		d.drop()
	}
	return d
}

func TestSentinels_KeepEveryPromise(t *testing.T) {
	t.Parallel()
	d := startSentinels(t)
	backplanetest.Run(t, func(t testing.TB) backplanetest.Rig {
		d.forget()
		return d.rig(t)
	})
}

// A master that was demoted goes on answering, as a replica. Nobody may take it
// for the master for long.
func TestADemotedMasterIsLeft(t *testing.T) {
	t.Parallel()
	d := startSentinels(t)
	b := d.join(t)
	tape := record(t, b, "general")
	first := d.master("")
	if got := first.subscriptions(t, "NUMSUB", "room:general"); got != 1 {
		t.Fatalf("%d subscriptions at the master, want 1", got)
	}
	d.sentinels[2].signal(t, syscall.SIGSTOP) // and is not waited for
	d.sentinels[0].do(t, "SENTINEL", "FAILOVER", "mymaster")
	eventually(t, "subscribed to the new master", func() bool {
		now := d.master("")
		return now != first && now.subscriptions(t, "NUMSUB", "room:general") == 1
	})
	eventually(t, "unsubscribed from the old one", func() bool {
		return first.subscriptions(t, "NUMSUB", "room:general") == 0
	})
	said := insist(t, b, hub.Room("general"), "after")
	tape.until(t, said)
	waitReady(t, b, true)
}

func TestASentinelThatKnowsNoSuchMasterSaysSo(t *testing.T) {
	t.Parallel()
	d := startSentinels(t)
	_, err := redisbackplane.Open(t.Context(), redisbackplane.Config{URL: strings.ReplaceAll(d.url, "mymaster", "another")})
	if err == nil || !strings.Contains(err.Error(), `knows no master "another"`) {
		t.Errorf("Open: %v, want an error that names the master", err)
	}
}
