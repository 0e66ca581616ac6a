package server_test

import (
	"slices"
	"strings"
	"testing"

	"secondserver/hub"
	"secondserver/server"
)

var originsConfig = server.Config{AllowedOrigins: []string{"https://chat.example.com", "http://other.example:8080"}}

// Who may connect is the same for both transports.
func TestOnlyOurOwnAndAllowedPagesConnect(t *testing.T) {
	url := startWith(t, originsConfig, new(hub.Memory))
	for _, test := range []struct {
		name, header string
		allowed      bool
	}{
		{"no browser", "", true},
		{"our own page", "\nOrigin: http://raw", true},
		{"our own page, in full", "\nOrigin: http://raw:80", true},
		{"our own page, behind a balancer with TLS", "\nOrigin: https://raw", true},
		{"an allowed one", "\nOrigin: https://chat.example.com", true},
		{"in capitals", "\nOrigin: https://CHAT.example.COM", true},
		{"with the scheme's own port", "\nOrigin: https://chat.example.com:443", true},
		{"an allowed one with a port", "\nOrigin: http://other.example:8080", true},

		{"a foreign one", "\nOrigin: https://evil.example", false},
		{"null", "\nOrigin: null", false},
		{"empty", "\nOrigin:", false},
		{"a star", "\nOrigin: *", false},
		{"no scheme", "\nOrigin: chat.example.com", false},
		{"http for https", "\nOrigin: http://chat.example.com", false},
		{"https for http", "\nOrigin: https://other.example:8080", false},
		{"another scheme", "\nOrigin: ftp://raw", false},
		{"another port", "\nOrigin: https://chat.example.com:8443", false},
		{"a port of http's for https", "\nOrigin: https://chat.example.com:80", false},
		{"without the port", "\nOrigin: http://other.example", false},
		{"our host, another port", "\nOrigin: http://raw:81", false},
		{"a subdomain", "\nOrigin: https://a.chat.example.com", false},
		{"a domain above", "\nOrigin: https://example.com", false},
		{"what begins like it", "\nOrigin: https://chat.example.com.evil.com", false},
		{"what ends like it", "\nOrigin: https://evilchat.example.com", false},
		{"it as a user", "\nOrigin: https://chat.example.com@evil.com", false},
		{"it as a path", "\nOrigin: https://evil.com/https://chat.example.com", false},
		{"with a path", "\nOrigin: https://chat.example.com/", false},
		{"our host as a user", "\nOrigin: http://raw@evil.com", false},
		{"a dot behind", "\nOrigin: https://chat.example.com.", false},
		{"two in one", "\nOrigin: https://chat.example.com https://evil.com", false},
		{"two headers, the good one first", "\nOrigin: https://chat.example.com\nOrigin: https://evil.com", false},
		{"two headers, the bad one first", "\nOrigin: https://evil.com\nOrigin: https://chat.example.com", false},
		{"two headers, our own and null", "\nOrigin: http://raw\nOrigin: null", false},
	} {
		for request, admitted := range map[string]int{"GET /ws?user=alice": 101, "POST /poll?user=alice": 201} {
			want := admitted
			if !test.allowed {
				want = 403
			}
			answer, body := dialRaw(t, url).asks(request+" HTTP/1.1\nHost: raw"+handshake+test.header, "")
			if answer.StatusCode != want || want == 403 && !strings.Contains(body, `"forbidden_origin"`) {
				t.Errorf("%s, %s: %s %s, want %d", test.name, request, answer.Status, body, want)
			}
		}
	}
	// An old client names no host; then no origin is that one.
	if answer, body := dialRaw(t, url).asks("POST /poll?user=alice HTTP/1.0\nOrigin: null", ""); answer.StatusCode != 403 {
		t.Errorf("null without a host: %s %s, want 403", answer.Status, body)
	}
}

func TestPagesOfAllowedOriginsReadAnswers(t *testing.T) {
	for _, test := range []struct {
		name, origin, request string
		config                server.Config
		status                int
		allow, vary           string
	}{
		{"an allowed page", "https://chat.example.com", "GET /rooms/general", originsConfig, 200, "https://chat.example.com", "Origin"},
		{"an allowed page's error", "https://chat.example.com", "GET /nowhere", originsConfig, 404, "https://chat.example.com", "Origin"},
		{"its question", "https://chat.example.com", "OPTIONS /poll/x", originsConfig, 204, "https://chat.example.com", "Origin"},
		{"a foreign page", "https://evil.example", "GET /rooms/general", originsConfig, 200, "", "Origin"},
		{"its question", "https://evil.example", "OPTIONS /poll/x", originsConfig, 405, "", "Origin"},
		{"null", "null", "GET /rooms/general", originsConfig, 200, "", "Origin"},
		{"our own page", "http://raw", "GET /rooms/general", originsConfig, 200, "", "Origin"},
		{"nobody is allowed", "https://chat.example.com", "GET /rooms/general", server.Config{}, 200, "", ""},
		{"nobody is allowed to ask", "https://chat.example.com", "OPTIONS /poll/x", server.Config{}, 405, "", ""},
	} {
		url := startWith(t, test.config, new(hub.Memory))
		answer, _ := dialRaw(t, url).asks(test.request+" HTTP/1.1\nHost: raw\nAccess-Control-Request-Method: DELETE\nOrigin: "+test.origin, "")
		allow, vary := answer.Header.Get("Access-Control-Allow-Origin"), answer.Header.Get("Vary")
		if answer.StatusCode != test.status || allow != test.allow || vary != test.vary {
			t.Errorf("%s: %s, allowed %q, varies by %q; want %d, %q, %q", test.name, answer.Status, allow, vary, test.status, test.allow, test.vary)
		}
		methods, headers := answer.Header.Get("Access-Control-Allow-Methods"), answer.Header.Get("Access-Control-Allow-Headers")
		if test.status == 204 && (!strings.Contains(methods, "DELETE") || !strings.Contains(headers, "Authorization")) {
			t.Errorf("%s: methods %q, headers %q", test.name, methods, headers)
		}
		if answer.Header.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%s: credentials are allowed", test.name)
		}
	}
}

func TestConfigureReadsOrigins(t *testing.T) {
	t.Setenv("SERVER_ID", "server-1")
	t.Setenv("ALLOWED_ORIGINS", "https://Chat.example.com:443, http://other.example:8080,http://[::1]:80")
	config, err := server.Configure()
	want := []string{"https://chat.example.com", "http://other.example:8080", "http://[::1]"}
	if err != nil || !slices.Equal(config.AllowedOrigins, want) {
		t.Errorf("got %q, %v, want %q", config.AllowedOrigins, err, want)
	}
	for _, bad := range []string{
		"*", "null", "chat.example.com", "https://", "https://:443", "https://a.example/", "https://a.example/x", "https://a.example?x",
		"https://a.example?", "https://a.example#x", "https://u@a.example", "ws://a.example", "https://a.example,", "https://a.example https://b.example",
		"https://*.example.com", "https://a.example#", "https://a.example:", "https://ä.example", "https://a.example:x",
	} {
		t.Setenv("ALLOWED_ORIGINS", bad)
		if config, err := server.Configure(); err == nil || !strings.Contains(err.Error(), "ALLOWED_ORIGINS") {
			t.Errorf("%s: got %q, %v, want an error", bad, config.AllowedOrigins, err)
		}
	}
}
