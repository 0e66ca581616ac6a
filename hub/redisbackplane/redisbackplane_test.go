package redisbackplane_test

import (
	"testing"

	"secondserver/hub"
	"secondserver/hub/backplanetest"
)

func TestMiniredis_KeepsEveryPromise(t *testing.T) {
	backplanetest.Run(t, func(t testing.TB) backplanetest.Rig { return startMiniredis(t).rig(t) })
}

func TestRedis_KeepsEveryPromise(t *testing.T) {
	backplanetest.Run(t, func(t testing.TB) backplanetest.Rig {
		server, _ := startRedis(t)
		return server.rig(t)
	})
}

func (r testRedis) rig(t testing.TB) backplanetest.Rig {
	return backplanetest.Rig{
		Join:   func() hub.Backplane { return r.join(t) },
		Break:  r.drop,
		Forget: r.forget,
	}
}
