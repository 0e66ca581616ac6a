package dockerengine

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/moby/moby/client"

	"secondserver/lab/stack"
)

// A break-in: what whoever has taken over a part's process can do. Servers have no shell to try it with, which is a
// fence too; of them Docker tells what they were given.
func TestWhoBreaksInCanDoNothing(t *testing.T) {
	e, err := New(t.Context())
	if errors.Is(err, ErrNoDocker) && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	opened, err := e.Open(t.Context(), stack.Phases[2])
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	redis, err := opened.Redis(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	server, err := opened.Server(t.Context(), "server-1", nil)
	if err != nil {
		t.Fatal(err)
	}
	nginx, err := opened.Balancer(t.Context(), []string{server.Backend()})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []*part{redis.(*redisPart).part, server.(*serverPart).part, nginx.(*nginxPart).part} {
		t.Run(p.name, func(t *testing.T) { fenced(t, p) })
	}
	for _, p := range []*part{redis.(*redisPart).part, nginx.(*nginxPart).part} {
		t.Run(p.name+", from inside", func(t *testing.T) { breakIn(t, p) })
	}
	if err := server.(*serverPart).exec(t.Context(), "sh"); err == nil {
		t.Error("a server's container has a shell")
	}
}

func fenced(t *testing.T, p *part) {
	inspected, err := p.site.engine.docker.ContainerInspect(t.Context(), p.container.GetContainerID(), client.ContainerInspectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	c := inspected.Container
	if user := c.Config.User; user == "" || user == "root" || strings.HasPrefix(user, "0") {
		t.Errorf("runs as %q, want one who is not root", user)
	}
	if host := c.HostConfig; !host.ReadonlyRootfs || strings.Join(host.CapDrop, "") != "ALL" || len(host.SecurityOpt) != 1 {
		t.Errorf("read-only: %v, dropped: %v, options: %v", host.ReadonlyRootfs, host.CapDrop, host.SecurityOpt)
	}
}

func breakIn(t *testing.T, p *part) {
	status := inside(t, p, "cat /proc/1/status")
	for _, want := range []string{"CapEff:\t0000000000000000", "CapBnd:\t0000000000000000", "NoNewPrivs:\t1"} {
		if !strings.Contains(status, want) {
			t.Errorf("process 1 has not %q:\n%s", want, status)
		}
	}
	if strings.Contains(status, "Uid:\t0\t") {
		t.Error("process 1 is root's")
	}
	for _, folder := range []string{"/", "/etc", "/usr/bin"} {
		if said := inside(t, p, "touch "+folder+"/x 2>&1"); !strings.Contains(said, "ead-only file system") {
			t.Errorf("touch %s/x: %q, want it refused", folder, said)
		}
	}
}

// inside runs a command as whoever the container runs as.
func inside(t *testing.T, p *part, command string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), callWithin)
	defer cancel()
	_, output, err := p.container.Exec(ctx, []string{"sh", "-c", command})
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(output)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
