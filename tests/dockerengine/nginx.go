package dockerengine

import (
	"context"
	"fmt"

	"github.com/testcontainers/testcontainers-go/wait"

	"secondserver/compose"
	"secondserver/lab/stack"
)

// beginNginx starts nginx as its image does, but with one worker process: then its goodbye says that a new
// configuration has taken over. Nothing can be written but in /run, so all of its configuration is there.
const beginNginx = `sed -e 's/^worker_processes .*/worker_processes 1;/' \
    -e 's|include .*mime.types;|include /etc/nginx/mime.types;|' -e 's|include .*conf.d/.*;|include /run/balancer.conf;|' \
    /etc/nginx/nginx.conf >/run/nginx.conf
printf %s "$1" >/run/balancer.conf
exec nginx -c /run/nginx.conf -g 'daemon off;'`

type nginxPart struct {
	*part
	backends []string
	sticky   bool
	reloads  int
}

func (n *nginxPart) URL() string { return "http://" + n.addr }

func (n *nginxPart) Use(ctx context.Context, backends []string) error {
	n.backends = backends
	return n.reload(ctx)
}

func (n *nginxPart) Stick(ctx context.Context, on bool) error {
	n.sticky = on
	return n.reload(ctx)
}

func (n *nginxPart) reload(ctx context.Context) error {
	config := compose.Nginx("8080", n.backends...)
	if n.sticky {
		config = compose.Sticky(config)
	}
	const replace = `printf %s "$1" >/run/balancer.conf && nginx -c /run/nginx.conf -s reload`
	if err := n.exec(ctx, "sh", "-c", replace, "sh", config); err != nil {
		return err
	}
	n.reloads++
	takenOver := wait.ForLog("gracefully shutting down").WithOccurrence(n.reloads).WithStartupTimeout(stack.StartWithin)
	if err := takenOver.WaitUntilReady(ctx, n.container); err != nil {
		return stack.WithLog(fmt.Errorf("reload nginx: %w", err), n.Log())
	}
	return nil
}
