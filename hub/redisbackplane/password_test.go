package redisbackplane_test

import (
	"strings"
	"testing"

	"secondserver/hub"
	"secondserver/hub/redisbackplane"
)

// Sentinels and their master have passwords of their own; the nodes of a cluster
// share one. Each gets its own, and the wrong one is not quoted.
func TestEverybodyGetsTheirOwnPassword(t *testing.T) {
	t.Parallel()
	const watcher, chat = "watcher:s3cret", "chat:an0ther"
	allow := func(user string, servers ...*server) {
		name, password, _ := strings.Cut(user, ":")
		for _, s := range servers {
			s.do(t, "ACL", "SETUSER", name, "on", ">"+password, "~*", "&*", "+@all")
		}
	}
	sentinels, cluster := startSentinels(t), startCluster(t)
	allow(watcher, sentinels.sentinels...)
	allow(chat, sentinels.servers...)
	allow(chat, cluster.servers...)
	as := func(d deployment, user string) string { return strings.Replace(d.url, "://", "://"+user+"@", 1) }
	for _, test := range []struct {
		name, url string
		fine      bool
	}{
		{"sentinels", as(sentinels, watcher) + "&username=chat&password=an0ther", true},
		{"sentinels, the other way round", as(sentinels, chat) + "&username=watcher&password=s3cret", false},
		{"sentinels, only theirs", as(sentinels, watcher) + "&username=chat&password=s3cret", false},
		{"cluster", as(cluster, chat), true},
		{"cluster, a wrong one", as(cluster, watcher), false},
	} {
		b, err := redisbackplane.Open(t.Context(), redisbackplane.Config{URL: test.url})
		switch {
		case !test.fine && (err == nil || strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "an0ther")):
			t.Errorf("%s: %v, want an error without a password", test.name, err)
		case test.fine && err != nil:
			t.Errorf("%s: %v", test.name, err)
		case test.fine:
			record(t, b, "general").until(t, insist(t, b, hub.Room("general"), test.name))
		}
		if b != nil {
			b.Close()
		}
	}
}
