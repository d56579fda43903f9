package id

import (
	"slices"
	"testing"
	"time"
)

func TestNewSortsByTimeAndChecks(t *testing.T) {
	start := time.UnixMilli(1_700_000_000_000)
	var ids []string
	for i := range 1000 {
		v := New("acc", start.Add(time.Duration(i)*time.Millisecond))
		if err := Check("acc", v); err != nil {
			t.Fatalf("%s: %v", v, err)
		}
		if Check("cli", v) == nil {
			t.Fatalf("%s passes as a client", v)
		}
		ids = append(ids, v)
	}
	if !slices.IsSorted(ids) {
		t.Fatal("identifiers do not sort by time")
	}
	if len(slices.Compact(ids)) != 1000 {
		t.Fatal("identifiers repeat")
	}
}

func TestCheckRefuses(t *testing.T) {
	for _, s := range []string{"", "acc", "acc_", "acc_0", New("acc", time.Now())[:29], "acc_" + "IIIIIIIIIIIIIIIIIIIIIIIIII"} {
		if Check("acc", s) == nil {
			t.Errorf("%q passes", s)
		}
	}
}
