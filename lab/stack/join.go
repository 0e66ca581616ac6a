package stack

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// Join makes a Stack of one that runs already behind url (started with compose, say). The lab knows only what
// /instance says of it, so there are no parts to break, and Close leaves everything running.
func Join(ctx context.Context, url string) (*Stack, error) {
	url = strings.TrimRight(url, "/")
	status, body, err := get(ctx, url+"/instance")
	if err != nil {
		return nil, fmt.Errorf("join %s: %w", url, err)
	}
	var instance struct{ Phase string }
	if err := json.Unmarshal(body, &instance); err != nil || status != http.StatusOK {
		return nil, fmt.Errorf("join %s: /instance answers %d %.100q: is that a chat server?", url, status, body)
	}
	phase, err := PhaseNamed(instance.Phase)
	if err != nil {
		return nil, fmt.Errorf("join %s: %w", url, err)
	}
	return &Stack{Phase: phase, url: url}, nil
}
