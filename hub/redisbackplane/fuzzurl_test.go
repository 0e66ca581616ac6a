package redisbackplane

import (
	"strings"
	"testing"
)

// A REDIS_URL with a password that was not escaped is malformed, or it means
// something else than was meant. Neither its error nor the address that is logged
// tells the password. The secret part is s3cret; all around it is anything.
func FuzzURL(f *testing.F) {
	for _, around := range [][4]string{
		{"redis://", "user", "", "@127.0.0.1:6379"}, {"rediss://", "", "", "@host:1/0"}, {"redis://", "user", "%zz", "@host:1"},
		{"redis://", "user", "#", "@host:1"}, {"redis://", "user", "?", "@host:1"}, {"redis://", "user", "/", "@host:1"},
		{"redis://", "user", "@", "@host:1"}, {"redis://", "user", "\n", "@host:1/x"}, {"http://", "", "", ""}, {"", "", "", ""},
		{"redis://", "user", "", "@host:1?master_name=m&addr=host:2"}, {"redis://", "user", "", "@host:1?addr=host:2&addr="},
		{"redis://", "user", "", "@host:1?master_name=m&no_such=1"}, {"redis://host:1?master_name=m&password", "", "", ""},
		{"redis://", "", "@[::1]:1/", "@x"},
	} {
		f.Add(around[0]+around[1]+":", around[2]+around[3])
		f.Add(around[0]+around[1]+":"+around[2], around[3])
	}
	f.Fuzz(func(t *testing.T, before, after string) {
		const secret = "s3cret"
		if strings.Contains(before+after, secret) || strings.HasPrefix(before, "unix:") { // a path is an address there
			return
		}
		_, topology, err := parse(before + secret + after)
		switch {
		case err != nil && (strings.Contains(err.Error(), secret) && !standsForAddress(before, after) || !strings.HasPrefix(err.Error(), "REDIS_URL")):
			t.Errorf("%s[secret]%s: %v", before, after, err)
		case err == nil:
			if s, ok := topology.(sentinels); ok {
				s.master = "" // what the URL calls so is no secret
				topology = s
			}
			if strings.Contains(topology.String(), secret) && !standsForAddress(before, after) {
				t.Errorf("%s[secret]%s is at %s", before, after, topology)
			}
			topology.Close()
		}
	})
}

// standsForAddress tells whether no reader could take what stands between for a
// password: it is behind no colon but that of a scheme, or behind the last @.
func standsForAddress(before, after string) bool {
	_, rest, found := strings.Cut(before, "://")
	if !found {
		rest = before
	}
	return !strings.Contains(rest, ":") && !strings.Contains(after, "@") || strings.Contains(before, "@") && !strings.Contains(after, "@")
}
