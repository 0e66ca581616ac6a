package stack

import (
	"context"
	"net"
	"os"
)

// Direct is [Host] for measurements: servers reach Redis by themselves, not by a proxy inside the lab that takes its
// own time and puts what it has read into one write. So nobody can cut them off from it.
func Direct(progress func(string)) (Engine, error) {
	e, err := Host(progress)
	if err != nil {
		return nil, err
	}
	e.(*local).redis = newDirectRedis
	return e, nil
}

// A directRedis is a Redis at a port of its own.
type directRedis struct{ *redisServer }

// newDirectRedis tries a few ports: redis-server cannot choose a free one, and who asks the system for one may lose it
// before Redis has it.
func newDirectRedis(ctx context.Context, dir string) (localRedis, error) {
	var err error
	for range 5 {
		var port string
		if port, err = freePort(); err != nil {
			return nil, err
		}
		var r *redisServer
		if r, err = startRedisServer(ctx, dir, port); err == nil {
			return directRedis{r}, nil
		}
		if ctx.Err() != nil {
			break
		}
		os.Remove((&redisServer{dir: dir}).socket())
	}
	return nil, err
}

func (r directRedis) direct() string { return net.JoinHostPort("127.0.0.1", r.port) }

func freePort() (string, error) {
	listener, err := net.Listen("tcp", anyPort)
	if err != nil {
		return "", err
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	return port, err
}
