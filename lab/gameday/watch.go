package gameday

import (
	"context"
	"fmt"
	"strings"
	"time"

	"secondserver/lab/client"
	"secondserver/lab/stack"
)

// ready asks a server whether it is ready. One that hangs is not.
func (d *day) ready(server *stack.Server) bool {
	ctx, stop := context.WithTimeout(d.Ctx, 2*time.Second)
	defer stop()
	ready, err := client.Ready(ctx, server.URL())
	return ready && err == nil
}

// A watch is where the servers' logs and counts were when it began.
type watch struct {
	server *stack.Server
	log    int
	count  float64
}

func (d *day) watch(servers []*stack.Server) (all []watch) {
	for _, server := range servers {
		all = append(all, watch{server, server.LogEnd(), d.count(server)})
	}
	return all
}

// seen claims that what the runbook says of logs and metrics could be seen there.
func (d *day) seen(watches []watch) {
	logged, counted := 0, 0
	for _, w := range watches {
		if strings.Contains(w.server.LogFrom(w.log), d.step.Log) {
			logged++
		}
		if now := d.count(w.server); now > 0 && now != w.count {
			counted++
		}
	}
	if d.step.Log != "" {
		d.claim(logged > 0, fmt.Sprintf("servers log %q", d.step.Log), "%d of %d do", logged, len(watches))
	}
	if d.step.Metric != "" {
		d.claim(counted > 0, d.step.Metric+" grows", "on %d of %d servers", counted, len(watches))
	}
}

// count is the step's metric on a server.
func (d *day) count(server *stack.Server) float64 {
	if d.step.Metric == "" {
		return 0
	}
	counts, err := client.Metrics(d.Ctx, server.URL())
	d.Must(err)
	return counts[d.step.Metric]
}
