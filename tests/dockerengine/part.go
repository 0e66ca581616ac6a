package dockerengine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/moby/moby/api/types/container"
	dockernet "github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"

	"secondserver/lab/stack"
)

const (
	serverPort = "8080/tcp" // of the servers and of nginx
	redisPort  = "6379/tcp"
)

// A part is a container. Its name is what it is called in errors.
type part struct {
	name      string
	site      *site
	container *testcontainers.DockerContainer
	port      string // the one that is published
	addr      string // where on 127.0.0.1; another one after each start
}

// run creates and starts a container and waits as options say. The site removes it, also when run fails.
func (s *site) run(ctx context.Context, name, image, port string, options ...testcontainers.ContainerCustomizer) (*part, error) {
	s.engine.making.RLock()
	defer s.engine.making.RUnlock()
	ctx, cancel := context.WithTimeout(ctx, callWithin)
	defer cancel()
	c, err := testcontainers.Run(ctx, image, append(options,
		testcontainers.WithLabels(s.labels()),
		testcontainers.WithExposedPorts(port),
		testcontainers.WithHostConfigModifier(func(host *container.HostConfig) {
			loopback := dockernet.PortBinding{HostIP: netip.MustParseAddr("127.0.0.1")}
			host.PortBindings = dockernet.PortMap{dockernet.MustParsePort(port): {loopback}}
			fence(host)
		}))...)
	p := &part{name: name, site: s, container: c, port: port}
	if err == nil {
		err = p.locate(ctx)
	}
	if err != nil {
		return nil, stack.WithLog(fmt.Errorf("%s: %w", name, err), p.Log())
	}
	return p, nil
}

// fence takes from a container what compose/phase3.yml takes: it runs as it does there.
// (Its user is in the servers' image, or an option: asUser.)
func fence(host *container.HostConfig) {
	host.ReadonlyRootfs = true
	host.CapDrop = []string{"ALL"}
	host.SecurityOpt = []string{"no-new-privileges:true"}
}

func asUser(name string) testcontainers.CustomizeRequestOption {
	return testcontainers.WithConfigModifier(func(config *container.Config) { config.User = name })
}

func waitForLog(line string) testcontainers.CustomizeRequestOption {
	return testcontainers.WithWaitStrategy(
		wait.ForLog(line).WithStartupTimeout(stack.StartWithin).WithPollInterval(20 * time.Millisecond))
}

// locate finds out where Docker has published the port.
func (p *part) locate(ctx context.Context) error {
	port, err := p.container.MappedPort(ctx, p.port)
	if err != nil {
		return err
	}
	p.addr = net.JoinHostPort("127.0.0.1", port.Port())
	return nil
}

func (p *part) Start(ctx context.Context) error {
	return p.do(ctx, "start", func(ctx context.Context, docker *client.Client, id string) error {
		if _, err := docker.ContainerStart(ctx, id, client.ContainerStartOptions{}); err != nil {
			return err
		}
		return p.locate(ctx)
	})
}

func (p *part) Kill() error {
	return p.do(context.Background(), "kill", func(ctx context.Context, docker *client.Client, id string) error {
		if _, err := docker.ContainerKill(ctx, id, client.ContainerKillOptions{Signal: "KILL"}); err != nil {
			return err
		}
		gone := docker.ContainerWait(ctx, id, client.ContainerWaitOptions{Condition: container.WaitConditionNotRunning})
		select {
		case <-gone.Result:
			return nil
		case err := <-gone.Error:
			return err
		}
	})
}

func (p *part) Stop(ctx context.Context) error {
	return p.do(ctx, "stop", func(ctx context.Context, docker *client.Client, id string) error {
		seconds := int(stack.StopWithin.Seconds())
		options := client.ContainerStopOptions{Signal: "TERM", Timeout: &seconds}
		if _, err := docker.ContainerStop(ctx, id, options); err != nil {
			return err
		}
		state, err := p.container.State(ctx)
		if err == nil && state.ExitCode != 0 {
			err = fmt.Errorf("exit code %d (137: it had to be killed after %v)", state.ExitCode, stack.StopWithin)
		}
		return err
	})
}

func (p *part) Freeze() error {
	return p.do(context.Background(), "freeze", func(ctx context.Context, docker *client.Client, id string) error {
		_, err := docker.ContainerPause(ctx, id, client.ContainerPauseOptions{})
		return err
	})
}

func (p *part) Thaw() error {
	return p.do(context.Background(), "thaw", func(ctx context.Context, docker *client.Client, id string) error {
		_, err := docker.ContainerUnpause(ctx, id, client.ContainerUnpauseOptions{})
		return err
	})
}

func (p *part) Log() string {
	if p.container == nil {
		return "(no container)"
	}
	ctx, cancel := context.WithTimeout(context.Background(), callWithin)
	defer cancel()
	logs, err := p.container.Logs(ctx)
	if err != nil {
		return fmt.Sprintf("(no log: %v)", err)
	}
	defer logs.Close()
	text, err := io.ReadAll(logs)
	if err != nil {
		return fmt.Sprintf("%s\n(no more log: %v)", text, err)
	}
	return string(text)
}

// exec runs a program inside the container.
func (p *part) exec(ctx context.Context, command ...string) error {
	return p.do(ctx, strings.Join(command, " "), func(ctx context.Context, _ *client.Client, _ string) error {
		code, output, err := p.container.Exec(ctx, command)
		if err == nil && code != 0 {
			said, _ := io.ReadAll(output) // what there is, is better than nothing
			err = fmt.Errorf("exit code %d: %s", code, said)
		}
		return err
	})
}

// do gives each call to Docker a limit, and its error a name.
func (p *part) do(ctx context.Context, what string, call func(context.Context, *client.Client, string) error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, callWithin, fmt.Errorf("not done within %v", callWithin))
	defer cancel()
	if err := call(ctx, p.site.engine.docker.Client, p.container.GetContainerID()); err != nil {
		return stack.WithLog(fmt.Errorf("%s %s: %w", what, p.name, errors.Join(err, context.Cause(ctx))), p.Log())
	}
	return nil
}
