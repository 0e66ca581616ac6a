package server_test

import (
	"testing"
	"testing/synctest"

	"secondserver/hub"
	"secondserver/server"
)

func TestBothTransportsAreLimited(t *testing.T) {
	url := startWith(t, server.Config{RateLimit: 1}, new(hub.Memory)) // two at once
	alice := connectRaw(t, url, "user=alice&room=general")            // the first one
	for range 2 {
		alice.hears()
	}
	alice.says(`{"type":"message","room":"general","text":"hi"}`)
	alice.says(`{"type":"message","room":"general","text":"hi"}`)
	alice.hears()
	alice.wants(`{"type":"error","room":"general","code":"rate_limited","message":"…"}`)

	synctest.Test(t, func(t *testing.T) {
		listener, stop := listenWith(t, server.Config{RateLimit: 1}, new(hub.Memory))
		bob := pollingMember(t, listener, "bob")
		bob.says(`{"type":"message","room":"general","text":"hi"}`)
		bob.says(`{"type":"message","room":"general","text":"hi"}`)
		synctest.Wait()
		bob.hears(`"offset":1,"from":"bob"`, `"code":"rate_limited"`)
		bob.deletes()
		stop()
	})
}
