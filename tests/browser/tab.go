package browser

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// within bounds one step on a page. None takes a second on an idle machine, but for
// the stories, which listen for two.
const within = 30 * time.Second

// A View is what a page is seen on. The zero View is a projector's: 1280 by 800.
type View struct {
	Width, Height int64   // in CSS pixels
	Scale         float64 // pixels of the screen in one of those; 1 if 0
	Phone         bool    // it is touched, and its pages fit themselves to it
	Dark          bool
	Still         bool // without animations, as some people prefer it
}

// The screens that the page is looked at on.
var (
	Projector = View{Width: 1280, Height: 800}
	Phone     = View{Width: 360, Height: 740, Scale: 2, Phone: true}
	Still     = View{Width: 1280, Height: 800, Still: true}
)

// A Tab is one page. Its methods are called one at a time, and return an error if
// what they wait for does not come within 30 s.
type Tab struct {
	ctx     context.Context
	close   context.CancelFunc
	reading sync.WaitGroup

	mu       sync.Mutex // guards the rest
	problems []string
	changes  int // of this machine's network: see networkChanged
}

// networkChanged is what Chromium says of whatever it was loading when an interface came or went on this machine, such
// as one of a container's: it drops that, and no switch prevents it. It is not the page's problem, but a script that
// was dropped is missing.
const networkChanged = "net::ERR_NETWORK_CHANGED"

// Open opens a tab at url. Whatever it writes to its console from then on is kept.
func (b *Browser) Open(url string, v View) (*Tab, error) {
	if v.Width == 0 {
		v = Projector
	}
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	t := &Tab{ctx: ctx, close: cancel}
	if err := chromedp.Do(ctx); err != nil { // makes the tab, which must not end with a step's time
		cancel()
		return nil, fmt.Errorf("open a tab: %w", err)
	}
	messages := chromedp.Console(ctx)
	t.reading.Go(func() { t.read(messages) }) // until Close
	if err := t.do(look(v)...); err != nil {
		t.Close()
		return nil, fmt.Errorf("open a tab: %w", err)
	}
	if err := t.load(chromedp.Navigate(url)); err != nil {
		t.Close()
		return nil, fmt.Errorf("open %s: %w", url, err)
	}
	return t, nil
}

// load loads the page, again if the network changed under it, and returns when its scripts run.
func (t *Tab) load(action chromedp.Action[chromedp.Void]) error {
	const running = `document.getElementById('phase').textContent !== ''`
	ctx, cancel := context.WithTimeout(t.ctx, within)
	defer cancel()
	for {
		before := t.networkChanges()
		if err := chromedp.Do(ctx, action); err != nil && t.networkChanges() == before {
			return err
		}
		for t.networkChanges() == before {
			runs, err := chromedp.Run(ctx, chromedp.Evaluate[bool](running))
			if err != nil || runs {
				return err
			}
			if err := chromedp.Do(ctx, chromedp.Sleep(20*time.Millisecond)); err != nil {
				return err
			}
		}
		action = chromedp.Reload()
	}
}

func (t *Tab) networkChanges() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.changes
}

func look(v View) []chromedp.Action[chromedp.Void] {
	scale := v.Scale
	if scale == 0 {
		scale = 1
	}
	options := []chromedp.EmulateViewportOption{chromedp.EmulateScale(scale)}
	if v.Phone {
		options = append(options, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulatePortrait)
	}
	scheme, motion := "light", "no-preference"
	if v.Dark {
		scheme = "dark"
	}
	if v.Still {
		motion = "reduce"
	}
	return []chromedp.Action[chromedp.Void]{
		chromedp.EmulateViewport(v.Width, v.Height, options...),
		chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{
					{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: motion},
				},
			})
			return err
		}),
	}
}

// Close closes the tab, as a user does.
func (t *Tab) Close() {
	t.close()
	t.reading.Wait()
}

// Reload loads the page again, and returns when it is there.
func (t *Tab) Reload() error {
	if err := t.load(chromedp.Reload()); err != nil {
		return fmt.Errorf("reload: %w", err)
	}
	return nil
}

// Await waits until an element is there and can be seen.
func (t *Tab) Await(css string) error {
	if err := t.do(chromedp.WaitVisible(chromedp.CSS(css))); err != nil {
		return fmt.Errorf("wait for %s: %w", css, err)
	}
	return nil
}

// Click clicks on an element.
func (t *Tab) Click(css string) error {
	if err := t.do(chromedp.Click(chromedp.CSS(css))); err != nil {
		return fmt.Errorf("click on %s: %w", css, err)
	}
	return nil
}

// Type types a text into an element: key by key, and "\r" is Enter.
func (t *Tab) Type(css, text string) error {
	if err := t.do(chromedp.SendKeys(chromedp.CSS(css), text)); err != nil {
		return fmt.Errorf("type %q into %s: %w", text, css, err)
	}
	return nil
}

// Press types on the keyboard, into whatever has the focus.
func (t *Tab) Press(keys string) error {
	if err := t.do(chromedp.KeyEvent(keys)); err != nil {
		return fmt.Errorf("press %q: %w", keys, err)
	}
	return nil
}

// Eval is the value of an expression on the page; a promise is waited for.
func Eval[T any](t *Tab, expression string) (T, error) {
	ctx, cancel := context.WithTimeout(t.ctx, within)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		return value, fmt.Errorf("evaluate %s: %w", expression, err)
	}
	return value, nil
}

// Until waits until an expression is true on the page.
func (t *Tab) Until(expression string) error {
	ctx, cancel := context.WithTimeout(t.ctx, within)
	defer cancel()
	const every = 20 * time.Millisecond // and not with each frame: a tab that is not in front may have none
	if _, err := chromedp.Run(ctx, chromedp.Poll[bool](expression, chromedp.WithPollingInterval(every), chromedp.WithPollingTimeout(0))); err != nil {
		return fmt.Errorf("wait until %s: %w", expression, err)
	}
	return nil
}

// Screenshot is a PNG of all that the window shows.
func (t *Tab) Screenshot() ([]byte, error) {
	ctx, cancel := context.WithTimeout(t.ctx, within)
	defer cancel()
	return chromedp.Run(ctx, chromedp.CaptureScreenshot())
}

// Problems are the errors and warnings on the console so far, also those of the
// browser itself: a file that is not there, something that the page's policy forbids.
func (t *Tab) Problems() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.problems)
}

func (t *Tab) read(messages iter.Seq2[chromedp.ConsoleMessage, error]) {
	for m, err := range messages {
		if err != nil {
			return // the tab was closed
		}
		switch m.Type {
		case chromedp.ConsoleWarning, chromedp.ConsoleError, chromedp.ConsoleException:
			t.mu.Lock()
			if strings.Contains(m.Text, networkChanged) {
				t.changes++
			} else {
				t.problems = append(t.problems, fmt.Sprintf("%s (%s:%d)", m, m.URL, m.Line+1))
			}
			t.mu.Unlock()
		}
	}
}

func (t *Tab) do(steps ...chromedp.Action[chromedp.Void]) error {
	ctx, cancel := context.WithTimeout(t.ctx, within)
	defer cancel()
	return chromedp.Do(ctx, steps...)
}
