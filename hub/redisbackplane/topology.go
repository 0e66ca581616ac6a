package redisbackplane

import (
	"context"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// A topology knows how to find out which Redis servers there are for topics.
// There is one for each form of REDIS_URL.
type topology interface {
	// look asks what the layout is now. It takes no longer than ctx allows.
	look(ctx context.Context) (layout, error)
	commands() commands
	fmt.Stringer // the addresses that the URL names, and no password
	Close() error
}

// A layout says which Redis servers take topics, and which of them has a given
// one. It waits for nothing, and may be asked by several goroutines at once.
type layout struct {
	masters []string // addresses
	owner   func(topic string) (addr string)
}

// oneMaster is the layout in which one Redis has all topics.
func oneMaster(addr string) layout {
	return layout{[]string{addr}, func(string) string { return addr }}
}

// A single Redis is where its URL says.
type single struct{ addr string }

func parseSingle(url string) (*redis.Options, topology, error) {
	o, err := redis.ParseURL(url)
	if err != nil {
		return nil, nil, err
	}
	return working(o), single{o.Addr}, nil
}

func (s single) look(context.Context) (layout, error) { return oneMaster(s.addr), nil }
func (s single) commands() commands                   { return simple }
func (s single) String() string                       { return s.addr }
func (s single) Close() error                         { return nil }
