package redisbackplane_test

import (
	"crypto/tls"
	"encoding/pem"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alicebob/miniredis/v2"

	"secondserver/hub"
	"secondserver/hub/redisbackplane"
)

// startMiniredisTLS is one that only takes TLS, and needs a password; authority is
// the file with what vouches for it, and for 127.0.0.1.
func startMiniredisTLS(t testing.TB) (addr, authority string) {
	t.Helper()
	web := httptest.NewTLSServer(nil) // which brings a certificate of its own
	web.Close()
	mini, err := miniredis.RunTLS(&tls.Config{Certificates: web.TLS.Certificates})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(mini.Close)
	mini.RequireAuth("s3cret")
	authority = filepath.Join(t.TempDir(), "authority.pem")
	block := &pem.Block{Type: "CERTIFICATE", Bytes: web.Certificate().Raw}
	if err := os.WriteFile(authority, pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
	return mini.Addr(), authority
}

// A certificate that nobody vouches for is refused, by an error that tells where,
// why, and no password.
func TestAStrangersCertificateIsRefused(t *testing.T) {
	t.Parallel()
	addr, _ := startMiniredisTLS(t)
	b, err := redisbackplane.Open(t.Context(), redisbackplane.Config{URL: "rediss://:s3cret@" + addr})
	if err == nil {
		b.Close()
		t.Fatal("it opened")
	}
	if said := err.Error(); !strings.Contains(said, addr) || !strings.Contains(said, "certificate") || strings.Contains(said, "s3cret") {
		t.Errorf("%q, want the address, that it is the certificate, and no password", said)
	}
}

// SSL_CERT_FILE names a private authority. A process reads it once, so the test is
// another one, with this test alone.
func TestMessagesPassThroughTLS(t *testing.T) {
	if url := os.Getenv("TEST_TLS_URL"); url != "" {
		b := testRedis{url: url}.join(t)
		record(t, b, "general").until(t, insist(t, b, hub.Room("general"), "behind TLS"))
		return
	}
	t.Parallel()
	addr, authority := startMiniredisTLS(t)
	for _, url := range []string{"rediss://:s3cret@" + addr, "rediss://:s3cret@" + addr + "?skip_verify=true"} {
		self := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestMessagesPassThroughTLS$", "-test.v")
		self.Env = append(os.Environ(), "TEST_TLS_URL="+url)
		if !strings.Contains(url, "skip_verify") {
			self.Env = append(self.Env, "SSL_CERT_FILE="+authority)
		}
		if said, err := self.CombinedOutput(); err != nil || !strings.Contains(string(said), "--- PASS: TestMessagesPassThroughTLS") {
			t.Errorf("%s: %v\n%s", url, err, said)
		} else if strings.Contains(string(said), "s3cret") {
			t.Errorf("the password is in the log:\n%s", said)
		}
	}
}
