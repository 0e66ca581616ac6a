package server_test

import (
	"cmp"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"secondserver/hub"
	"secondserver/server"
)

func TestConfigure(t *testing.T) {
	for _, test := range []struct {
		name, value string
		want        hub.Retention
		problem     string // a part of it; "" for none
	}{
		{"HISTORY_MESSAGES", "5", hub.Retention{Messages: 5}, ""},
		{"HISTORY_FOR", "90s", hub.Retention{For: 90 * time.Second}, ""},
		{"HISTORY_MESSAGES", "0", hub.Retention{}, `HISTORY_MESSAGES "0": use a number from 1 to 1000000`},
		{"HISTORY_MESSAGES", "-1", hub.Retention{}, "HISTORY_MESSAGES"},
		{"HISTORY_MESSAGES", "1000001", hub.Retention{}, "HISTORY_MESSAGES"},
		{"HISTORY_MESSAGES", "many", hub.Retention{}, "HISTORY_MESSAGES"},
		{"HISTORY_FOR", "1", hub.Retention{}, `HISTORY_FOR "1": use a duration`},
		{"HISTORY_FOR", "-1h", hub.Retention{}, "HISTORY_FOR"},
		{"HISTORY_FOR", "0s", hub.Retention{}, "HISTORY_FOR"},
		{"API_TOKEN", apiToken, hub.Retention{}, ""},
		{"API_TOKEN", "two words", hub.Retention{}, "API_TOKEN"},
		{"API_TOKEN", "line\n", hub.Retention{}, "API_TOKEN"},
		{"MAX_CONNECTIONS", "1", hub.Retention{}, ""},
		{"MAX_CONNECTIONS", "1000000", hub.Retention{}, ""},
		{"MAX_CONNECTIONS", "0", hub.Retention{}, `MAX_CONNECTIONS "0": use a number of clients, 1 to 1000000`},
		{"MAX_CONNECTIONS", "-1", hub.Retention{}, "MAX_CONNECTIONS"},
		{"MAX_CONNECTIONS", "1000001", hub.Retention{}, "MAX_CONNECTIONS"},
		{"MAX_CONNECTIONS", "1e3", hub.Retention{}, "MAX_CONNECTIONS"},
		{"AUTH_SECRET", authSecret, hub.Retention{}, ""},
		{"AUTH_SECRET", authSecret[1:], hub.Retention{}, "AUTH_SECRET has 31 bytes"},
		{"SERVER_ID", "@server", hub.Retention{}, "SERVER_ID"},
	} {
		t.Run(test.name+" "+test.value, func(t *testing.T) {
			for _, name := range []string{"ADDR", "SERVER_ID", "REDIS_URL", "REDIS_ENDPOINT", "API_TOKEN", "AUTH_SECRET", "ALLOWED_ORIGINS", "MAX_CONNECTIONS", "HISTORY_MESSAGES", "HISTORY_FOR"} {
				t.Setenv(name, "")
			}
			t.Setenv("SERVER_ID", "server-1")
			t.Setenv(test.name, test.value)
			config, err := server.Configure()
			if test.problem != "" {
				if err == nil || !strings.Contains(err.Error(), test.problem) {
					t.Errorf("got %v, want an error with %q", err, test.problem)
				}
				if err != nil && strings.HasPrefix(test.name, "A") && strings.Contains(err.Error(), test.value) {
					t.Errorf("the error tells the secret: %v", err)
				}
				return
			}
			if err != nil || config.Retention != test.want {
				t.Errorf("got %+v, %v, want %+v", config.Retention, err, test.want)
			}
			if want := cmp.Or(os.Getenv("MAX_CONNECTIONS"), "0"); strconv.Itoa(config.MaxConnections) != want {
				t.Errorf("it takes %d clients, want %s", config.MaxConnections, want)
			}
			if config.AuthSecret != os.Getenv("AUTH_SECRET") {
				t.Errorf("the secret is %q", config.AuthSecret)
			}
			if test.name == "API_TOKEN" && config.APIToken != test.value {
				t.Errorf("the token is %q, want %q", config.APIToken, test.value)
			}
		})
	}
}

func TestConfigureTheRateLimit(t *testing.T) {
	t.Setenv("SERVER_ID", "server-1")
	for value, want := range map[string]int{"": 100, "0": 0, "1000000": 1_000_000, "-1": -1, "1000001": -1, "10/s": -1} {
		t.Setenv("RATE_LIMIT", value)
		config, err := server.Configure()
		switch {
		case want < 0 && (err == nil || !strings.Contains(err.Error(), "RATE_LIMIT "+strconv.Quote(value)+": use a number")):
			t.Errorf("RATE_LIMIT=%s: %v, want an error that says so", value, err)
		case want >= 0 && (err != nil || config.RateLimit != want):
			t.Errorf("RATE_LIMIT=%s: %d, %v, want %d", value, config.RateLimit, err, want)
		}
	}
}
