// Command storm is experiment FX11: passwords are tried two thousand times a second from fifty
// thousand addresses, four in five for names that nobody has, while owners sign in on devices that
// they have used before and services ask for tokens. It prints how owners and services fare, without
// the storm and in it. `make storm` runs it; it wants two cores of its own.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"github.com/cardea-iam/cardea/bench/gauge"
	"github.com/cardea-iam/cardea/test/rig"
)

type settings struct {
	rate, addresses int           // of the storm: attempts a second, and from how many addresses
	owners          int           // people
	each            time.Duration // how often each owner signs in
	base, storm     time.Duration // length of the two halves
}

func main() {
	var s settings
	flag.IntVar(&s.rate, "rate", 2000, "attempts a second")
	flag.IntVar(&s.addresses, "addresses", 50_000, "addresses of the attempts")
	flag.IntVar(&s.owners, "owners", 20, "people who sign in meanwhile")
	flag.DurationVar(&s.each, "each", 4*time.Second, "how often each of them does")
	flag.DurationVar(&s.base, "base", 15*time.Second, "length of the half without a storm")
	flag.DurationVar(&s.storm, "storm", 30*time.Second, "length of the half with it")
	flag.Parse()
	var err error
	if gauge.Binary() == "" {
		cores := runtime.NumCPU() // this program and the load have the last one
		err = gauge.Apart("storm", strconv.Itoa(cores-1), "STORM_CORES="+strconv.Itoa(cores))
	} else {
		err = run(s)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "storm:", err)
		os.Exit(1)
	}
}

func run(o settings) (err error) {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	defer cancel()
	dir, err := os.MkdirTemp("", "cardea-storm-data-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
	s, err := rig.NewServer(gauge.Binary(), filepath.Join(dir, "data"), "--trusted-proxies", "127.0.0.1", "--log-level", "error")
	if err != nil {
		return err
	}
	cores, err := strconv.Atoi(os.Getenv("STORM_CORES"))
	if err != nil {
		return err
	}
	s.CPU = "0"
	if cores > 2 {
		s.CPU = fmt.Sprintf("0-%d", cores-2)
	}
	servers := max(cores-1, 1)
	s.Env = []string{"GOMAXPROCS=" + strconv.Itoa(servers)}
	if _, err := s.Start(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Stop()) }()
	w, err := newWorld(ctx, s, o)
	if err != nil {
		return err
	}
	fmt.Printf("The server has %d of %d cores and so many places to hash passwords. %d owners sign in every %s on known devices.\n\n", servers, cores, o.owners, o.each)
	calm, err := w.half(ctx, o.base, nil)
	if err != nil {
		return err
	}
	gale, err := newGale(ctx, s, o, w.names)
	if err != nil {
		return err
	}
	before := gauge.CPU(s.PID())
	stormy, err := w.half(ctx, o.storm, gale)
	gale.cpu = gauge.CPU(s.PID()) - before
	if err != nil {
		return err
	}
	report(calm, stormy, gale)
	return nil
}
