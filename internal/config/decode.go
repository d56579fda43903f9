package config

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/knadh/koanf/v2"
)

// decode fills c from the merged layers and the defaults.
func decode(k *koanf.Koanf, c *Config) error {
	var errs []error
	root := reflect.ValueOf(c).Elem()
	for _, key := range slices.Sorted(maps.Keys(leafKeys)) {
		l := leafKeys[key]
		var raw any = l.def
		if k.Exists(key) {
			raw = k.Get(key)
		} else if l.def == "" {
			continue
		}
		if err := set(root.FieldByIndex(l.index), raw); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", key, err))
		}
	}
	return errors.Join(errs...)
}

// set parses raw into the field. The error says what to write.
func set(field reflect.Value, raw any) error {
	if list, ok := raw.([]any); ok && field.Kind() != reflect.Slice {
		return fmt.Errorf("it is one value, not a list of %d", len(list))
	}
	switch p := field.Addr().Interface().(type) {
	case *string:
		s, ok := raw.(string)
		if !ok {
			return fmt.Errorf("%v is not text: put it in quotes", raw)
		}
		*p = s
	case *DatabaseURL:
		s, ok := raw.(string)
		if !ok {
			return errors.New("it is not text: write postgres://user@host/name")
		}
		*p = DatabaseURL(s)
	case *bool:
		switch fmt.Sprint(raw) {
		case "true":
			*p = true
		case "false":
			*p = false
		default:
			return fmt.Errorf("%q is not true or false", fmt.Sprint(raw))
		}
	case *int:
		n, err := strconv.Atoi(fmt.Sprint(raw))
		if err != nil {
			return fmt.Errorf("%q is not a whole number", fmt.Sprint(raw))
		}
		*p = n
	case *time.Duration:
		d, err := ParseDuration(fmt.Sprint(raw))
		if err != nil {
			return err
		}
		*p = d
	case *slog.Level:
		levels := map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo,
			"warn": slog.LevelWarn, "error": slog.LevelError}
		level, ok := levels[fmt.Sprint(raw)]
		if !ok {
			return fmt.Errorf("%q is not debug, info, warn or error", fmt.Sprint(raw))
		}
		*p = level
	case *[]string:
		list, err := list(raw)
		*p = list
		return err
	case *[]netip.Prefix:
		list, err := list(raw)
		if err != nil {
			return err
		}
		*p = nil
		for _, s := range list {
			prefix, err := parsePrefix(s)
			if err != nil {
				return err
			}
			*p = append(*p, prefix)
		}
	default:
		panic(fmt.Sprintf("config: no parser for %T", p))
	}
	return nil
}

// list takes a YAML list of texts, or texts separated by commas.
func list(raw any) ([]string, error) {
	var out []string
	switch v := raw.(type) {
	case []any:
		for _, e := range v {
			s, ok := e.(string)
			if !ok || strings.TrimSpace(s) == "" {
				return nil, fmt.Errorf("%v is not a text of the list", e)
			}
			out = append(out, strings.TrimSpace(s))
		}
	case string:
		for s := range strings.SplitSeq(v, ",") {
			if s = strings.TrimSpace(s); s != "" {
				out = append(out, s)
			}
		}
	default:
		return nil, fmt.Errorf("%v is not a list", raw)
	}
	return out, nil
}

func parsePrefix(s string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(s); err == nil && addr.Zone() == "" {
		addr = addr.Unmap()
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	p, err := netip.ParsePrefix(s)
	if err != nil || p.Masked() != p {
		return netip.Prefix{}, fmt.Errorf("%q is not an address or a network such as 10.1.0.0/16", s)
	}
	if p.Bits() == 0 {
		return netip.Prefix{}, fmt.Errorf("%q is everybody: name the networks of the proxies", s)
	}
	return p, nil
}

// ParseDuration reads a duration with units w, d, h, m, s and ms, such as
// "90d" or "1d12h". Weeks and days are 7 × 24 h and 24 h. It must be positive.
func ParseDuration(s string) (time.Duration, error) {
	bad := fmt.Errorf("%q is not a duration: write a number with a unit, such as 90s, 10m, 12h, 30d or 1d12h", s)
	var total time.Duration
	rest := s
	for _, unit := range []struct {
		letter string
		length time.Duration
	}{{"w", 7 * 24 * time.Hour}, {"d", 24 * time.Hour}} {
		digits, after, found := strings.Cut(rest, unit.letter)
		if !found {
			continue
		}
		n, err := strconv.ParseUint(digits, 10, 32)
		if err != nil || n > uint64((math.MaxInt64-total)/unit.length) {
			return 0, bad
		}
		total += time.Duration(n) * unit.length
		rest = after
	}
	if rest != "" {
		d, err := time.ParseDuration(rest)
		if err != nil || d < 0 || d > math.MaxInt64-total || strings.ContainsAny(rest, "+-") {
			return 0, bad
		}
		total += d
	}
	if total <= 0 {
		return 0, bad
	}
	return total, nil
}
