// Package browser opens the page in a real browser, Chromium or Chrome, without a
// window: for tests, and for pictures. Start with [New], then [Browser.Open].
package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/chromedp/chromedp"
)

// ErrNoBrowser is returned by New where neither Chromium nor Chrome is installed.
var ErrNoBrowser = errors.New("neither Chromium nor Chrome is installed")

// endWithin bounds the wait for a browser to end.
const endWithin = 10 * time.Second

// A Browser is one process with a profile of its own, which is removed with it.
// Any number of goroutines may open tabs in it.
type Browser struct {
	ctx     context.Context
	profile string
}

// New starts a browser. It ends with Close, or with ctx.
func New(ctx context.Context) (*Browser, error) {
	profile, err := os.MkdirTemp("", "browser-")
	if err != nil {
		return nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.UserDataDir(profile),
		chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-quic", true),
	)
	if os.Getuid() == 0 { // it refuses to be root otherwise, and all it sees are our own pages
		options = append(options, chromedp.NoSandbox)
	}
	ctx, _ = chromedp.NewExecAllocator(ctx, options...) // Cancel, in Close, ends it too
	ctx, _ = chromedp.NewContext(ctx)
	b := &Browser{ctx: ctx, profile: profile}
	if err := chromedp.Do(ctx); err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			err = ErrNoBrowser
		}
		return nil, errors.Join(fmt.Errorf("start a browser: %w", err), os.RemoveAll(profile))
	}
	return b, nil
}

// Close ends the browser with all its tabs.
func (b *Browser) Close() error {
	ctx, cancel := context.WithTimeout(b.ctx, endWithin)
	defer cancel()
	return errors.Join(chromedp.Cancel(ctx), os.RemoveAll(b.profile))
}
