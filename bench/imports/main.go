// Command imports measures `cardea import`: it writes a file of accounts with hashes of many
// kinds, imports it with a kill -9 of the client and one of the server on the way, and signs people
// in before and after. `make import-bench` runs it with a million accounts; it wants a quiet machine.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/cardea-iam/cardea/test/rig"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "imports:", err)
		os.Exit(1)
	}
}

type bench struct {
	*rig.Server
	dir     string
	n       int // accounts
	sample  int // sign-ins of each measurement
	web     rig.Client
	natives []*rig.Person
}

func run() (err error) {
	b := &bench{}
	flag.IntVar(&b.n, "accounts", 1_000_000, "accounts to import")
	flag.IntVar(&b.sample, "sample", 200, "sign-ins of each measurement")
	postgres := flag.Bool("postgres", false, "on PostgreSQL in place of SQLite")
	flag.Parse()
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	defer cancel()
	if b.dir, err = os.MkdirTemp("", "cardea-import-bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir) //nolint:errcheck // a temporary folder
	binary, err := rig.Build(b.dir)
	if err != nil {
		return err
	}
	args := []string{"--limits-costly-per-address", "0", "--log-level", "error"}
	if *postgres {
		cluster, err := rig.NewCluster(b.dir, "0-63")
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, cluster.Stop()) }()
		database, err := cluster.Create("cardea")
		if err != nil {
			return err
		}
		args = append(args, "--database", database)
	}
	if b.Server, err = rig.NewServer(binary, filepath.Join(b.dir, "data"), args...); err != nil {
		return err
	}
	if _, err = b.Start(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Stop()) }()
	return b.all(ctx)
}

func (b *bench) all(ctx context.Context) (err error) {
	if b.web, err = b.CreateClient(ctx, "web", "--redirect-uri", redirectURI, "--first-party"); err != nil {
		return err
	}
	b.web.RedirectURI = redirectURI
	for i := range 8 {
		p := &rig.Person{Username: fmt.Sprintf("native-%d", i), Password: "a long enough pass phrase of the bench"}
		if _, err := b.CreateAccount(ctx, p.Username, p.Password); err != nil {
			return err
		}
		b.natives = append(b.natives, p)
	}
	if err := b.signIns(ctx, "native accounts, before", b.natives); err != nil {
		return err
	}
	name := filepath.Join(b.dir, "accounts.jsonl")
	bad, err := write(name, b.n)
	if err != nil {
		return err
	}
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	fmt.Printf("%d accounts of %d kinds of hashes, %d bad lines among them, %.0f MB\n", b.n, len(kinds), bad, float64(info.Size())/1e6)
	took, err := b.load(ctx, name, info.Size())
	if err != nil {
		return err
	}
	state, err := b.state(ctx, name)
	if err != nil {
		return err
	}
	fmt.Printf("imported %d, rejected %d, in %s: %.0f accounts a second, both kills and the restart counted\n",
		state.Imported, state.Rejected, took.Round(time.Millisecond), float64(state.Imported)/took.Seconds())
	if state.Imported != int64(b.n-bad) || state.Rejected != int64(bad) {
		return fmt.Errorf("the file has %d good and %d bad lines", b.n-bad, bad)
	}
	return b.after(ctx)
}

// after signs in who was there before, then imported people twice: against the old hash, and
// against ours.
func (b *bench) after(ctx context.Context) error {
	if err := b.signIns(ctx, "native accounts, after", b.natives); err != nil {
		return err
	}
	for k, kind := range kinds {
		var people []*rig.Person
		for i := k; len(people) < max(b.sample/len(kinds), 5) && i < b.n; i += len(kinds) {
			if !isBad(i) {
				people = append(people, &rig.Person{Username: username(i), Password: kind.password})
			}
		}
		if err := b.each(ctx, kind.name+", first sign-in", people); err != nil {
			return err
		}
		if err := b.each(ctx, kind.name+", second sign-in", people); err != nil {
			return err
		}
	}
	return nil
}
