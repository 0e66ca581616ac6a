package compose_test

import (
	"regexp"
	"strings"
	"testing"

	"secondserver/compose"
)

// Rendered for the addresses of the compose files, the configuration is the file itself: so what Nginx replaces is all
// that is particular to them.
func TestNginxForTheAddressesOfComposeIsTheFile(t *testing.T) {
	if got := compose.Nginx("8080", "server-1:8080", "server-2:8080"); got != compose.NginxConf {
		t.Errorf("got:\n%s\nwant nginx.conf as it is", got)
	}
}

func TestNginxForOtherAddresses(t *testing.T) {
	conf := compose.Nginx("127.0.0.1:9000", "127.0.0.1:1", "127.0.0.1:2", "[::1]:3")
	got := regexp.MustCompile(`(?m)^ *(listen|server) [^{\n]*$`).FindAllString(conf, -1)
	want := []string{
		"    server 127.0.0.1:1 max_fails=1 fail_timeout=1s;",
		"    server 127.0.0.1:2 max_fails=1 fail_timeout=1s;",
		"    server [::1]:3 max_fails=1 fail_timeout=1s;",
		"    server 127.0.0.1:1 max_fails=0;",
		"    server 127.0.0.1:2 max_fails=0;",
		"    server [::1]:3 max_fails=0;",
		"    listen 127.0.0.1:9000;",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
