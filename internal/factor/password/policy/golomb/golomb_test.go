package golomb

import (
	"bytes"
	"fmt"
	"testing"
)

func numbered(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("entry %d", i)
	}
	return out
}

func build(t testing.TB, entries []string, p int) *Set {
	t.Helper()
	data, err := Build(entries, p)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(string(data))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestNoFalseNegatives(t *testing.T) {
	for _, n := range []int{1, 2, 63, 64, 65, 5000} {
		for _, p := range []int{1, 20, 32} {
			entries := numbered(n)
			s := build(t, entries, p)
			if s.Len() != n {
				t.Errorf("n=%d p=%d: Len = %d", n, p, s.Len())
			}
			for _, e := range entries {
				if !s.Contains(e) {
					t.Fatalf("n=%d p=%d: %q is lost", n, p, e)
				}
			}
		}
	}
}

func TestFalsePositiveRate(t *testing.T) {
	s := build(t, numbered(20000), 8)
	const tries = 200000
	hits := 0
	for i := range tries {
		if s.Contains(fmt.Sprintf("stranger %d", i)) {
			hits++
		}
	}
	// 781 expected, standard deviation 28; hash and inputs are fixed.
	if got, want := float64(hits)/tries, s.FalsePositiveRate(); got < want*0.8 || got > want*1.2 {
		t.Errorf("rate = %.5f, want about %.5f", got, want)
	}
}

func TestBuildIsDeterministic(t *testing.T) {
	a, err := Build([]string{"one", "two", "three", "two"}, 20)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Build([]string{"three", "one", "two"}, 20)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a, b) {
		t.Error("order or repetition changed the bytes")
	}
}

func TestSize(t *testing.T) {
	data, err := Build(numbered(20000), 20)
	if err != nil {
		t.Fatal(err)
	}
	if perEntry := float64(8*len(data)) / 20000; perEntry > 22.2 {
		t.Errorf("%.2f bits per entry", perEntry)
	}
}

func TestOpenRefuses(t *testing.T) {
	good, err := Build(numbered(1000), 20)
	if err != nil {
		t.Fatal(err)
	}
	damaged := func(at int, b byte) string {
		d := bytes.Clone(good)
		d[at] = b
		return string(d)
	}
	for name, data := range map[string]string{
		"empty":        "",
		"other magic":  damaged(0, 'x'),
		"cut":          string(good[:len(good)-1]),
		"longer":       string(good) + "x",
		"header only":  string(good[:header]),
		"huge n":       damaged(8, 0x7f),
		"n of zero":    magic + "\x00\x00\x00\x00\x00\x00\x00\x14\x00\x00\x00\x00\x00\x00\x00\x00",
		"p of zero":    damaged(15, 0),
		"p too great":  damaged(15, 33),
		"fall of bits": damaged(header, 0xff),
	} {
		if _, err := Open(data); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := Build(nil, 20); err == nil {
		t.Error("built an empty set")
	}
	if _, err := Build(numbered(1), 33); err == nil {
		t.Error("built with p=33")
	}
}

func FuzzOpen(f *testing.F) {
	good, err := Build(numbered(200), 4)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Fuzz(func(_ *testing.T, data []byte) {
		s, err := Open(string(data))
		if err != nil {
			return
		}
		for _, e := range numbered(50) { // must neither panic nor spin
			s.Contains(e)
		}
	})
}
