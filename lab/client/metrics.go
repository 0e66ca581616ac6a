package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// Ready asks whether a server should get new connections. The error says that it did
// not tell.
func Ready(ctx context.Context, baseURL string) (ready bool, err error) {
	var answer struct{ Status string }
	err = get(ctx, baseURL, "/readyz", &answer)
	if refused, ok := errors.AsType[*Error](err); ok && refused.Status == http.StatusServiceUnavailable {
		return false, nil
	}
	return err == nil, err
}

// Metrics asks a server for its counts: the sum of each metric's series, by its name.
func Metrics(ctx context.Context, baseURL string) (map[string]float64, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(baseURL, "/")+"/metrics", nil)
	if err != nil {
		return nil, err
	}
	answer, err := asking.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, refusal(answer)
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, answerLimit))
	if err != nil {
		return nil, fmt.Errorf("the answer of %s: %w", r.URL, err)
	}
	return sums(string(text))
}

// sums reads lines such as name{label="value"} 3, and passes over comments.
func sums(text string) (map[string]float64, error) {
	all := make(map[string]float64)
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		series, value, _ := cutLast(line, " ")
		n, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return nil, fmt.Errorf("no metric: %q", line)
		}
		name, _, _ := strings.Cut(series, "{")
		all[name] += n
	}
	return all, nil
}

// cutLast is strings.Cut at the last separator: a label may have some too.
func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
