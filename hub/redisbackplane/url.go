package redisbackplane

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"secondserver/hub"
)

const dialTimeout = 2 * time.Second

// parse makes options of a REDIS_URL in go-redis's form. Its errors do not quote
// the URL, and neither url.Parse's, which do: it may hold a password.
func parse(raw string) (*redis.Options, error) {
	options, err := redis.ParseURL(raw)
	u, _ := url.Parse(raw) // what is wrong with it, ParseURL has found too
	if err != nil || u.User == nil && strings.Contains(raw, "@") {
		return nil, fmt.Errorf("REDIS_URL%s is malformed: want redis://[user:password@]host:port[/db], with special characters of the password escaped", addressOf(raw))
	}
	options.Protocol = 2 // Pub/Sub needs no more
	options.DisableIdentity = true
	options.DialTimeout = dialTimeout
	options.DialerRetries = 1
	options.PoolSize = 1000 // we use two; but after as many failed dials go-redis tries only once a second
	options.MaxRetries = -1 // a publication that is sent twice would be there twice
	options.ReadTimeout = hub.PublishTimeout
	options.WriteTimeout = hub.PublishTimeout
	options.ContextTimeoutEnabled = true
	options.OnConnect = func(ctx context.Context, conn *redis.Conn) error { return loadScripts(ctx, conn) }
	return options, nil
}

// address is a form that no secret part of a URL is mistaken for.
var address = regexp.MustCompile(`^[A-Za-z0-9.-]+(:[0-9]+)?$`)

// addressOf is " for " and the part of a malformed URL that stands where an
// address should, behind the last @ or behind the scheme, if it looks like one.
func addressOf(raw string) string {
	host := raw
	if i := strings.LastIndex(raw, "@"); i >= 0 {
		host = raw[i+1:]
	} else if _, rest, ok := strings.Cut(raw, "://"); ok {
		host = rest
	}
	if i := strings.IndexAny(host, "/?#"); i >= 0 {
		host = host[:i]
	}
	if !address.MatchString(host) {
		return ""
	}
	return fmt.Sprintf(" for %q", host)
}
