package client_test

import (
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"

	"secondserver/lab/client"
)

func TestMetricsAreSummedByTheirNames(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       map[string]float64 // nil: an error
	}{
		{"none", "# HELP a is a\n\n", map[string]float64{}},
		{"one", "# TYPE a gauge\na 3\n", map[string]float64{"a": 3}},
		{"series", "a{x=\"1\"} 3\na{x=\"2 {3}\"} 4.5\nab 1e+06\n", map[string]float64{"a": 7.5, "ab": 1e6}},
		{"no number", "a three\n", nil},
		{"no value", "a\n", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, test.text) }))
			defer server.Close()
			got, err := client.Metrics(t.Context(), server.URL)
			if !maps.Equal(got, test.want) || (err == nil) != (test.want != nil) {
				t.Errorf("got %v, %v, want %v", got, err, test.want)
			}
		})
	}
}

func TestAServerWithoutMetricsSaysSo(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	_, err := client.Metrics(t.Context(), server.URL)
	if refused, ok := errors.AsType[*client.Error](err); !ok || refused.Status != http.StatusNotFound {
		t.Errorf("got %v, want a 404", err)
	}
	if ready, err := client.Ready(t.Context(), server.URL); ready || err == nil {
		t.Errorf("got ready %v, %v, want an error", ready, err)
	}
}

func TestReadyIsA200AndNotReadyA503(t *testing.T) {
	status := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/readyz" {
			t.Errorf("asked %s", r.URL)
		}
		w.WriteHeader(status)
		io.WriteString(w, "{}")
	}))
	defer server.Close()
	for _, test := range []struct {
		status    int
		ready, ok bool
	}{{503, false, true}, {200, true, true}, {502, false, false}} {
		status = test.status
		if ready, err := client.Ready(t.Context(), server.URL); ready != test.ready || (err == nil) != test.ok {
			t.Errorf("%d: got ready %v, %v", status, ready, err)
		}
	}
}
