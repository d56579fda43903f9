package web

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics count by route name and status class only, so that no request can
// add a time series.
type metrics struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

type meters struct {
	classes [6]prometheus.Counter // index: status / 100, 0 for an aborted answer
	seconds prometheus.Observer
}

var statusClasses = [6]string{"aborted", "1xx", "2xx", "3xx", "4xx", "5xx"}

func newMetrics(reg *prometheus.Registry) *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "cardea_http_requests_total", Help: "Requests by route and status class.",
		}, []string{"route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "cardea_http_request_seconds", Help: "Time to answer by route, in seconds.",
			Buckets: []float64{.00005, .0002, .001, .005, .02, .1, .5, 2, 10},
		}, []string{"route"}),
	}
	for _, c := range []prometheus.Collector{m.requests, m.seconds, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{})} {
		// Two servers of one process may share a registry: the first one counts.
		_ = reg.Register(c)
	}
	return m
}

func (m *metrics) of(route string) *meters {
	out := &meters{seconds: m.seconds.WithLabelValues(route)}
	for i, class := range statusClasses {
		out.classes[i] = m.requests.WithLabelValues(route, class)
	}
	return out
}

func (m *meters) observe(status int, took time.Duration) {
	m.classes[min(max(status/100, 0), 5)].Inc()
	m.seconds.Observe(took.Seconds())
}

func isAdminPath(path string) bool {
	return path == "/healthz" || path == "/readyz" || path == "/metrics"
}

// loopbackHost reports a Host header that names this machine: a page of
// another site cannot make a browser send one that leads elsewhere.
func loopbackHost(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && addr.IsLoopback()
}

// adminHandler serves /healthz (the process lives), /readyz (it should get
// requests: every check passes and it is not draining) and /metrics.
func (s *Server) adminHandler() http.Handler {
	mux := http.NewServeMux()
	text := func(w http.ResponseWriter, status int, body string) {
		w.Header()[hType] = textValue
		w.Header()[hCache] = noStoreValue
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body)) // the prober has gone
	}
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { text(w, http.StatusOK, "ok\n") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if failed := s.notReady(r.Context()); len(failed) > 0 {
			text(w, http.StatusServiceUnavailable, "not ready: "+strings.Join(failed, ", ")+"\n")
			return
		}
		text(w, http.StatusOK, "ready\n")
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.opt.Registry, promhttp.HandlerOpts{DisableCompression: true}))
	return mux
}

// notReady names the checks that fail; their errors go to the log, because a
// prober needs no database host.
func (s *Server) notReady(ctx context.Context) []string {
	var failed []string
	if s.draining.Load() {
		failed = append(failed, "draining")
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	for name, check := range s.opt.Ready {
		if err := check(ctx); err != nil {
			s.opt.Log.Warn("not ready", "check", name, "error", err.Error())
			failed = append(failed, name)
		}
	}
	slices.Sort(failed)
	return failed
}
