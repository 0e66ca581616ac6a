package compose_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// A service is what the compose files say of how a container is fenced in.
type service struct {
	Image       string
	User        string
	ReadOnly    bool     `yaml:"read_only"`
	CapDrop     []string `yaml:"cap_drop"`
	CapAdd      []string `yaml:"cap_add"`
	SecurityOpt []string `yaml:"security_opt"`
	Privileged  bool
	NetworkMode string `yaml:"network_mode"`
	Ports       []string
	Volumes     []string
}

// Who breaks into a container finds nothing to write to, nothing to become, and
// nobody from outside this machine gets that far.
func TestEveryServiceIsFencedIn(t *testing.T) {
	files, err := filepath.Glob("phase?.yml")
	if err != nil || len(files) != 3 {
		t.Fatalf("%v, %v: want the files of three phases", files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var composed struct{ Services map[string]service }
		if err := yaml.Unmarshal(text, &composed); err != nil || len(composed.Services) == 0 {
			t.Fatalf("%s: %v, %d services", file, err, len(composed.Services))
		}
		for name, s := range composed.Services {
			t.Run(file+" "+name, func(t *testing.T) { s.check(t) })
		}
	}
}

func (s service) check(t *testing.T) {
	if s.User == "" && s.Image == "secondserver:local" {
		s.User = imageUser(t)
	}
	if user, _, _ := strings.Cut(s.User, ":"); user == "" || user == "root" || user == "0" {
		t.Errorf("runs as user %q, want one who is not root", s.User)
	}
	if !s.ReadOnly {
		t.Error("is not read_only")
	}
	if !slices.Equal(s.CapDrop, []string{"ALL"}) || s.CapAdd != nil || s.Privileged {
		t.Errorf("cap_drop %v, cap_add %v, privileged %v, want ALL dropped", s.CapDrop, s.CapAdd, s.Privileged)
	}
	if !slices.Contains(s.SecurityOpt, "no-new-privileges:true") {
		t.Errorf("security_opt %v, want no-new-privileges:true", s.SecurityOpt)
	}
	if s.NetworkMode != "" {
		t.Errorf("network_mode %s, want a network of its own", s.NetworkMode)
	}
	for _, port := range s.Ports {
		if !strings.HasPrefix(port, "127.0.0.1:") {
			t.Errorf("publishes %s, want it for this machine only", port)
		}
	}
	for _, volume := range s.Volumes {
		if strings.HasPrefix(volume, ".") && !strings.HasSuffix(volume, ":ro") || strings.Contains(volume, "docker.sock") {
			t.Errorf("mounts %s, want nothing of the host that can be written to", volume)
		}
	}
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
