package compose

import (
	_ "embed" // for stickyConf
	"regexp"
	"strings"
	"text/template"
)

//go:embed sticky.conf
var stickyConf string

var (
	stickyTemplate = template.Must(template.New("sticky.conf").Parse(stickyConf))
	serverLine     = regexp.MustCompile(`(?m)^    (server (\S+) .*);$`)
)

// Sticky takes a configuration from [Nginx] and keeps each client on one server, by a cookie. The backends have to be
// IP addresses as nginx writes them, each given once: an address is all that nginx knows of where an answer comes from,
// and a backend that has a name would not be found again by it.
//
// A hash of the cookie (`hash $cookie_server consistent`) would be shorter, and could do with names. But where a client
// begins would be chance, and not whose turn it is, and with each server that comes or goes some clients would move
// that had no reason to.
func Sticky(conf string) string {
	type server struct{ Line, Addr string }
	var servers []server // those of the first upstream: the others have the same ones
	for _, match := range serverLine.FindAllStringSubmatch(serverLines.FindString(conf), -1) {
		servers = append(servers, server{Line: match[1], Addr: match[2]})
	}
	var sticky strings.Builder
	if err := stickyTemplate.Execute(&sticky, servers); err != nil {
		panic(err) // a mistake in sticky.conf: a Builder takes everything
	}
	conf = strings.ReplaceAll(conf, "proxy_pass http://servers;", "proxy_pass http://$sticky_servers;")
	// "always": with every status, and so with 101 too, by which a WebSocket begins.
	setCookie := "    add_header Set-Cookie $sticky_cookie always;"
	return sticky.String() + listenLine.ReplaceAllStringFunc(conf, func(listen string) string {
		return listen + "\n" + setCookie
	})
}
