// Command gen builds the blocklist of package policy from lists of common and
// breached passwords.
//
//	go run ./gen [-short FILE]... FILE...
//
// A list is a text file with one password a line (.txt, .gz) or a JSON array of
// strings (.json). Entries of eight code points and more are taken from every
// list: shorter ones can be nobody's password. From the lists given with -short,
// entries of four to seven are taken too; the rules look for them inside longer
// passwords. It writes blocklist.golomb and blocklist.json in the current
// directory. The same lists give the same bytes in any order.
package main

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/cardea-iam/cardea/internal/factor/password/plaintext"
	"github.com/cardea-iam/cardea/internal/factor/password/policy/golomb"
)

const (
	whole    = 8  // NIST SP 800-63B-4 §3.1.1.2: the least minimum
	fragment = 4  // shortest entry sought inside a password
	longest  = 64 // an entry beyond this is a line that went wrong
	rice     = 20 // one stranger in 2^20 is taken for an entry
)

type source struct {
	File   string `json:"file"`
	SHA256 string `json:"sha256"`
	Lines  int    `json:"lines"`
	New    int    `json:"new"`
}

type metadata struct {
	Entries           int      `json:"entries"`
	EightAndMore      int      `json:"eightAndMore"`
	FifteenAndMore    int      `json:"fifteenAndMore"`
	FalsePositiveRate float64  `json:"falsePositiveRate"`
	Bytes             int      `json:"bytes"`
	SHA256            string   `json:"sha256"`
	Sources           []source `json:"sources"`
}

func main() {
	log.SetFlags(0)
	var short []string
	flag.Func("short", "list whose entries of 4 to 7 characters count too", func(path string) error {
		short = append(short, path)
		return nil
	})
	flag.Parse()
	if err := run(flag.Args(), short); err != nil {
		log.Fatal(err)
	}
}

func run(long, short []string) error {
	paths := append(slices.Clone(long), short...)
	slices.SortFunc(paths, func(a, b string) int { return strings.Compare(filepath.Base(a), filepath.Base(b)) })
	var meta metadata
	entries := make(map[string]bool)
	for _, path := range paths {
		least := whole
		if slices.Contains(short, path) {
			least = fragment
		}
		s, err := read(path, least, entries)
		if err != nil {
			return fmt.Errorf("reading %s: %w", path, err)
		}
		meta.Sources = append(meta.Sources, s)
	}
	list := make([]string, 0, len(entries))
	for e := range entries {
		list = append(list, e)
		if n := utf8.RuneCountInString(e); n >= 15 {
			meta.FifteenAndMore++
			meta.EightAndMore++
		} else if n >= whole {
			meta.EightAndMore++
		}
	}
	data, err := golomb.Build(list, rice)
	if err != nil {
		return err
	}
	set, err := golomb.Open(string(data))
	if err != nil {
		return err
	}
	meta.Entries, meta.FalsePositiveRate, meta.Bytes, meta.SHA256 = set.Len(), set.FalsePositiveRate(), len(data), digest(data)
	text, err := json.MarshalIndent(meta, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile("blocklist.golomb", data, 0o644); err != nil {
		return err
	}
	return os.WriteFile("blocklist.json", append(text, '\n'), 0o644)
}

// read adds the entries of one list.
func read(path string, least int, entries map[string]bool) (source, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return source{}, err
	}
	s := source{File: filepath.Base(path), SHA256: digest(raw)}
	lines, err := split(path, raw)
	if err != nil {
		return source{}, err
	}
	for _, line := range lines {
		s.Lines++
		entry := plaintext.Fold(line)
		n := utf8.RuneCountInString(entry)
		if utf8.ValidString(line) && n >= least && n <= longest && !entries[entry] {
			entries[entry] = true
			s.New++
		}
	}
	return s, nil
}

func split(path string, raw []byte) ([]string, error) {
	var lines []string
	if filepath.Ext(path) == ".json" {
		err := json.Unmarshal(raw, &lines)
		return lines, err
	}
	var r io.Reader = strings.NewReader(string(raw))
	if filepath.Ext(path) == ".gz" {
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, err
		}
		r = z
	}
	in := bufio.NewScanner(r)
	for in.Scan() {
		lines = append(lines, in.Text())
	}
	return lines, in.Err()
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
