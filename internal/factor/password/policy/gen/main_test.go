package main

import (
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"testing"

	"github.com/cardea-iam/cardea/internal/factor/password/policy/golomb"
)

func TestRunIsDeterministicAndKeepsTheRightEntries(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte("Baseball1\r\nmouse\ncat\n")); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	text := write("a.txt", []byte("PASSWORD\nshort\nletmein99\n"))
	array := write("b.json", []byte(`["password", "dragonfly"]`))
	packedList := write("c.gz", packed.Bytes())

	var results [][]byte
	for _, order := range [][]string{{text, array}, {array, text}} {
		t.Chdir(t.TempDir())
		if err := run(order, []string{packedList}); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"blocklist.golomb", "blocklist.json"} {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			results = append(results, data)
		}
	}
	if !bytes.Equal(results[0], results[2]) || !bytes.Equal(results[1], results[3]) {
		t.Error("another order of lists gives other bytes")
	}
	set, err := golomb.Open(string(results[0]))
	if err != nil {
		t.Fatal(err)
	}
	for entry, want := range map[string]bool{
		"password": true, "letmein99": true, "dragonfly": true, "baseball1": true, "mouse": true,
		"PASSWORD": false, "short": false, "cat": false,
	} {
		if set.Contains(entry) != want {
			t.Errorf("%q in the set: %v", entry, !want)
		}
	}
}
