package hub_test

import (
	"testing"

	"go.uber.org/goleak"
)

// In a bubble synctest sees what is left; outside of one, goleak does.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
