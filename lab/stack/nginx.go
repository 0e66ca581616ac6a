package stack

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"syscall"

	"secondserver/compose"
)

// An nginx is the balancer that the compose files use, with the same configuration, as a process of this user.
type nginx struct {
	process
	dir      string
	addr     string
	backends []string
	sticky   bool
}

// One worker: then its goodbye says that a new configuration has taken over.
var (
	workerStarted = regexp.MustCompile(`start worker process \d+`)
	workerLeaving = regexp.MustCompile(`gracefully shutting down|\[emerg\].*`)
)

func newNginx(ctx context.Context, dir string, backends []string) (localBalancer, error) {
	// nginx cannot choose a free port. So the lab does, and hands the open socket over the way one nginx does to the
	// next when it is upgraded in place: nobody can take the port in between.
	listener, err := net.Listen("tcp", anyPort)
	if err != nil {
		return nil, err
	}
	defer listener.Close()
	socket, err := listener.(*net.TCPListener).File()
	if err != nil {
		return nil, err
	}
	defer socket.Close()

	n := &nginx{process: process{name: "nginx"}, dir: dir, addr: listener.Addr().String(), backends: backends}
	if err := n.configure(); err != nil {
		return nil, err
	}
	command := exec.Command("nginx", "-p", dir, "-c", n.file(), "-e", "stderr")
	command.ExtraFiles = []*os.File{socket} // becomes 3
	command.Env = append(os.Environ(), "NGINX=3;")
	// SIGTERM: killed, the master could not take its worker along.
	if err := n.run(command, syscall.SIGTERM); err != nil {
		return nil, err
	}
	// Handing a socket over makes it a blocking one, for both sides. Two workers that wake for the same connection, as
	// during a reload, would then hang in accept.
	if err := setNonblock(socket); err != nil {
		return nil, errors.Join(err, n.Kill())
	}
	if _, err := n.says(ctx, 0, workerStarted); err != nil {
		return nil, errors.Join(err, n.Kill())
	}
	return n, nil
}

func (n *nginx) file() string { return filepath.Join(n.dir, "nginx.conf") }

// configure writes the configuration: that of compose, in the block around it that the container image brings. A
// WebSocket takes two of the files that a process may open, hence the limit.
func (n *nginx) configure() error {
	servers := compose.Nginx(n.addr, n.backends...)
	if n.sticky {
		servers = compose.Sticky(servers)
	}
	user := ""
	if os.Geteuid() == 0 {
		user = "user root;\n" // the worker has to get into the folder
	}
	config := fmt.Sprintf(`daemon off;
%[1]spid %[2]s/nginx.pid;
error_log stderr notice;
worker_processes 1;
worker_rlimit_nofile 20000;
events { worker_connections 16384; }
http {
client_body_temp_path %[2]s/client_body;
proxy_temp_path %[2]s/proxy;
fastcgi_temp_path %[2]s/fastcgi;
uwsgi_temp_path %[2]s/uwsgi;
scgi_temp_path %[2]s/scgi;
%[3]s
}
`, user, n.dir, servers)
	return os.WriteFile(n.file(), []byte(config), 0o600)
}

func (n *nginx) URL() string { return "http://" + n.addr }

func (n *nginx) Use(ctx context.Context, backends []string) error {
	n.backends = backends
	return n.reload(ctx)
}

func (n *nginx) Stick(ctx context.Context, on bool) error {
	n.sticky = on
	return n.reload(ctx)
}

// reload has a new worker take over; the old one stays for the connections it has.
func (n *nginx) reload(ctx context.Context) error {
	if err := n.configure(); err != nil {
		return err
	}
	from := n.LogEnd()
	if err := n.signal("reload", syscall.SIGHUP); err != nil {
		return err
	}
	said, err := n.says(ctx, from, workerLeaving)
	if err == nil && said[0] != "gracefully shutting down" {
		err = WithLog(fmt.Errorf("reload nginx: %s", said[0]), n.Log())
	}
	return err
}
