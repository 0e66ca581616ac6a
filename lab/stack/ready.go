package stack

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// asking is for the lab's own questions. No connection is kept: none is left behind, and a balancer sees each question
// as a new one.
var asking = &http.Client{
	Timeout:   2 * time.Second,
	Transport: &http.Transport{DisableKeepAlives: true},
}

// awaitReady asks for /readyz until it is 200.
func awaitReady(ctx context.Context, what, url string, log func() string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, StartWithin, fmt.Errorf("not within %v", StartWithin))
	defer cancel()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		status, body, err := get(ctx, url+"/readyz")
		if err == nil && status == http.StatusOK {
			return nil
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			last := fmt.Sprintf("%d %s", status, strings.TrimSpace(string(body)))
			if err != nil {
				last = err.Error()
			}
			return WithLog(fmt.Errorf("%s: waiting for it to be ready: %w (last answer: %s)", what, context.Cause(ctx), last), log())
		}
	}
}

func get(ctx context.Context, url string) (status int, body []byte, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, nil, err
	}
	response, err := asking.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	body, err = io.ReadAll(io.LimitReader(response.Body, 64<<10))
	return response.StatusCode, body, err
}
