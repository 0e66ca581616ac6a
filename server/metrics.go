package server

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"secondserver/hub"
)

// metrics are what /metrics tells. The hub counts by itself, and knows nothing of
// Prometheus: what it has counted is read when somebody asks. Every series is there
// from the start, with 0, so that the first step is seen as one.
type metrics struct {
	hub         *hub.Hub
	connections *prometheus.GaugeVec
	refused     *prometheus.CounterVec
}

// The hub's counts.
var (
	roomsMetric     = describe("rooms", "Rooms that a client of this instance has joined, or is joining.")
	receivedMetric  = describe("messages_received_total", "Messages from clients, handed to the backplane.")
	deliveredMetric = describe("messages_delivered_total", "Messages handed to clients, one for each of them.")
	acksMetric      = describe("acks_total", "Ack frames to clients.")
	errorsMetric    = describe("errors_total", "Error frames to clients, by code.", "code")
	slowMetric      = describe("slow_consumers_total", "Clients that were ended because they did not read what they were sent.")
	publishMetric   = describe("publish_duration_seconds", "Seconds from a message's publishing to the backplane's answer, whatever that is.")
	readyMetric     = describe("ready", "1 while this instance should get new connections, else 0: see /readyz.")
)

// The backplane's, where it has a broker.
var (
	reconnectsMetric = describe("broker_reconnects_total", "Connections to the broker that were lost and are there again.")
	catchUpsMetric   = describe("broker_catchups_total", "Histories read after a broken connection, or a hole.")
	gapsMetric       = describe("broker_gaps_total", "Times that a topic lost messages for good, or its history.")
)

const namespace = "secondserver"

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(namespace+"_"+name, help, labels, nil)
}

// The values of labels that are there from the start.
var (
	transports = []string{overWebSocket, byPolling}
	refusals   = []string{codeBadRequest, codeBadHandshake, hub.CodeBadName, codeUnauthorized, codeForbiddenUser, codeForbiddenOrigin, codeFull, codeDraining}
)

func newMetrics(h *hub.Hub) *metrics {
	m := &metrics{
		hub: h,
		connections: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Namespace: namespace, Name: "connections", Help: "Clients of this instance, by transport.",
		}, []string{"transport"}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: namespace, Name: "connections_refused_total", Help: "Requests that were not let become a client, by code.",
		}, []string{"code"}),
	}
	for _, transport := range transports {
		m.connections.WithLabelValues(transport)
	}
	for _, code := range refusals {
		m.refused.WithLabelValues(code)
	}
	return m
}

// handler is a registry of this server's own: a process may have several servers.
func (m *metrics) handler() http.Handler {
	r := prometheus.NewRegistry()
	r.MustRegister(m, m.connections, m.refused,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return promhttp.HandlerFor(r, promhttp.HandlerOpts{})
}

var _ prometheus.Collector = (*metrics)(nil)

func (m *metrics) Describe(descs chan<- *prometheus.Desc) { prometheus.DescribeByCollect(m, descs) }

func (m *metrics) Collect(metrics chan<- prometheus.Metric) {
	value := func(desc *prometheus.Desc, kind prometheus.ValueType, n float64, labels ...string) {
		metrics <- prometheus.MustNewConstMetric(desc, kind, n, labels...)
	}
	counter := func(desc *prometheus.Desc, n uint64, labels ...string) {
		value(desc, prometheus.CounterValue, float64(n), labels...)
	}
	c := m.hub.Counts()
	value(roomsMetric, prometheus.GaugeValue, float64(c.Rooms))
	counter(receivedMetric, c.Received)
	counter(deliveredMetric, c.Delivered)
	counter(acksMetric, c.Acks)
	for code, n := range c.Errors {
		counter(errorsMetric, n, code)
	}
	counter(slowMetric, c.SlowConsumers)
	within := make(map[float64]uint64)
	for i, bound := range hub.LatencyBounds {
		within[bound.Seconds()] = c.Published.Within[i]
	}
	metrics <- prometheus.MustNewConstHistogram(publishMetric, c.Published.Count, c.Published.Sum.Seconds(), within)
	ready := 0.0
	if m.hub.Ready() == nil {
		ready = 1
	}
	value(readyMetric, prometheus.GaugeValue, ready)
	if c.Broker != nil {
		counter(reconnectsMetric, c.Broker.Reconnects)
		counter(catchUpsMetric, c.Broker.CatchUps)
		counter(gapsMetric, c.Broker.Gaps)
	}
}
