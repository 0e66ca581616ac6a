package redisbackplane

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/redis/go-redis/v9"
)

// Sentinels watch a master and its replicas, and put a replica in its place when
// it fails. They are asked where it is again and again: to wait until the old
// master fails would not do, as one that was demoted, or cut off from the others,
// goes on answering.
type sentinels struct {
	master  string // what the sentinels call it
	addrs   []string
	clients []*redis.SentinelClient
}

func parseSentinels(url string) (*redis.Options, topology, error) {
	o, err := redis.ParseFailoverURL(url)
	if err != nil {
		return nil, nil, err
	}
	s := sentinels{master: o.MasterName, addrs: o.SentinelAddrs}
	for _, addr := range o.SentinelAddrs {
		s.clients = append(s.clients, redis.NewSentinelClient(asking(&redis.Options{
			Addr:      addr,
			Username:  o.SentinelUsername,
			Password:  o.SentinelPassword,
			TLSConfig: o.TLSConfig,
		})))
	}
	return working(&redis.Options{
		Username:  o.Username, // the master's; those before the @ are the sentinels'
		Password:  o.Password,
		DB:        o.DB,
		TLSConfig: o.TLSConfig,
	}), s, nil
}

// look takes what more than half of the sentinels say, or else what most of those
// do that answer: one that was cut off has not heard of the failover. The others
// are not waited for; ctx ends them.
func (s sentinels) look(ctx context.Context) (layout, error) {
	type answer struct {
		addr string
		err  error
	}
	answers := make(chan answer, len(s.clients))
	for i := range s.clients {
		go func() {
			addr, err := s.ask(ctx, i)
			answers <- answer{addr, err}
		}()
	}
	votes := make(map[string]int)
	var most string
	var failure error
	for range s.clients {
		a := <-answers
		if a.err != nil {
			failure = a.err
			continue
		}
		votes[a.addr]++
		if votes[a.addr] > votes[most] {
			most = a.addr
		}
		if votes[most] > len(s.clients)/2 {
			break
		}
	}
	if most == "" {
		return layout{}, failure
	}
	return oneMaster(most), nil
}

func (s sentinels) ask(ctx context.Context, i int) (addr string, err error) {
	parts, err := s.clients[i].GetMasterAddrByName(ctx, s.master).Result()
	switch {
	case errors.Is(err, redis.Nil):
		return "", fmt.Errorf("the sentinel at %s knows no master %q", s.addrs[i], s.master)
	case err != nil:
		return "", fmt.Errorf("ask the sentinel at %s: %w", s.addrs[i], err)
	case len(parts) != 2:
		return "", fmt.Errorf("ask the sentinel at %s: %d parts of an address", s.addrs[i], len(parts))
	}
	return net.JoinHostPort(parts[0], parts[1]), nil
}

func (s sentinels) commands() commands { return simple }

func (s sentinels) String() string {
	return fmt.Sprintf("%s, by the sentinels at %s", s.master, strings.Join(s.addrs, ", "))
}

func (s sentinels) Close() error {
	var errs []error
	for _, client := range s.clients {
		errs = append(errs, client.Close())
	}
	return errors.Join(errs...)
}
