package server

import (
	"cmp"
	"errors"
	"fmt"
	"log"
	"os"
	"strconv"
	"strings"
	"time"

	"secondserver/hub"
)

// Config is what an instance is told by its environment. The names are the same
// on a laptop, in compose and in tests.
type Config struct {
	Addr      string // ADDR: where to listen; port 0 is any free one
	ServerID  string // SERVER_ID: the instance's name, by the rules of a user's
	RedisURL  string // REDIS_URL, or REDIS_ENDPOINT as host or host:port; phase 3 only
	RedisWait int    // REDIS_WAIT: replicas that must have a message before its ack; phase 3 only

	MaxConnections int // MAX_CONNECTIONS: clients at a time, by either transport, and not connections; 0: 20,000, or what open files allow

	AllowedOrigins []string // ALLOWED_ORIGINS: whose pages may connect, beside our own; as Configure writes them

	AuthSecret string // AUTH_SECRET: what users' tokens are signed with; "": users need none

	RateLimit int           // RATE_LIMIT: frames a second of one connection; 0: no limit
	APIToken  string        // API_TOKEN: what backend services must know; "": there are none
	Retention hub.Retention // HISTORY_MESSAGES and HISTORY_FOR; zeros: the hub's defaults
}

// Configure reads the environment. From here on every log line begins with the
// instance's name, such as "[server-1] ".
func Configure() (Config, error) {
	c := Config{
		Addr:     cmp.Or(os.Getenv("ADDR"), ":8080"),
		ServerID: os.Getenv("SERVER_ID"),
		RedisURL: os.Getenv("REDIS_URL"),
	}
	if c.ServerID == "" {
		name, err := os.Hostname()
		if err != nil {
			return c, fmt.Errorf("SERVER_ID is not set, and there is no host name: %w", err)
		}
		c.ServerID = name
	}
	if !hub.ValidName(c.ServerID) {
		return c, fmt.Errorf("SERVER_ID %q: use 1 to 64 of A-Z a-z 0-9 _ . -", c.ServerID)
	}
	if endpoint := os.Getenv("REDIS_ENDPOINT"); c.RedisURL == "" && endpoint != "" {
		c.RedisURL = "redis://" + endpoint
	}
	c.RedisURL = cmp.Or(c.RedisURL, "redis://127.0.0.1:6379")
	if c.APIToken = os.Getenv("API_TOKEN"); !validToken(c.APIToken) {
		return c, errors.New("API_TOKEN: use letters, digits and - . _ ~ + / =, as it travels in a header")
	}
	var err error
	if c.MaxConnections, err = connections(os.Getenv("MAX_CONNECTIONS")); err != nil {
		return c, err
	}
	if c.AuthSecret, err = secret(); err != nil {
		return c, err
	}
	if c.AllowedOrigins, err = parseOrigins(os.Getenv("ALLOWED_ORIGINS")); err != nil {
		return c, err
	}
	if c.Retention, err = retention(os.Getenv("HISTORY_MESSAGES"), os.Getenv("HISTORY_FOR")); err != nil {
		return c, err
	}
	wait := cmp.Or(os.Getenv("REDIS_WAIT"), "0")
	replicas, err := strconv.ParseUint(wait, 10, 8)
	if err != nil {
		return c, fmt.Errorf("REDIS_WAIT %q: want a number of replicas, 0 to 255", wait)
	}
	c.RedisWait = int(replicas)
	if c.RateLimit, err = rateLimit(cmp.Or(os.Getenv("RATE_LIMIT"), "100")); err != nil {
		return c, err
	}
	log.SetPrefix("[" + c.ServerID + "] ")
	return c, nil
}

// connections reads how many clients an instance takes; "" is 0.
func connections(most string) (n int, err error) {
	const limit = 1_000_000
	if most == "" {
		return 0, nil
	}
	n, err = strconv.Atoi(most)
	if err != nil || n < 1 || n > limit {
		return 0, fmt.Errorf("MAX_CONNECTIONS %q: use a number of clients, 1 to %d", most, limit)
	}
	return n, nil
}

// secret reads AUTH_SECRET. A short one is found by trying: whoever has a token can
// try as many as he likes, and need not ask us.
func secret() (string, error) {
	secret := os.Getenv("AUTH_SECRET")
	if secret != "" && len(secret) < minSecret {
		return "", fmt.Errorf("AUTH_SECRET has %d bytes: use at least %d random ones, such as openssl rand -hex 32 makes", len(secret), minSecret)
	}
	return secret, nil
}

// validToken tells whether a client can send it: RFC 6750, section 2.1.
func validToken(s string) bool {
	const allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/="
	return strings.Trim(s, allowed) == ""
}

// retention reads how much is kept of each room.
func retention(messages, duration string) (r hub.Retention, err error) {
	const most = 1_000_000
	if messages != "" {
		if r.Messages, err = strconv.Atoi(messages); err != nil || r.Messages < 1 || r.Messages > most {
			return r, fmt.Errorf("HISTORY_MESSAGES %q: use a number from 1 to %d", messages, most)
		}
	}
	if duration != "" {
		if r.For, err = time.ParseDuration(duration); err != nil || r.For < time.Second {
			return r, fmt.Errorf("HISTORY_FOR %q: use a duration of at least 1s, such as 90s, 30m or 1h", duration)
		}
	}
	return r, nil
}

// rateLimit reads how many frames a second one connection may send.
func rateLimit(s string) (int, error) {
	const most = 1_000_000
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > most {
		return 0, fmt.Errorf("RATE_LIMIT %q: use a number of frames a second from 0 (no limit) to %d", s, most)
	}
	return n, nil
}
