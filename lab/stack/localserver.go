package stack

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"time"
)

const anyPort = "127.0.0.1:0"

var (
	listening = regexp.MustCompile(`listening addr=(\S+)`)
	inUse     = "address already in use"
)

// A localServer is a chat server as a process.
type localServer struct {
	process
	program string
	env     []string // all it gets: nothing that a shell happens to export can change an experiment
	addr    string   // where it listens
	redis   *proxy   // its cable to Redis; nil without one
}

// Start runs the server where it was before, so that clients find it again, or on another port if somebody has taken
// that one meanwhile.
func (s *localServer) Start(ctx context.Context) error {
	err := s.listen(ctx, s.addr)
	if err != nil && s.addr != anyPort && strings.Contains(err.Error(), inUse) {
		err = s.listen(ctx, anyPort)
	}
	return err
}

func (s *localServer) listen(ctx context.Context, addr string) error {
	command := exec.Command(s.program)
	command.Env = append([]string{"ADDR=" + addr}, s.env...)
	from := s.LogEnd()
	if err := s.run(command, syscall.SIGKILL); err != nil {
		return err
	}
	said, err := s.says(ctx, from, listening)
	if err != nil {
		s.asked = true // said once is enough
		return errors.Join(err, s.Kill())
	}
	s.addr = said[1]
	return nil
}

func (s *localServer) URL() string { return "http://" + s.addr }

func (s *localServer) Backend() string { return s.addr }

var errNoRedis = fmt.Errorf("the server has no Redis, or reaches it without the lab: %w", errors.ErrUnsupported)

func (s *localServer) CutRedis(way Way) error {
	if s.redis == nil {
		return errNoRedis
	}
	s.redis.cut(way)
	return nil
}

func (s *localServer) DelayRedis(by time.Duration) error {
	if s.redis == nil {
		return errNoRedis
	}
	s.redis.fromRedis.late.set(by)
	return nil
}

func (s *localServer) HealRedis() error {
	if s.redis == nil {
		return errNoRedis
	}
	s.redis.heal()
	return nil
}

func (s *localServer) DropRedisConnections() error {
	if s.redis == nil {
		return errNoRedis
	}
	s.redis.reset()
	return nil
}

// close ends the process first: it then has nothing to say about its lost Redis.
func (s *localServer) close() error {
	err := s.process.close()
	if s.redis != nil {
		err = errors.Join(err, s.redis.Close())
	}
	return err
}
