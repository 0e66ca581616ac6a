package experiment

import (
	"testing"
	"time"

	"secondserver/lab/rig"
	"secondserver/lab/stack"
)

func TestWhatServersLogWithoutRedisIsCounted(t *testing.T) {
	engine := stack.Embedded(nil)
	defer engine.Close()
	err := rig.Run(t.Context(), rig.Options{Engine: engine}, func(b *rig.Rig) {
		s := b.Start(withRedis, 2)
		if n := errorsLogged(s); n != 0 {
			t.Errorf("before: got %d errors logged, want none\n%s%s", n, s.Servers[0].Log(), s.Servers[1].Log())
		}
		b.Must(s.Redis.Kill())
		b.Until(10*time.Second, "each server logs an error", func() bool { return errorsLogged(s) >= len(s.Servers) })
	})
	if err != nil {
		t.Error(err)
	}
}
