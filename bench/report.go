package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/cardea-iam/cardea/bench/gauge"
)

// report is the whole result as Markdown that reads well on a terminal too.
func (b *session) report() string {
	var w strings.Builder
	fmt.Fprintf(&w, "# Measured\n\n<!-- Written by make bench. -->\n%s, %s, %s. Server on core 0 with GOMAXPROCS=1; generator%s on core 1;\n"+
		"%d connections, closed loop, keep-alive, loopback. %d runs of %s each; the run with the median CPU is shown.\n"+
		"CPU is user and system of the server's process per request (of a whole flow in the code row).\n"+
		"Everything is durable before it is answered: SQLite with synchronous=FULL, PostgreSQL with fsync.\n\n",
		time.Now().UTC().Format("2 January 2006 15:04 MST"), processor(), runtime.Version(), " and PostgreSQL", connections, b.limits.runs, b.limits.run)
	if len(b.start) > 0 {
		w.WriteString("| | measured | goal |\n|---|---|---|\n")
		fmt.Fprintf(&w, "| start to the first discovery answer (median of %d) | %s | ≤ 50 ms%s |\n", len(b.start), ms(b.start[len(b.start)/2]), verdict(b.start[len(b.start)/2].Seconds()*1000, 50))
		fmt.Fprintf(&w, "| resident memory, idle | %.1f MiB | ≤ 40 MiB%s |\n", b.idle, verdict(b.idle, 40))
		size := float64(b.size) / (1 << 20)
		fmt.Fprintf(&w, "| binary (-trimpath -ldflags \"-s -w\") | %.1f MiB | ≤ 40 MiB%s |\n", size, verdict(size, 40))
	}
	peer := map[string]result{}
	for _, t := range b.tables {
		if strings.HasPrefix(t.name, "oidc-provider") {
			for _, r := range t.results {
				peer[r.row.name] = r
			}
		}
	}
	for _, t := range b.tables {
		b.one(&w, t, peer)
	}
	if len(b.notes) > 0 {
		w.WriteString("\n## Notes\n\n")
		for _, n := range b.notes {
			fmt.Fprintf(&w, "- %s\n", strings.ReplaceAll(n, "\n", " "))
		}
	}
	return w.String()
}

func (b *session) one(w *strings.Builder, t table, peer map[string]result) {
	ours := !strings.HasPrefix(t.name, "oidc-provider")
	fmt.Fprintf(w, "\n## %s\n\nSigning on this core before and after: ECDSA P-256 %.1f → %.1f µs, RSA-2048 %.0f → %.0f µs.\n\n", t.name,
		us(t.before.ECDSA), us(t.after.ECDSA), us(t.before.RSA), us(t.after.RSA))
	w.WriteString("| row | requests/s | p50 | p99 | CPU µs |")
	line := "|---|--:|--:|--:|--:|"
	if t.database {
		w.WriteString(" database µs |")
		line += "--:|"
	}
	w.WriteString(" RSS MiB | errors |")
	line += "--:|--:|"
	if ours {
		w.WriteString(" goal µs | of the peer's CPU |")
		line += "--:|--:|"
	}
	w.WriteString("\n" + line + "\n")
	for _, r := range t.results {
		fmt.Fprintf(w, "| %s | %.0f | %s | %s | %.1f |", r.row.name, r.perSecond, ms(r.p50), ms(r.p99), us(r.cpu))
		if t.database {
			fmt.Fprintf(w, " %.1f |", us(r.database))
		}
		fmt.Fprintf(w, " %.0f | %d |", r.rss, r.errors)
		if ours {
			goal, ratio := "", ""
			if r.row.goal > 0 {
				goal = fmt.Sprintf("%.0f%s", r.row.goal*1000, verdict(us(r.cpu), r.row.goal*1000))
			}
			if p, ok := peer[r.row.name]; ok && p.cpu > 0 {
				ratio = fmt.Sprintf("%.2f", float64(r.cpu)/float64(p.cpu))
			}
			fmt.Fprintf(w, " %s | %s |", goal, ratio)
		}
		w.WriteString("\n")
	}
}

func us(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

func ms(d time.Duration) string { return fmt.Sprintf("%.2f ms", gauge.Milliseconds(d)) }

// verdict marks whether a goal is met.
func verdict(got, goal float64) string {
	if got > goal {
		return " missed"
	}
	return " met"
}

// processor names the machine's CPU.
func processor() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	model, cores := runtime.GOARCH, 0
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")
		switch strings.TrimSpace(name) {
		case "processor":
			cores++
		case "model name":
			model = strings.TrimSpace(value)
		}
	}
	return fmt.Sprintf("%d × %s", cores, model)
}
