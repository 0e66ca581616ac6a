package browser_test

import (
	"fmt"
	"strings"
	"testing"

	"secondserver/hub"
	"secondserver/tests/browser"
)

// What is typed is what is shown, and nothing of it becomes an element, or runs.
func TestTextsShowAsTyped(t *testing.T) {
	t.Parallel()
	s := start(t, 1, 0)
	texts := []string{
		`<img src=x onerror="window.ran=true"><script>window.ran=true</script>`,
		`<b>bold</b> &amp; &lt;i&gt; </p></div>`,
		"שלום עולם, مرحبا, abc",
		"\u202ereversed\u202c and \u2066isolated\u2069",
		"👩‍👩‍👧‍👦 🏳️‍🌈 e\u0301 ㊗️",
		"  spaces   and\nlines\n\n",
		"${window.ran=true} {{constructor.constructor('window.ran=true')()}}",
		strings.Repeat("long", 1024),
		strings.Repeat(`"`, 3967), // 7,936 bytes as JSON
	}
	alice, bob := chat(t, s, "alice", ""), chat(t, s, "bob.-_"+strings.Repeat("b", 50), "")
	for _, text := range texts {
		eval[any](alice, fmt.Sprintf("void (document.getElementById('text').value = %q)", text))
		alice.click("#say button")
		bob.until(fmt.Sprintf("[...document.querySelectorAll('#log .message p')].at(-1)?.textContent === %q", text))
	}
	for _, p := range []*page{alice, bob} {
		if eval[bool](p, "!!window.ran") {
			t.Error("a text ran")
		}
		if got := eval[int](p, "document.querySelectorAll('#log p *').length"); got != 0 {
			t.Errorf("texts became %d elements, want none", got)
		}
	}
}

// What the server would refuse is said before it is sent, and nothing typed is lost.
func TestBadInputIsSaidBeforeItIsSent(t *testing.T) {
	t.Parallel()
	s := start(t, 1, 0)
	p := open(t, s.URL()+"#chat", browser.Projector)
	p.types("[name=user]", "<b>bob</b>")
	p.click("#enter button")
	if got := p.text("#enter-problem"); !strings.HasPrefix(got, "Name: Use 1 to 64 of A-Z a-z 0-9 _ . -") {
		t.Errorf("of a name with markup the page says %q, want the rule", got)
	}
	alice := chat(t, s, "alice", "")
	for text, want := range map[string]string{
		"":                              "Write something first.",
		strings.Repeat("é", 2048) + "x": "This has 4097 bytes, and 4096 is the most.",
		strings.Repeat(`"`, 4000):       "This has 8002 bytes as JSON, and 7936 is the most.",
	} {
		eval[any](alice, fmt.Sprintf("void (document.getElementById('text').value = %q)", text))
		alice.click("#say button")
		if got := alice.text("#say-problem"); got != want {
			t.Errorf("of %.10q… the page says %q, want %q", text, got, want)
		}
		if got := eval[string](alice, "document.getElementById('text').value"); got != text {
			t.Errorf("the text is %.20q… now, want it as it was typed", got)
		}
	}
	if got := len(alice.log()); got != 0 {
		t.Errorf("%d messages were sent, want none", got)
	}
}

// The page's rule of names is the hub's.
func TestThePageKnowsTheRuleOfNames(t *testing.T) {
	t.Parallel()
	p := open(t, start(t, 1, 0).URL(), browser.Projector)
	names := []string{"a", "Alice.B-c_9", ".", "..", "...", "", " ", "a b", "é", "@server", "a\n", strings.Repeat("n", 64), strings.Repeat("n", 65), "<b>", "a/b"}
	for _, name := range names {
		got := eval[bool](p, fmt.Sprintf("import('/web/protocol.js').then((rules) => rules.nameProblem(%q) === '')", name))
		if want := hub.ValidName(name); got != want {
			t.Errorf("the page takes %q for a name: %v, the hub: %v", name, got, want)
		}
	}
}

// A script that takes a string for markup is stopped by the browser, should one ever come in.
func TestTheBrowserKeepsThePagesPolicy(t *testing.T) {
	t.Parallel()
	other := start(t, 1, 0).URL()
	p := open(t, start(t, 1, 0).URL()+"#chat", browser.Projector, "TrustedHTML", "Content Security Policy", "violates")
	for what, script := range map[string]string{
		"markup from a string": `document.body.innerHTML = '<p>'`,
		"an inline style":      `document.body.setAttribute('style', 'display: none'); if (getComputedStyle(document.body).display !== 'none') throw 1`,
		"another server":       `await fetch('` + other + `', {mode: 'no-cors'})`,
		"a frame":              `await new Promise((loaded, blocked) => { const f = document.createElement('iframe'); document.addEventListener('securitypolicyviolation', blocked, {once: true}); f.onload = loaded; f.src = '/'; document.body.append(f) })`,
	} {
		if eval[bool](p, "(async () => { try { "+script+"; return true } catch { return false } })()") {
			t.Errorf("the page may use %s, want it refused", what)
		}
	}
}
