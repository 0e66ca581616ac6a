package stack

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// redisWithin bounds one command of the lab to Redis.
const redisWithin = 5 * time.Second

// redisUp is what redis-server says, in all versions, when its data is loaded.
var redisUp = regexp.MustCompile(`Ready to accept connections|now ready to accept connections`)

// A redisServer is redis-server from PATH. It listens on a socket in the stack's folder only, so that there is no port
// that somebody else could have; servers and people reach it by the lab's proxies. (In a stack without them it has a
// port as well: see direct.go.)
type redisServer struct {
	process
	dir   string
	port  string // on 127.0.0.1; "0" is none
	open  gate   // never shut: a frozen redis-server is a stopped process
	front *proxy // the lab's own way to it
}

func newRedisServer(ctx context.Context, dir string) (localRedis, error) {
	return startRedisServer(ctx, dir, "0")
}

func startRedisServer(ctx context.Context, dir, port string) (*redisServer, error) {
	r := &redisServer{process: process{name: "redis"}, dir: dir, port: port}
	front, err := r.cable()
	if err != nil {
		return nil, err
	}
	r.front = front
	if err := r.Start(ctx); err != nil {
		front.Close()
		return nil, err
	}
	return r, nil
}

func (r *redisServer) Start(ctx context.Context) error {
	command := exec.Command("redis-server",
		"--port", r.port, "--bind", "127.0.0.1", "--unixsocket", r.socket(), "--dir", r.dir,
		"--appendonly", "yes", "--save", "") // what was acknowledged survives Stop, and a Kill too
	from := r.LogEnd()
	if err := r.run(command, syscall.SIGKILL); err != nil {
		return err
	}
	if _, err := r.says(ctx, from, redisUp); err != nil {
		return errors.Join(err, r.Kill())
	}
	return nil
}

func (r *redisServer) socket() string { return filepath.Join(r.dir, "redis.sock") }

func (r *redisServer) cable() (*proxy, error) { return newProxy(r.dial, &r.open) }

func (r *redisServer) dial(ctx context.Context) (net.Conn, error) {
	var dialer net.Dialer
	return dialer.DialContext(ctx, "unix", r.socket())
}

func (r *redisServer) Addr() string { return r.front.addr() }

func (r *redisServer) Flush(ctx context.Context) error {
	if r.running() != nil {
		return r.do(ctx, "FLUSHALL")
	}
	var errs []error
	for _, name := range []string{"appendonlydir", "appendonly.aof", "dump.rdb"} { // since Redis 7, before, and a snapshot
		errs = append(errs, os.RemoveAll(filepath.Join(r.dir, name)))
	}
	return errors.Join(errs...)
}

func (r *redisServer) KillPubSub(ctx context.Context) error {
	return r.do(ctx, "CLIENT KILL TYPE pubsub")
}

// do gives Redis one command, in the form for people who come by telnet.
func (r *redisServer) do(ctx context.Context, command string) error {
	ctx, cancel := context.WithTimeout(ctx, redisWithin)
	defer cancel()
	conn, err := r.dial(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", command, err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	if _, err := fmt.Fprintf(conn, "%s\r\n", command); err != nil {
		return fmt.Errorf("%s: %w", command, err)
	}
	answer, err := bufio.NewReader(conn).ReadString('\n')
	if err == nil && strings.HasPrefix(answer, "-") {
		err = fmt.Errorf("redis: %s", strings.TrimSpace(answer[1:]))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", command, err)
	}
	return nil
}

func (r *redisServer) close() error {
	err := r.process.close()
	r.front.Close()
	return err
}
