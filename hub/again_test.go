package hub_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"secondserver/hub"
)

const hiAcked = `{"type":"ack","ref":"1","room":"general","offset":1,"epoch":""}`

// A client that does not know whether its message was taken sends it again, with
// the same ref: on the same connection, or on another one of another instance.
func TestTheSameRefAgainIsTheSameMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shared := new(hub.Memory)
		h1, h2 := hub.New("server-1", shared), hub.New("server-2", shared)
		alice, bob := connect(t, h1, "alice"), connect(t, h2, "bob")
		alice.says(joinGeneral)
		bob.says(joinGeneral)
		alice.takes()
		bob.takes()
		alice.says(hi)
		alice.wants(t, said("hi"), hiAcked)
		alice.says(hi, strings.Replace(hi, `"hi"`, `"another text"`, 1))
		alice.wants(t, hiAcked, hiAcked)
		alice.Close(errGone)
		alice = connect(t, h2, "alice")
		alice.says(joinGeneral)
		alice.takes()
		alice.says(hi)
		alice.wants(t, hiAcked)
		bob.wants(t, said("hi"))
		closeAll(alice, bob)
		nothingLeft(t, h1)
		nothingLeft(t, h2)
	})
}

func TestTheSameRefElsewhereIsAnotherMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hub.New("server-1", new(hub.Memory))
		alice, bob := connect(t, h, "alice"), connect(t, h, "bob")
		alice.says(joinGeneral, `{"type":"join","room":"other"}`)
		bob.says(joinGeneral)
		bob.takes()
		alice.says(hi, strings.Replace(hi, "general", "other", 1), strings.Replace(toBob, `"2"`, `"1"`, 1))
		bob.says(hi)
		second := strings.NewReplacer("alice", "bob", `"offset":1`, `"offset":2`)
		bob.wants(t, said("hi"), bobHears, second.Replace(said("hi")), second.Replace(hiAcked))
		alice.takes()
		alice.says(strings.Replace(hi, "general", "other", 1), strings.Replace(toBob, `"2"`, `"1"`, 1))
		alice.wants(t, strings.Replace(hiAcked, "general", "other", 1), strings.Replace(bobHasIt, `"2"`, `"1"`, 1))
		bob.wants(t)
		closeAll(alice, bob)
		nothingLeft(t, h)
	})
}

func TestARefIsKeptForFiveMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hub.New("server-1", new(hub.Memory))
		alice := connect(t, h, "alice")
		alice.says(joinGeneral, hi)
		alice.takes()
		pass(5*time.Minute - time.Second)
		alice.says(hi)
		alice.wants(t, hiAcked)
		pass(time.Second)
		alice.says(hi)
		second := strings.NewReplacer(`"offset":1`, `"offset":2`)
		alice.wants(t, second.Replace(said("hi")), second.Replace(hiAcked))
		alice.says(hi)
		alice.wants(t, second.Replace(hiAcked))
		alice.Close(errGone)
		nothingLeft(t, h)
	})
}
