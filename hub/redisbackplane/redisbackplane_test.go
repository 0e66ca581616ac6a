package redisbackplane_test

import (
	"testing"

	"secondserver/hub"
	"secondserver/hub/backplanetest"
	"secondserver/hub/redisbackplane"
)

func TestMiniredis_KeepsEveryPromise(t *testing.T) {
	t.Parallel()
	backplanetest.Run(t, func(t testing.TB) backplanetest.Rig { return startMiniredis(t).rig(t) })
}

func TestRedis_KeepsEveryPromise(t *testing.T) {
	t.Parallel()
	backplanetest.Run(t, func(t testing.TB) backplanetest.Rig {
		r, _ := startRedis(t)
		return r.rig(t)
	})
}

func (r testRedis) rig(t testing.TB) backplanetest.Rig {
	return backplanetest.Rig{
		Join:   func() hub.Backplane { return r.join(t) },
		Break:  r.drop,
		Forget: r.forget,
		Die:    func(b hub.Backplane) { b.(*redisbackplane.Backplane).Die() },
	}
}
