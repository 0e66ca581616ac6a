package dockerengine

import (
	"context"
	"fmt"
	"strings"

	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"

	"secondserver/compose"
	"secondserver/lab/stack"
)

const nginxFile = "/etc/nginx/conf.d/default.conf"

// oneWorker starts nginx as its image does, but with one worker process: then its goodbye says that a new
// configuration has taken over.
const oneWorker = `sed -i 's/^worker_processes .*/worker_processes 1;/' /etc/nginx/nginx.conf && exec nginx -g 'daemon off;'`

type nginxPart struct {
	*part
	backends []string
	sticky   bool
	reloads  int
}

func nginxConfig(backends []string) testcontainers.ContainerFile {
	config := compose.Nginx("8080", backends...)
	return testcontainers.ContainerFile{Reader: strings.NewReader(config), ContainerFilePath: nginxFile, FileMode: 0o644}
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
	if err := n.container.CopyToContainer(ctx, []byte(config), nginxFile, 0o644); err != nil {
		return fmt.Errorf("configure nginx: %w", err)
	}
	if err := n.exec(ctx, "nginx", "-s", "reload"); err != nil {
		return err
	}
	n.reloads++
	takenOver := wait.ForLog("gracefully shutting down").WithOccurrence(n.reloads).WithStartupTimeout(stack.StartWithin)
	if err := takenOver.WaitUntilReady(ctx, n.container); err != nil {
		return stack.WithLog(fmt.Errorf("reload nginx: %w", err), n.Log())
	}
	return nil
}
