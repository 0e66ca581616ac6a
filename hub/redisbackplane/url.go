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

const (
	dialTimeout = 2 * time.Second
	askTimeout  = time.Second // of one sentinel or node that is asked where topics are
)

// parse makes options and a topology of a REDIS_URL in one of go-redis's forms.
// Its errors do not quote the URL, and neither go-redis's nor url.Parse's, which
// do: it may hold a password.
func parse(raw string) (*redis.Options, topology, error) {
	u, err := url.Parse(raw)
	if err != nil || u.User == nil && strings.Contains(raw, "@") {
		return nil, nil, malformed(raw, err)
	}
	query := u.Query()
	for _, host := range append(query["addr"], u.Host) {
		if !hostPort.MatchString(host) {
			return nil, nil, malformed(raw, nil)
		}
	}
	form := parseSingle
	switch {
	case query.Has("master_name"):
		form = parseSentinels
	case query.Has("addr"):
		form = parseCluster
	}
	options, topology, err := form(raw)
	if err != nil {
		return nil, nil, malformed(raw, err)
	}
	return options, topology, nil
}

// hostPort is what an address looks like. go-redis would take more for one, and we
// would name it in logs: of "redis://:s3cret:", say, where the host was forgotten.
var hostPort = regexp.MustCompile(`^([A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+(%[A-Za-z0-9._-]+)?\])(:[0-9]*)?$`)

// working sets the options of connections for scripts and messages.
func working(o *redis.Options) *redis.Options {
	o.DialTimeout = dialTimeout
	o.ReadTimeout = hub.PublishTimeout
	o.WriteTimeout = hub.PublishTimeout
	o.PoolSize = 1000 // we use two a shard; but after as many failed dials go-redis tries only once a second
	o.OnConnect = func(ctx context.Context, conn *redis.Conn) error { return loadScripts(ctx, conn) }
	return plain(o)
}

// asking sets those of connections that ask for the layout.
func asking(o *redis.Options) *redis.Options {
	o.DialTimeout = askTimeout
	o.ReadTimeout = askTimeout
	o.WriteTimeout = askTimeout
	return plain(o)
}

// plain leaves out what go-redis does unasked.
func plain(o *redis.Options) *redis.Options {
	o.Protocol = 2 // Pub/Sub needs no more
	o.DisableIdentity = true
	o.DialerRetries = 1
	o.MaxRetries = -1 // a publication that is sent twice would be there twice
	o.ContextTimeoutEnabled = true
	return o
}

func malformed(raw string, err error) error {
	return fmt.Errorf("REDIS_URL%s is malformed%s: want redis://[user:password@]host:port[/db], with special characters of the password escaped; "+
		"for sentinels ?master_name=NAME&addr=host:port, for a cluster ?addr=host:port, and one more addr for each further one", addressOf(raw), faultOf(err))
}

// faults are the beginnings of go-redis's errors, and what may be said of them.
var faults = []struct{ begins, fault string }{
	{"redis: invalid URL scheme", "the scheme"},
	{"redis: invalid URL path", "the path"},
	{"redis: invalid database number", "the database number"},
	{"redis: unable to parse addr param", "an addr without host or port"},
	{"redis: unexpected option", "an unknown option"},
	{"redis: invalid", "an option's value"},
}

// faultOf is what is wrong, in parentheses, where that is known.
func faultOf(err error) string {
	for _, f := range faults {
		if err != nil && strings.HasPrefix(err.Error(), f.begins) {
			return " (" + f.fault + ")"
		}
	}
	return ""
}

// address is a form that no secret part of a URL is mistaken for.
var address = regexp.MustCompile(`^[A-Za-z0-9.-]+(:[0-9]+)?$`)

// addressOf is " for " and the part of a malformed URL that stands where an
// address should, behind the last @ or behind the scheme, if it looks like one.
// An @ behind a question mark may belong to a password on either side of it.
func addressOf(raw string) string {
	if _, query, _ := strings.Cut(raw, "?"); strings.Contains(query, "@") {
		return ""
	}
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
