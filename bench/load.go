package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cardea-iam/cardea/bench/gauge"
)

// connections is how many virtual users there are; each has one connection and asks again as soon
// as it was answered.
const connections = 64

// A step is one operation of a virtual user: one request, or the requests of a flow.
type step func(w *wire, a *answer) error

// A row is one line of the table. make gives each virtual user its step; it runs before the clock.
type row struct {
	name string
	goal float64 // CPU ms per request; 0 for none
	make func(ctx context.Context, user int) (step, error)
}

// result is what one row measured; of several runs, the one with the median CPU per request.
type result struct {
	row           row
	perSecond     float64
	p50, p99      time.Duration
	cpu, database time.Duration // per operation
	rss           float64       // MiB
	errors        int64
	example       error // one of the errors
}

// limits are what a run may cost.
type limits struct {
	warm, run time.Duration
	runs      int
}

// measure runs a row against a target.
func measure(ctx context.Context, t *target, r row, l limits) (result, error) {
	steps := make([]step, connections)
	for i := range steps {
		s, err := r.make(ctx, i)
		if err != nil {
			return result{}, fmt.Errorf("%s: %w", r.name, err)
		}
		steps[i] = s
	}
	wires := make([]*wire, connections)
	for i := range wires {
		wires[i] = &wire{address: t.address}
		defer wires[i].close()
	}
	warm := once(t, r, steps, wires, l.warm)
	var runs []result
	for range l.runs {
		runs = append(runs, once(t, r, steps, wires, l.run))
	}
	slices.SortFunc(runs, func(a, b result) int { return int(a.cpu - b.cpu) })
	out := runs[len(runs)/2]
	out.errors, out.example = warm.errors, warm.example
	for _, x := range runs {
		out.errors += x.errors
		if out.example == nil {
			out.example = x.example
		}
	}
	return out, nil
}

func once(t *target, r row, steps []step, wires []*wire, length time.Duration) result {
	var (
		group  sync.WaitGroup
		stop   atomic.Bool
		failed atomic.Int64
		first  atomic.Value
		took   = make([][]time.Duration, len(steps))
	)
	before, beforeDB, began := gauge.CPU(t.pid), gauge.CPU(t.database), time.Now()
	timer := time.AfterFunc(length, func() { stop.Store(true) })
	defer timer.Stop()
	for i := range steps {
		group.Go(func() {
			var a answer
			list := make([]time.Duration, 0, 1<<14)
			for !stop.Load() {
				start := time.Now()
				if err := steps[i](wires[i], &a); err != nil {
					failed.Add(1)
					first.CompareAndSwap(nil, fmt.Errorf("user %d: %w", i, err))
					if failed.Load() > 1000 {
						break // a broken row is not measured to its end
					}
					continue
				}
				list = append(list, time.Since(start))
			}
			took[i] = list
		})
	}
	group.Wait()
	length = time.Since(began)
	used, usedDB := gauge.CPU(t.pid)-before, gauge.CPU(t.database)-beforeDB
	all := slices.Concat(took...)
	out := result{row: r, errors: failed.Load(), rss: gauge.Resident(t.pid)}
	if err, ok := first.Load().(error); ok {
		out.example = err
	}
	if n := len(all); n > 0 {
		out.perSecond = float64(n) / length.Seconds()
		out.p50, out.p99 = gauge.Quantile(all, 0.5), gauge.Quantile(all, 0.99)
		out.cpu, out.database = used/time.Duration(n), usedDB/time.Duration(n)
	}
	return out
}
