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
	if client.Ready(t.Context(), server.URL) {
		t.Error("got ready, want not")
	}
}

func TestReadyIsA200(t *testing.T) {
	status := http.StatusServiceUnavailable
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/readyz" {
			t.Errorf("asked %s", r.URL)
		}
		w.WriteHeader(status)
		io.WriteString(w, "{}")
	}))
	defer server.Close()
	if client.Ready(t.Context(), server.URL) {
		t.Error("503: got ready, want not")
	}
	if status = http.StatusOK; !client.Ready(t.Context(), server.URL) {
		t.Error("200: got not ready")
	}
}
