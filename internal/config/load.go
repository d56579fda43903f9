package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"

	"github.com/knadh/koanf/v2"
	"go.yaml.in/yaml/v3"
)

// envPrefix begins every variable that is ours.
const envPrefix = "CARDEA_"

// otherEnv are variables of the command line that configure no server.
var otherEnv = map[string]bool{"CARDEA_CONFIG": true, "CARDEA_SERVER": true, "CARDEA_TOKEN_FILE": true}

// layer is a koanf provider of ready values.
type layer map[string]any

func (l layer) Read() (map[string]any, error) { return l, nil }
func (layer) ReadBytes() ([]byte, error)      { return nil, errors.New("a layer has no bytes") }

// Load reads the file at path ("" for none), then env, as of os.Environ, then
// flags by flag name (see [Flags]). What it returns has passed Validate. The
// error names every key that is wrong and says what to do.
func Load(path string, env []string, flags map[string]string) (Config, error) {
	k := koanf.New(".")
	var errs []error
	if path != "" {
		m, err := readFile(path)
		if err != nil {
			return Config{}, err
		}
		errs = append(errs, merge(k, m))
	}
	file := k.Copy()
	vars, err := fromEnv(env)
	errs = append(errs, err, merge(k, vars))
	args, err := fromFlags(flags)
	errs = append(errs, err, merge(k, args))

	var c Config
	errs = append(errs, decode(k, &c))
	if err := errors.Join(errs...); err != nil {
		return Config{}, err
	}
	if c.Database.hasPassword() && file.String("database") != string(c.Database) {
		c.warnings = append(c.warnings, "database: the password is in a flag or in the environment, where others "+
			"may read it: write the URL to a file with mode 0600 and set database-file")
	}
	if err := c.derive(); err != nil {
		return Config{}, err
	}
	if err := c.Validate(); err != nil {
		return Config{}, err
	}
	return c, nil
}

func merge(k *koanf.Koanf, m map[string]any) error {
	if err := k.Load(layer(m), nil); err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	return nil
}

// readFile reads one YAML document and refuses keys that do not exist. The
// decoder refuses keys that occur twice.
func readFile(path string) (map[string]any, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("configuration file: %w", err)
	}
	dec := yaml.NewDecoder(bytes.NewReader(b))
	var m map[string]any
	if err := dec.Decode(&m); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("configuration file %s: %w", path, err)
	}
	if err := dec.Decode(new(any)); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("configuration file %s: it must be one YAML document", path)
	}
	if err := knownKeys(m, ""); err != nil {
		return nil, fmt.Errorf("configuration file %s:\n%w", path, err)
	}
	return m, nil
}

// knownKeys walks the file as it is written, so that a section in place of a
// value, a value in place of a section, and an empty value are named too.
func knownKeys(m map[string]any, prefix string) error {
	var errs []error
	for name, v := range m {
		key := prefix + name
		sub, isMap := v.(map[string]any)
		_, isLeaf := leafKeys[key]
		switch {
		case v == nil && (isLeaf || sections[key]):
			errs = append(errs, fmt.Errorf("%s: it has no value: give it one or remove the line", key))
		case isLeaf && isMap:
			errs = append(errs, fmt.Errorf("%s: it is a value, not a section", key))
		case sections[key] && !isMap:
			errs = append(errs, fmt.Errorf("%s: it is a section, with keys below it", key))
		case sections[key]:
			errs = append(errs, knownKeys(sub, key+"."))
		case !isLeaf:
			errs = append(errs, unknown("key", key, leafKeys, func(known string) string { return known }))
		}
	}
	return errors.Join(errs...)
}

// fromEnv collects CARDEA_ variables. Names differ from keys by case and by
// '_' for both '.' and '-'.
func fromEnv(env []string) (map[string]any, error) {
	out := map[string]any{}
	var errs []error
	for _, kv := range env {
		name, value, _ := strings.Cut(kv, "=")
		if !strings.HasPrefix(name, envPrefix) || otherEnv[name] {
			continue
		}
		key, ok := envKeys[name]
		if !ok {
			errs = append(errs, unknown("environment variable", name, leafKeys, envName))
			continue
		}
		put(out, key, value)
	}
	return out, errors.Join(errs...)
}

func fromFlags(flags map[string]string) (map[string]any, error) {
	out := map[string]any{}
	var errs []error
	for name, value := range flags {
		key, ok := flagKeys[name]
		if !ok {
			errs = append(errs, unknown("flag", name, leafKeys, FlagName))
			continue
		}
		put(out, key, value)
	}
	return out, errors.Join(errs...)
}

func put(m map[string]any, key, value string) {
	for {
		head, rest, more := strings.Cut(key, ".")
		if !more {
			m[head] = value
			return
		}
		sub, ok := m[head].(map[string]any)
		if !ok {
			sub = map[string]any{}
			m[head] = sub
		}
		m, key = sub, rest
	}
}

// derive computes the defaults that follow from other values.
func (c *Config) derive() error {
	if c.RootKeyFile == "" {
		c.RootKeyFile = filepath.Join(c.Data, "root.key")
	}
	if c.DatabaseFile != "" {
		if c.Database != "" {
			return errors.New("database-file: database is set too: keep one of them")
		}
		b, err := os.ReadFile(c.DatabaseFile)
		if err != nil {
			return fmt.Errorf("database-file: %w", err)
		}
		c.Database = DatabaseURL(strings.TrimSpace(string(b)))
		if c.Database == "" {
			return fmt.Errorf("database-file: %s is empty: write the database URL into it", c.DatabaseFile)
		}
	}
	if c.PublicURL == "" && isLoopback(c.Listen) {
		if _, port, err := net.SplitHostPort(c.Listen); err == nil && port != "0" {
			c.PublicURL = "http://localhost:" + port
			// The address itself reaches the same server; it is not its name.
			c.Hosts = append(c.Hosts, c.Listen)
		}
	}
	return nil
}

func isLoopback(listen string) bool {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return false
	}
	addr, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || (err == nil && addr.Unmap().IsLoopback())
}
