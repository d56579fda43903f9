// Command bench measures the server as its users meet it: the released binary as a process of its
// own on one core, the load generator on the other, sixty-four connections, everything durable.
// It prints a table and writes bench/RESULTS.md. See README.md in this folder.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/cardea-iam/cardea/bench/gauge"
	"github.com/cardea-iam/cardea/test/rig"
)

// The server has one core; the generator and PostgreSQL share the other.
const serverCore, loadCore = "0", "1"

func main() {
	var err error
	switch {
	case len(os.Args) > 1 && os.Args[1] == "calibrate":
		err = calibrateHere()
	case gauge.Binary() == "":
		err = gauge.Apart("bench", loadCore, "GOMAXPROCS=1")
	default:
		err = bench()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench() error {
	var (
		run      = flag.Duration("run", 2*time.Second, "length of a run")
		runs     = flag.Int("runs", 3, "counted runs of each row")
		only     = flag.String("row", "", "measure only rows whose name contains this")
		ours     = flag.Bool("sqlite", true, "measure on SQLite")
		postgres = flag.Bool("postgres", true, "measure on PostgreSQL too, where it is installed")
		peer     = flag.Bool("peer", true, "measure npm's oidc-provider too, where node is installed")
		profile  = flag.Duration("hold", 0, "keep the SQLite server under the selected rows' load for this long first, for a profiler")
		out      = flag.String("out", "", "where to write the results; default bench/RESULTS.md, and nowhere with -row")
	)
	flag.Parse()
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	defer cancel()
	ctx, cancel = context.WithTimeout(ctx, 15*time.Minute)
	defer cancel()
	b := &session{
		binary: gauge.Binary(), only: *only, hold: *profile,
		limits: limits{warm: 500 * time.Millisecond, run: *run, runs: *runs},
	}
	var err error
	if b.dir, err = os.MkdirTemp("", "cardea-bench-data-"); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir) //nolint:errcheck // a temporary folder
	if err := b.all(ctx, *ours, *postgres, *peer); err != nil {
		return err
	}
	text := b.report()
	fmt.Print(text)
	if *out == "" && *only == "" {
		root, err := rig.Root()
		if err != nil {
			return err
		}
		*out = filepath.Join(root, "bench", "RESULTS.md")
	}
	if *out == "" {
		return nil
	}
	return os.WriteFile(*out, []byte(text), 0o644) //nolint:gosec // a document for everyone
}
