package server

import (
	"cmp"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
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

	APIToken  string        // API_TOKEN: what backend services must know; "": there are none
	Retention hub.Retention // HISTORY_MESSAGES and HISTORY_FOR; zeros: the hub's defaults
}

const usage = `Usage: %s [healthcheck]

One chat server. It is configured by environment variables:

  ADDR            address to listen on (default ":8080"; port 0: any free one)
  SERVER_ID       this instance's name (default: the host name)
  REDIS_URL       phase 3: redis://[user:password@]host:port[/db] (default "redis://127.0.0.1:6379"),
                  for sentinels with ?master_name=NAME&addr=host:port, for a cluster with ?addr=host:port
  REDIS_ENDPOINT  phase 3: host or host:port, where REDIS_URL is not set
  REDIS_WAIT      phase 3: replicas that must have a message before it is acknowledged (default 0)
  API_TOKEN       what backend services must know to post (default: they cannot)
  HISTORY_MESSAGES
                  how many of a room's messages are kept (default 1000)
  HISTORY_FOR     for how long after the room was last used (default 1h)

With "healthcheck" it asks the server on ADDR whether it is ready: exit 0 or 1.
SIGTERM or Ctrl-C drains it: clients are told to come back, exit 0 within 10 s.
`

// Command carries out a program's arguments: healthcheck or help.
func Command(args []string) error {
	switch args[0] {
	case "healthcheck":
		return healthcheck(os.Getenv("ADDR"))
	case "help", "-h", "-help", "--help":
		fmt.Printf(usage, os.Args[0])
		return nil
	}
	return fmt.Errorf("unknown argument %q: try --help", args[0])
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
	if c.Retention, err = retention(os.Getenv("HISTORY_MESSAGES"), os.Getenv("HISTORY_FOR")); err != nil {
		return c, err
	}
	wait := cmp.Or(os.Getenv("REDIS_WAIT"), "0")
	replicas, err := strconv.ParseUint(wait, 10, 8)
	if err != nil {
		return c, fmt.Errorf("REDIS_WAIT %q: want a number of replicas, 0 to 255", wait)
	}
	c.RedisWait = int(replicas)
	log.SetPrefix("[" + c.ServerID + "] ")
	return c, nil
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

// healthcheck is for containers without a shell.
func healthcheck(addr string) error {
	host, port, err := net.SplitHostPort(cmp.Or(addr, ":8080"))
	if err != nil {
		return fmt.Errorf("ADDR %q: %w", addr, err)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	client := http.Client{Timeout: 2 * time.Second}
	response, err := client.Get("http://" + net.JoinHostPort(host, port) + "/readyz")
	if err != nil {
		return err
	}
	response.Body.Close() // read-only: nothing to lose
	if response.StatusCode != http.StatusOK {
		return errors.New("not ready: " + response.Status)
	}
	return nil
}
