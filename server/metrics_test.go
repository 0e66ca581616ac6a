package server_test

import (
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"secondserver/hub"
	"secondserver/server"
)

// scrape is what Prometheus would get: the families by name.
func scrape(t testing.TB, url string) map[string]*dto.MetricFamily {
	t.Helper()
	response, err := http.Get(url + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	return families(t, response.StatusCode, response.Body)
}

// scrapeHandler is scrape without a connection, of a server that is draining, say.
func scrapeHandler(t testing.TB, s *server.Server) map[string]*dto.MetricFamily {
	t.Helper()
	answer := httptest.NewRecorder()
	s.ServeHTTP(answer, httptest.NewRequest("GET", "/metrics", nil))
	return families(t, answer.Code, answer.Body)
}

func families(t testing.TB, status int, body io.Reader) map[string]*dto.MetricFamily {
	t.Helper()
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(body)
	if err != nil || status != 200 {
		t.Fatalf("/metrics: %d, %v", status, err)
	}
	return families
}

// value is one series: its label, if it has one, stands for itself.
func value(t testing.TB, families map[string]*dto.MetricFamily, name, label string) float64 {
	t.Helper()
	for _, m := range families[name].GetMetric() {
		if label == "" || slices.ContainsFunc(m.GetLabel(), func(l *dto.LabelPair) bool { return l.GetValue() == label }) {
			return m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
	}
	t.Errorf("no %s{%s}", name, label)
	return 0
}

// series are those with what happens in the story below, in its order.
var series = []struct {
	name, label   string
	before, after float64
}{
	{"secondserver_connections", "websocket", 0, 2},
	{"secondserver_connections", "polling", 0, 0},
	{"secondserver_rooms", "", 0, 1},
	{"secondserver_messages_received_total", "", 0, 1},
	{"secondserver_messages_delivered_total", "", 0, 2},
	{"secondserver_acks_total", "", 0, 1},
	{"secondserver_errors_total", "not_in_room", 0, 1},
	{"secondserver_errors_total", "rate_limited", 0, 0},
	{"secondserver_slow_consumers_total", "", 0, 0},
	{"secondserver_publish_duration_seconds", "", 0, 1},
	{"secondserver_connections_refused_total", "bad_name", 0, 1},
	{"secondserver_connections_refused_total", "bad_handshake", 0, 1},
	{"secondserver_connections_refused_total", "full", 0, 0},
	{"secondserver_connections_refused_total", "forbidden_origin", 0, 1},
	{"secondserver_connections_refused_total", "draining", 0, 0},
	{"secondserver_ready", "", 1, 1},
}

func TestMetrics(t *testing.T) {
	url := start(t, new(hub.Memory))
	families := scrape(t, url)
	for _, s := range series {
		if got := value(t, families, s.name, s.label); got != s.before {
			t.Errorf("%s{%s} begins as %v, want %v", s.name, s.label, got, s.before)
		}
	}
	for name := range families {
		if strings.HasPrefix(name, "secondserver_broker_") {
			t.Errorf("%s, and there is no broker", name)
		}
	}
	for _, name := range []string{"go_goroutines", "process_open_fds", "process_resident_memory_bytes"} {
		if families[name] == nil {
			t.Errorf("no %s", name)
		}
	}

	bob, alice := member(t, url, "bob"), member(t, url, "alice")
	alice.says(`{"type":"message","room":"general","text":"hi","ref":"1"}`)
	alice.says(`{"type":"leave","room":"other"}`)
	bob.hears()
	for range 3 { // the message, the ack, the error
		alice.hears()
	}
	for _, request := range []string{"/ws?user=@server HTTP/1.1", "/ws?user=eve HTTP/1.1\nOrigin: http://elsewhere"} {
		dialRaw(t, url).asks("GET "+request+"\nHost: raw"+handshake, "")
	}
	dialRaw(t, url).asks("GET /ws?user=eve HTTP/1.1\nHost: raw", "")
	families = scrape(t, url)
	for _, s := range series {
		if got := value(t, families, s.name, s.label); got != s.after {
			t.Errorf("%s{%s} is %v, want %v", s.name, s.label, got, s.after)
		}
	}
}

// brokers is a backplane with something to count.
type brokers struct{ *hub.Memory }

func (brokers) Counts() hub.BrokerCounts {
	return hub.BrokerCounts{Reconnects: 1, CatchUps: 2, Gaps: 3}
}

func TestMetricsOfTheBroker(t *testing.T) {
	families := scrape(t, startWith(t, server.Config{}, brokers{new(hub.Memory)}))
	for name, want := range map[string]float64{"reconnects": 1, "catchups": 2, "gaps": 3} {
		if got := value(t, families, "secondserver_broker_"+name+"_total", ""); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

// The names and help texts are as Prometheus's own linter wants them.
func TestMetricsAreNamedByTheRules(t *testing.T) {
	response, err := http.Get(startWith(t, server.Config{}, brokers{new(hub.Memory)}) + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	problems, err := promlint.New(strings.NewReader(string(text))).Lint()
	if err != nil || len(problems) > 0 {
		t.Errorf("%v: %v\n%s", err, problems, text)
	}
}

// docs/protocol.md lists the server's own.
func TestTheProtocolPageListsEveryMetric(t *testing.T) {
	families := scrape(t, startWith(t, server.Config{}, brokers{new(hub.Memory)}))
	page, err := os.ReadFile("../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(families)) {
		if own, ok := strings.CutPrefix(name, "secondserver_"); ok && !strings.Contains(string(page), "`"+own) {
			t.Errorf("docs/protocol.md does not list %s", name)
		}
	}
}
