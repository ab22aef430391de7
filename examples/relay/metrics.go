package main

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// metrics are what /metrics shows. A keyword is a label as the table spells
// it, so there are no more of them than rows.
type metrics struct {
	registry   *prometheus.Registry
	decisions  *prometheus.CounterVec
	refused    *prometheus.CounterVec
	deliveries *prometheus.CounterVec
	intercepts *prometheus.CounterVec
}

func newMetrics(r *relay) *metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	m := &metrics{
		registry:   prometheus.NewRegistry(),
		decisions:  counter("relay_decisions_total", "Messages accepted, by way in, action and keyword.", "via", "action", "keyword"),
		refused:    counter("relay_refused_total", "Webhooks not accepted, by status answered.", "status"),
		deliveries: counter("relay_deliveries_total", "Deliveries tried, by kind and result.", "kind", "result"),
		intercepts: counter("relay_intercepts_total", "Messages that the interceptor was to be asked about, by its answer: 2xx allows, 403 blocks, all else is broken.", "answer"),
	}
	m.registry.MustRegister(m.decisions, m.refused, m.deliveries, m.intercepts,
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "relay_deliveries_pending", Help: "Pending deliveries, -1 if the database does not say."},
			func() float64 { n, _ := r.pending(); return n }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "relay_oldest_delivery_seconds", Help: "Age of the oldest message whose delivery is pending, -1 if the database does not say."},
			func() float64 { _, age := r.pending(); return age }),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// pending returns the number of pending deliveries and the age of the oldest in
// seconds, both -1 if the database does not say.
func (r *relay) pending() (n, age float64) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	n, age, err := r.store.pending(ctx)
	if err != nil {
		return -1, -1
	}
	return n, age
}
