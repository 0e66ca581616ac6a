package stack_test

import (
	"bufio"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"secondserver/lab/stack/stacktest"
)

func TestEmbedded(t *testing.T) { stacktest.Run(t, engines[0]) }

func TestHost(t *testing.T) {
	if hostMissing != nil && os.Getenv("CI") == "" {
		t.Skip(hostMissing)
	}
	if hostMissing != nil {
		t.Fatal(hostMissing)
	}
	stacktest.Run(t, engines[1])
}

func TestAServerComesBackToItsPortOrFindsAnother(t *testing.T) {
	s := stacktest.Start(t, engines[0], "1")
	server, before := s.Servers[0], s.URL()
	must(t, server.Kill())
	must(t, server.Start(t.Context()))
	if got := s.URL(); got != before {
		t.Errorf("it is at %s now, want %s as before", got, before)
	}
	must(t, server.Kill())
	squatter, err := net.Listen("tcp", strings.TrimPrefix(before, "http://"))
	must(t, err)
	defer squatter.Close()
	must(t, server.Start(t.Context()))
	if got := s.URL(); got == before {
		t.Errorf("it is at %s, where somebody else is", got)
	}
}

func TestNothingOutlivesALabThatIsKilled(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux ends the processes of a parent that was killed")
	}
	for _, engine := range engines {
		t.Run(engine.Name(), func(t *testing.T) {
			lab := exec.Command(os.Args[0])
			lab.Env = append(os.Environ(), "STACK_TEST_LAB="+engine.Name())
			stdout, err := lab.StdoutPipe()
			must(t, err)
			must(t, lab.Start())
			said, _ := bufio.NewReader(stdout).ReadString('\n')
			must(t, lab.Process.Kill())
			lab.Wait() // says that it was killed
			urls := strings.Fields(said)
			if len(urls) != 3 || !strings.HasPrefix(urls[0], "http:") {
				t.Fatalf("the lab said %q, want three URLs", said)
			}
			for _, url := range urls {
				stacktest.Eventually(t, 5*time.Second, func() error { return stacktest.Gone(url) })
			}
			stacktest.Start(t, engine, "1") // the next lab clears away the folders
			stacktest.Eventually(t, 5*time.Second, func() error { return leftovers(lab.Process.Pid) })
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
