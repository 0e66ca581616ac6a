package server

import (
	"cmp"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"secondserver/hub"
)

// Config is what an instance is told by its environment. The names are the same
// on a laptop, in compose and in tests.
type Config struct {
	Addr     string // ADDR: where to listen; port 0 is any free one
	ServerID string // SERVER_ID: the instance's name, by the rules of a user's
	RedisURL string // REDIS_URL, or REDIS_ENDPOINT as host or host:port; phase 3 only
}

const usage = `Usage: %s [healthcheck]

One chat server. It is configured by environment variables:

  ADDR            address to listen on (default ":8080"; port 0: any free one)
  SERVER_ID       this instance's name (default: the host name)
  REDIS_URL       phase 3: redis://[user:password@]host:port[/db] (default "redis://127.0.0.1:6379")
  REDIS_ENDPOINT  phase 3: host or host:port, where REDIS_URL is not set

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
	log.SetPrefix("[" + c.ServerID + "] ")
	return c, nil
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
