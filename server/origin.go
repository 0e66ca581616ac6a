package server

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// mayConnect tells whether a request is from a page of this server, from one of
// an allowed origin, or from no page at all. A browser sends the page's origin
// along, and lets any page connect to any server: it is the server that must look.
//
// With this server's own origin the scheme is not compared: a balancer may speak
// https for it.
//
// It keeps out no page whose owner has its own name point at this server once the
// page has been loaded (DNS rebinding): to a browser that is the page's own server.
// Tokens do, or a balancer that answers to its names alone.
func (s *Server) mayConnect(r *http.Request) bool {
	if len(r.Header["Origin"]) == 0 {
		return true
	}
	origin := pageOrigin(r)
	scheme, _, _ := strings.Cut(origin, "://")
	own, err := parseOrigin(scheme + "://" + r.Host)
	return err == nil && origin == own || slices.Contains(s.origins, origin)
}

// pageOrigin is the origin of the page that a request is from, as parseOrigin
// writes it: "" where there is none, or one that no browser sends.
func pageOrigin(r *http.Request) string {
	given := r.Header["Origin"]
	if len(given) != 1 {
		return ""
	}
	origin, err := parseOrigin(given[0])
	if err != nil {
		return ""
	}
	return origin
}

// parseOrigin returns an origin in the one form that is compared: in lower case,
// with a port only where it is not the scheme's own. "null" is none: every page
// without an origin of its own says so, one in an attacker's sandbox too.
func parseOrigin(s string) (origin string, err error) {
	const allowed = "abcdefghijklmnopqrstuvwxyz0123456789-._:[]" // browsers write other letters in these
	lower := strings.ToLower(s)
	scheme, host, _ := strings.Cut(lower, "://")
	u, err := url.Parse(lower)
	if err != nil || scheme != "http" && scheme != "https" || u.Hostname() == "" || strings.Trim(host, allowed) != "" || strings.HasSuffix(host, ":") {
		return "", fmt.Errorf("%q is no origin: want scheme://host or scheme://host:port, such as https://chat.example.com", s)
	}
	return scheme + "://" + strings.TrimSuffix(host, map[string]string{"http": ":80", "https": ":443"}[scheme]), nil
}

// parseOrigins reads ALLOWED_ORIGINS. There is no "*": it would let every page
// that a user opens speak in his network to a server that he alone can reach.
func parseOrigins(list string) (origins []string, err error) {
	if list == "" {
		return nil, nil
	}
	for s := range strings.SplitSeq(list, ",") {
		origin, err := parseOrigin(strings.TrimSpace(s))
		if err != nil {
			return nil, fmt.Errorf("ALLOWED_ORIGINS: %w; \"*\" and \"null\" are not allowed", err)
		}
		origins = append(origins, origin)
	}
	return origins, nil
}
