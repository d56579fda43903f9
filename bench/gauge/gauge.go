// Package gauge is what the programs of this folder measure with: the server apart from the load, the
// processor's time and the quantiles.
package gauge

import (
	"errors"
	"os"
	"os/exec"
	"slices"
	"time"

	"github.com/cardea-iam/cardea/test/rig"
)

const binary = "BENCH_BINARY"

// Binary is the server that Apart has built; "" before.
func Binary() string { return os.Getenv(binary) }

// Apart builds the server on all cores and runs this program again on one core alone, with its
// arguments and more environment. name is for a temporary folder.
func Apart(name, core string, env ...string) error {
	if _, err := exec.LookPath("taskset"); err != nil {
		return errors.New("taskset is needed (apt-get install util-linux)")
	}
	dir, err := os.MkdirTemp("", "cardea-"+name+"-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary folder
	server, err := rig.Build(dir)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.Command("taskset", append([]string{"-c", core, self}, os.Args[1:]...)...) //nolint:gosec // ourselves
	cmd.Env = slices.Concat(os.Environ(), []string{binary + "=" + server}, env)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run()
}

// Quantile is that of q between 0 and 1; 0 of nothing. It sorts what was taken.
func Quantile(took []time.Duration, q float64) time.Duration {
	if len(took) == 0 {
		return 0
	}
	slices.Sort(took)
	return took[min(int(float64(len(took))*q), len(took)-1)]
}

// Milliseconds is a duration as people compare it.
func Milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
