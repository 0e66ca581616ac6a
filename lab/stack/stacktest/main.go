package stacktest

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"secondserver/lab/stack"
)

// Main is for the TestMain of a package whose tests share engines, so that each program is built once: it runs the
// tests, closes the engines, and returns the exit code, which is not 0 either where something was left behind. missing
// is why there is an engine less than the tests know of: in CI that is a failure, elsewhere they skip what needs it.
func Main(m *testing.M, missing error, engines ...stack.Engine) (code int) {
	complain := func(err error) {
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	if missing != nil && os.Getenv("CI") != "" {
		complain(missing)
	} else {
		code = m.Run()
	}
	for _, e := range engines {
		complain(e.Close())
	}
	if code == 0 {
		complain(goleak.Find())
	}
	return code
}
