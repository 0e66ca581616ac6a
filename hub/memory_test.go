package hub_test

import (
	"testing"

	"secondserver/hub"
	"secondserver/hub/backplanetest"
)

// In one process there is one Memory to share, and it keeps every promise.
func TestMemory_KeepsEveryPromiseWithinOneProcess(t *testing.T) {
	backplanetest.Run(t, func(testing.TB) backplanetest.Rig {
		shared := hub.NewMemory()
		return backplanetest.Rig{Join: func() hub.Backplane { return shared }}
	})
}
