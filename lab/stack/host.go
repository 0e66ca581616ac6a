package stack

import (
	"errors"
	"fmt"
	"os/exec"
)

// Host is the engine for load, benchmarks and faults: the phases' programs, and redis-server and nginx from PATH.
// It says so if one of them is missing. progress, if not nil, is told what takes long ("building phase2-broken").
func Host(progress func(string)) (Engine, error) {
	var missing error
	for program, pkg := range map[string]string{"redis-server": "redis", "nginx": "nginx"} {
		if _, err := exec.LookPath(program); err != nil {
			missing = errors.Join(missing, fmt.Errorf(
				"the host engine needs %s, which is not in PATH: `sudo apt-get install %s` or `brew install %s`",
				program, program, pkg))
		}
	}
	if missing != nil {
		return nil, missing
	}
	return &local{
		name:     "host",
		programs: programs{progress: progress},
		redis:    newRedisServer,
		balancer: newNginx,
	}, nil
}
