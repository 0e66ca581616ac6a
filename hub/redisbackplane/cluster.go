package redisbackplane

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"
)

// A cluster spreads topics over its masters: each has some of the 16,384 slots,
// and a topic's name says which slot is its.
//
// go-redis's cluster client keeps the map of the slots, and does nothing else
// here. It would follow a redirection and try again where a call failed, which
// may publish twice, or out of order; and it sends what goes to several masters
// as one pipeline, which is as slow as the slowest of them.
type cluster struct {
	addrs  []string
	client *redis.ClusterClient
}

func parseCluster(url string) (*redis.Options, topology, error) {
	o, err := redis.ParseClusterURL(url)
	if err != nil {
		return nil, nil, err
	}
	o.NewClient = func(node *redis.Options) *redis.Client { return redis.NewClient(asking(node)) }
	return working(&redis.Options{
		Username:  o.Username,
		Password:  o.Password,
		TLSConfig: o.TLSConfig,
	}), cluster{o.Addrs, redis.NewClusterClient(o)}, nil
}

// look reads the map from any node that answers. Where none does, it is as before.
func (c cluster) look(ctx context.Context) (layout, error) {
	var mu sync.Mutex // guards masters
	var masters []string
	err := c.client.ForEachMaster(ctx, func(_ context.Context, master *redis.Client) error {
		mu.Lock()
		defer mu.Unlock()
		masters = append(masters, master.Options().Addr)
		return nil
	})
	if err == nil && len(masters) == 0 {
		err = errors.New("none of the cluster's nodes has slots")
	}
	return layout{masters, c.owner}, err
}

func (c cluster) owner(topic string) (addr string) {
	master, err := c.client.MasterForKey(context.Background(), topic)
	if err != nil {
		return ""
	}
	return master.Options().Addr
}

func (c cluster) commands() commands { return sharded }
func (c cluster) String() string     { return strings.Join(c.addrs, ", ") }
func (c cluster) Close() error       { return c.client.Close() }
