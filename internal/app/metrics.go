package app

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/outbox"
	"github.com/cardea-iam/cardea/internal/store"
)

// outboxMetric counts what has not got out, when it is asked for.
type outboxMetric struct {
	store   *store.Store
	effects *prometheus.Desc
}

func newOutboxMetric(s *store.Store) outboxMetric {
	return outboxMetric{s, prometheus.NewDesc("cardea_outbox_effects", "Mails and messages that have not got out, by state.", []string{"state"}, nil)}
}

// Describe implements prometheus.Collector.
func (m outboxMetric) Describe(to chan<- *prometheus.Desc) { to <- m.effects }

// Collect implements prometheus.Collector. Without its database it says nothing.
func (m outboxMetric) Collect(to chan<- prometheus.Metric) {
	ctx, stop := context.WithTimeout(context.Background(), time.Second)
	defer stop()
	var waiting, givenUp int64
	if err := m.store.Read(ctx, id.AllTenants, func(r *store.Reader) (err error) {
		waiting, givenUp, err = outbox.Waiting(r)
		return err
	}); err != nil {
		return
	}
	to <- prometheus.MustNewConstMetric(m.effects, prometheus.GaugeValue, float64(waiting), "waiting")
	to <- prometheus.MustNewConstMetric(m.effects, prometheus.GaugeValue, float64(givenUp), "given_up")
}
