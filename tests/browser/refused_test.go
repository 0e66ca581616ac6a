package browser_test

import (
	"strings"
	"testing"

	"secondserver/tests/browser"
)

// The page has no tokens, and says what the server says of that.
func TestTheChatSaysWhyItIsRefused(t *testing.T) {
	t.Parallel()
	s := start(t, 1, 0, "AUTH_SECRET="+strings.Repeat("x", 32))
	alice := open(t, s.URL()+"#chat?user=alice&room=general", browser.Projector, append(away, "status of 401")...)
	alice.until("document.querySelector('#state').textContent.includes('a token is missing')")
}
