package compose_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// A composed is what a compose file may say. Reading fails at anything else: a key that is not here (pid, devices, ipc,
// userns_mode, …) might open a fence, and whoever needs one has to say here that it does not.
type composed struct {
	Server   service `yaml:"x-server"` // what the servers have in common
	Services map[string]service
	Volumes  map[string]any // named ones; the engine keeps them
}

type service struct {
	Image, User string
	ReadOnly    bool     `yaml:"read_only"`
	CapDrop     []string `yaml:"cap_drop"`
	SecurityOpt []string `yaml:"security_opt"`
	Ports       []string
	Volumes     []string
	Tmpfs       []string

	// Nothing that these say lets anybody out.
	Command         []string
	Environment     map[string]string
	Labels          map[string]string
	DependsOn       map[string]any `yaml:"depends_on"`
	Healthcheck     map[string]any
	StopGracePeriod string `yaml:"stop_grace_period"`
	StopSignal      string `yaml:"stop_signal"`
}

// Who breaks into a container finds nothing to write to, nothing to become, and
// nobody from outside this machine gets that far.
func TestEveryServiceIsFencedIn(t *testing.T) {
	files, err := filepath.Glob("*.yml")
	if err != nil || len(files) != 3 {
		t.Fatalf("%v, %v: want the files of three phases", files, err)
	}
	for _, file := range files {
		text, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		defer text.Close()
		decoder := yaml.NewDecoder(text)
		decoder.KnownFields(true)
		var says composed
		if err := decoder.Decode(&says); err != nil || len(says.Services) == 0 {
			t.Fatalf("%s: %v, %d services", file, err, len(says.Services))
		}
		for name, s := range says.Services {
			t.Run(file+" "+name, func(t *testing.T) { s.check(t) })
		}
	}
}

var (
	forThisMachine = regexp.MustCompile(`^127\.0\.0\.1:\S+:\d+$`)
	mayMount       = regexp.MustCompile(`^(\./[a-z.]+:/[a-z./-]+:ro|[a-z-]+:/data)$`) // a file from here, or a named volume
	inMemory       = regexp.MustCompile(`^/(run|var/cache/nginx):uid=\d+$`)
)

func (s service) check(t *testing.T) {
	if s.User == "" && s.Image == "secondserver:local" {
		s.User = imageUser(t)
	}
	if !slices.Contains([]string{"65532:65532", "nginx", "redis"}, s.User) {
		t.Errorf("runs as user %q, want one whom we know not to be root", s.User)
	}
	if !s.ReadOnly {
		t.Error("is not read_only")
	}
	if !slices.Equal(s.CapDrop, []string{"ALL"}) {
		t.Errorf("cap_drop %v, want ALL dropped", s.CapDrop)
	}
	if !slices.Equal(s.SecurityOpt, []string{"no-new-privileges:true"}) {
		t.Errorf("security_opt %v, want no-new-privileges:true and nothing else", s.SecurityOpt)
	}
	only := func(what string, given []string, allowed *regexp.Regexp) {
		for _, given := range given {
			if !allowed.MatchString(given) {
				t.Errorf("%s %s, want %v only", what, given, allowed)
			}
		}
	}
	only("publishes", s.Ports, forThisMachine)
	only("mounts", s.Volumes, mayMount)
	only("has in memory", s.Tmpfs, inMemory)
}

// imageUser is the one that the Dockerfile of the servers says, last.
func imageUser(t *testing.T) (user string) {
	text, err := os.ReadFile("Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		fmt.Sscanf(line, "USER %s", &user)
	}
	return user
}
