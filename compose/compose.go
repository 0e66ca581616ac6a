// Package compose hands out the configuration of the balancer that the compose files mount, so that a balancer that is
// started in another way (as a process, as a container of a test) behaves no differently. Use [Nginx]; [Sticky] is for
// experiments, and in no compose file.
package compose

import (
	_ "embed" // for NginxConf
	"regexp"
	"strings"
)

// NginxConf is nginx.conf: it listens on port 8080 and knows server-1:8080 and server-2:8080. It belongs inside an
// http block.
//
//go:embed nginx.conf
var NginxConf string

var (
	listenLine  = regexp.MustCompile(`(?m)^    listen .*$`)
	serverLines = regexp.MustCompile(`(?m)(^    server \S+ (.*)\n)+`)
)

// Nginx is [NginxConf] for other addresses: listen as nginx's directive of that name takes it ("8080",
// "127.0.0.1:8080"), backends as host:port. nginx refuses to start without a backend.
func Nginx(listen string, backends ...string) string {
	conf := listenLine.ReplaceAllLiteralString(NginxConf, "    listen "+listen+";")

	// In each upstream, each backend with the parameters that the file gives to its servers.
	return serverLines.ReplaceAllStringFunc(conf, func(lines string) string {
		parameters := serverLines.FindStringSubmatch(lines)[2]
		var servers strings.Builder
		for _, backend := range backends {
			servers.WriteString("    server " + backend + " " + parameters + "\n")
		}
		return servers.String()
	})
}
