package redisbackplane

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"secondserver/hub"
)

const dialTimeout = 2 * time.Second

// parse makes options of a REDIS_URL in go-redis's form. Its errors do not quote
// the URL, and neither url.Parse's, which do: it may hold a password.
func parse(url string) (*redis.Options, error) {
	options, err := redis.ParseURL(url)
	if err != nil {
		return nil, fmt.Errorf("REDIS_URL for %q: want redis://[user:password@]host:port[/db]", withoutPassword(url))
	}
	options.Protocol = 2 // Pub/Sub needs no more
	options.DisableIdentity = true
	options.DialTimeout = dialTimeout
	options.DialerRetries = 1
	options.MaxRetries = -1 // a publication that is sent twice would be there twice
	options.ReadTimeout = hub.PublishTimeout
	options.WriteTimeout = hub.PublishTimeout
	options.ContextTimeoutEnabled = true
	options.OnConnect = func(ctx context.Context, conn *redis.Conn) error { return loadScripts(ctx, conn) }
	return options, nil
}

// withoutPassword is the part of a malformed URL that can be shown: what stands
// behind the last @, or behind the scheme.
func withoutPassword(url string) string {
	if i := strings.LastIndex(url, "@"); i >= 0 {
		return url[i+1:]
	}
	if _, rest, ok := strings.Cut(url, "://"); ok {
		return rest
	}
	return url
}
