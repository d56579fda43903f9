package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// leaf is one key of the configuration.
type leaf struct {
	index []int // of the field, for reflect
	def   string
}

var (
	leafKeys = map[string]leaf{}
	sections = map[string]bool{}
	envKeys  = map[string]string{}
	flagKeys = map[string]string{}
)

func init() { collect(reflect.TypeFor[Config](), "", nil) }

func collect(t reflect.Type, prefix string, index []int) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, ok := f.Tag.Lookup("key")
		if !ok {
			continue
		}
		key, at := prefix+name, append(slices.Clone(index), i)
		if f.Type.Kind() == reflect.Struct {
			sections[key] = true
			collect(f.Type, key+".", at)
			continue
		}
		leafKeys[key] = leaf{at, f.Tag.Get("default")}
		envKeys[envName(key)] = key
		flagKeys[FlagName(key)] = key
	}
}

// envName is the environment variable of a key: tls.cert is CARDEA_TLS_CERT.
func envName(key string) string {
	return envPrefix + strings.ToUpper(strings.NewReplacer(".", "_", "-", "_").Replace(key))
}

// FlagName is the flag of a key without dashes in front: tls.cert is tls-cert.
func FlagName(key string) string { return strings.ReplaceAll(key, ".", "-") }

// Flags lists the flag names that Load accepts, in order.
func Flags() []string { return slices.Sorted(maps.Keys(flagKeys)) }

// Meaning is what a flag of Flags is for, in a few words.
func Meaning(flag string) string { return meanings[flag] }

// unknown names the nearest known key, written as the caller writes keys.
func unknown(what, name string, known map[string]leaf, write func(string) string) error {
	best, least := "", len(name)/2+1
	for _, key := range slices.Sorted(maps.Keys(known)) {
		if d := distance(name, write(key)); d < least {
			best, least = write(key), d
		}
	}
	if best == "" {
		return fmt.Errorf("%s %q is unknown: docs/configuration.md lists all", what, name)
	}
	return fmt.Errorf("%s %q is unknown: did you mean %q?", what, name, best)
}

// distance is Levenshtein's.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			next := min(row[j+1]+1, row[j]+1, diagonal+cost)
			diagonal, row[j+1] = row[j+1], next
		}
	}
	return row[len(b)]
}
