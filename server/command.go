package server

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"secondserver/hub"
)

const usage = `Usage: %s [healthcheck | token USER [DURATION]]

One chat server. It is configured by environment variables:

  ADDR            address to listen on (default ":8080"; port 0: any free one)
  SERVER_ID       this instance's name (default: the host name)
  REDIS_URL       phase 3: redis://[user:password@]host:port[/db]
                  (default "redis://127.0.0.1:6379"), for sentinels with
                  ?master_name=NAME&addr=host:port, for a cluster with
                  ?addr=host:port
  REDIS_ENDPOINT  phase 3: host or host:port, where REDIS_URL is not set
  REDIS_WAIT      phase 3: replicas that must have a message before it is
                  acknowledged (default 0)
  AUTH_SECRET     what users' tokens are signed with, at least 32 bytes
                  (default: users need no token)
  MAX_CONNECTIONS
                  how many clients it takes at a time (default 20000,
                  or as many as its limit of open files allows)
  RATE_LIMIT      frames a second of one connection, and twice as many at once
                  (default 100; 0: no limit)
  ALLOWED_ORIGINS
                  whose pages may connect beside this server's own, such as
                  https://a.example,https://b.example (default: nobody's)
  API_TOKEN       what backend services must know to post (default: they cannot)
  HISTORY_MESSAGES
                  how many of a room's messages are kept (default 1000)
  HISTORY_FOR     for how long after the room was last used (default 1h)

With "healthcheck" it asks the server on ADDR whether it is ready: exit 0 or 1.
With "token alice 30m" it prints a token that AUTH_SECRET signs (default 1h).
SIGTERM or Ctrl-C drains it: clients are told to come back, exit 0 within 10 s.
`

// Command carries out a program's arguments: healthcheck, token or help.
func Command(args []string) error {
	switch args[0] {
	case "healthcheck":
		return healthcheck(os.Getenv("ADDR"))
	case "token":
		return token(args[1:])
	case "help", "-h", "-help", "--help":
		fmt.Printf(usage, os.Args[0])
		return nil
	}
	return fmt.Errorf("unknown argument %q: try --help", args[0])
}

// token prints a user's token, for who has no login of their own to sign one.
func token(args []string) error {
	if len(args) < 1 || len(args) > 2 {
		return errors.New("token: want USER, and perhaps a DURATION, such as: token alice 30m")
	}
	if !hub.ValidName(args[0]) {
		return fmt.Errorf("token: USER %q%s", args[0], nameRule)
	}
	duration := time.Hour
	if len(args) == 2 {
		var err error
		if duration, err = time.ParseDuration(args[1]); err != nil || duration < time.Second {
			return fmt.Errorf("token: DURATION %q: use at least 1s, such as 90s, 30m or 1h", args[1])
		}
	}
	key, err := secret()
	if err != nil {
		return err
	}
	if key == "" {
		return errors.New("token: AUTH_SECRET is not set: give it the value that the servers have")
	}
	signed, err := newTokens(key).sign(args[0], time.Now().Add(duration))
	if err != nil {
		return fmt.Errorf("token: %w", err)
	}
	fmt.Println(signed)
	return nil
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
