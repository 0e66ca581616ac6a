package server_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"secondserver/hub"
)

func TestThePage(t *testing.T) {
	url := start(t, new(hub.Memory))
	tests := []struct {
		name, method, path string
		status             int
		kind, body         string // the type, and the beginning of the body
	}{
		{"the page", "GET", "/", 200, "text/html; charset=utf-8", "<!doctype html>"},
		{"the page, with a query", "GET", "/?x=y", 200, "text/html; charset=utf-8", "<!doctype html>"},
		{"the page, head only", "HEAD", "/", 200, "text/html; charset=utf-8", ""},
		{"a script", "GET", "/web/main.js", 200, "text/javascript; charset=utf-8", "import"},
		{"the style", "GET", "/web/style.css", 200, "text/css; charset=utf-8", "/*"},
		{"the icon", "GET", "/web/icon.svg", 200, "image/svg+xml", "<svg"},
		{"no such file", "GET", "/web/nothing.js", 404, "application/json", `{"error":{"code":"not_found"`},
		{"the folder", "GET", "/web/", 404, "application/json", `{"error":{"code":"not_found"`},
		{"a file of the package that is no part of the page", "GET", "/web/web.go", 404, "application/json", `{"error":{"code":"not_found"`},
		{"the page posted to", "POST", "/", 405, "application/json", `{"error":{"code":"method_not_allowed"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			answer, body := fetch(t, test.method, url+test.path, "")
			if answer.StatusCode != test.status || answer.Header.Get("Content-Type") != test.kind || !strings.HasPrefix(body, test.body) || (body == "") != (test.body == "") {
				t.Errorf("got %s %s %.60q, want %d %s %q…", answer.Status, answer.Header.Get("Content-Type"), body, test.status, test.kind, test.body)
			}
		})
	}
}

func TestThePageIsConfined(t *testing.T) {
	url := start(t, new(hub.Memory))
	for _, path := range []string{"/", "/web/main.js", "/web/icon.svg"} {
		answer, _ := fetch(t, "GET", url+path, "")
		policy := answer.Header.Get("Content-Security-Policy")
		for _, want := range []string{
			"default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "base-uri 'none'",
			"form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'",
		} {
			if !strings.Contains(policy+";", want+";") {
				t.Errorf("%s: policy %q, want %q in it", path, policy, want)
			}
		}
		if strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") {
			t.Errorf("%s: policy %q, want nothing unsafe, and no stars", path, policy)
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer", "X-Server-ID": "server-1",
		} {
			if got := answer.Header.Get(name); got != want {
				t.Errorf("%s: %s %q, want %q", path, name, got, want)
			}
		}
	}
}

// A browser asks each time, and what has not changed is not sent again: neither by
// this server nor by another one with the same files.
func TestThePageIsSentOnce(t *testing.T) {
	one, two := start(t, new(hub.Memory)), start(t, new(hub.Memory))
	answer, _ := fetch(t, "GET", one+"/web/main.js", "")
	tag := answer.Header.Get("ETag")
	if got := answer.Header.Get("Cache-Control"); tag == "" || got != "no-cache" {
		t.Errorf("ETag %q, Cache-Control %q, want a tag and no-cache", tag, got)
	}
	for path, want := range map[string]int{"/web/main.js": 304, "/web/style.css": 200} {
		if answer, _ := fetch(t, "GET", two+path, tag); answer.StatusCode != want {
			t.Errorf("%s with the tag of main.js: %s, want %d", path, answer.Status, want)
		}
	}
}

func fetch(t *testing.T, method, url, tag string) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if tag != "" {
		request.Header.Set("If-None-Match", tag)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(body)
}
