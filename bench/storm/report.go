package main

import (
	"fmt"
	"maps"
	"slices"

	"github.com/cardea-iam/cardea/bench/gauge"
)

func report(calm, stormy *half, g *gale) {
	fmt.Printf("%-34s %10s %10s %10s %10s\n", "", "calm p50", "calm p99", "storm p50", "storm p99")
	for _, row := range []struct {
		name string
		a, b *series
	}{
		{"owners, whole sign-in", &calm.owners, &stormy.owners},
		{"token endpoint", &calm.token, &stormy.token},
		{"introspection", &calm.introspect, &stormy.introspect},
	} {
		fmt.Printf("%-34s %7.1f ms %7.1f ms %7.1f ms %7.1f ms\n", row.name, gauge.Milliseconds(row.a.at(0.5)), gauge.Milliseconds(row.a.at(0.99)), gauge.Milliseconds(row.b.at(0.5)), gauge.Milliseconds(row.b.at(0.99)))
	}
	fmt.Println()
	verdict("owners who got in, calm", calm.owners.success(), 99, "%", true)
	verdict("owners who got in, storm", stormy.owners.success(), 99, "%", true)
	verdict("token endpoint, p99 in the storm", ratio(&stormy.token, &calm.token), 2, "× calm", false)
	verdict("introspection, p99 in the storm", ratio(&stormy.introspect, &calm.introspect), 2, "× calm", false)
	for name, s := range map[string]*series{"owners": &stormy.owners, "token": &stormy.token, "introspection": &stormy.introspect} {
		if s.first != nil {
			fmt.Printf("first failure of %s: %.300v\n", name, s.first)
		}
	}
	total := 0
	for _, n := range g.counts {
		total += n
	}
	fmt.Printf("\nThe storm: %d attempts wanted, %.0f a second; answered after %.1f ms (p50), %.1f ms (p99)\n",
		total, float64(total)/g.storm.Seconds(), gauge.Milliseconds(g.took.at(0.5)), gauge.Milliseconds(g.took.at(0.99)))
	for _, what := range slices.Sorted(maps.Keys(g.counts)) {
		fmt.Printf("  %8d  %5.1f %%  %s\n", g.counts[what], 100*float64(g.counts[what])/float64(total), what)
	}
	fmt.Printf("The server used %.1f s of processor time in %.0f s, %.2f ms for each attempt that it answered.\n",
		g.cpu.Seconds(), g.storm.Seconds(), gauge.Milliseconds(g.cpu)/float64(max(len(g.took.took), 1)))
	fmt.Printf("Passwords hashed for strangers: at most %.1f a second.\n", float64(g.counts["200, wrong"])/g.storm.Seconds())
}

func ratio(a, b *series) float64 {
	if b.at(0.99) == 0 {
		return 0
	}
	return float64(a.at(0.99)) / float64(b.at(0.99))
}

func verdict(what string, got, goal float64, unit string, atLeast bool) {
	word, sign := "missed", "<"
	if atLeast {
		sign = ">"
	}
	if atLeast && got > goal || !atLeast && got < goal {
		word = "met"
	}
	fmt.Printf("%-34s %8.2f %s (goal %s %.0f: %s)\n", what, got, unit, sign, goal, word)
}
