// Package reputation is the operator's list of addresses and networks that are known for abuse.
package reputation

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/gaissmai/bart"

	"github.com/cardea-iam/cardea/internal/reload"
)

// List is the list. A nil List holds nothing. It is safe for concurrent use.
type List struct{ file *reload.File[*bart.Lite] }

// Open reads a list: an address or a network (CIDR) per line; what follows # or ; is a comment, as
// in the lists that are published. A changed file is read again. Without a path the List is nil.
func Open(path string, log *slog.Logger) (*List, error) {
	if path == "" {
		return nil, nil //nolint:nilnil // nobody is on it
	}
	f, err := reload.Open(path, log, func(path string) (*bart.Lite, error) {
		r, err := os.Open(path) //nolint:gosec // the operator names it
		if err != nil {
			return nil, err
		}
		defer r.Close() //nolint:errcheck // it was only read
		return parse(r)
	})
	if err != nil {
		return nil, fmt.Errorf("reputation file: %w", err)
	}
	return &List{f}, nil
}

// Has reports whether the address is on the list.
func (l *List) Has(a netip.Addr, now time.Time) bool {
	if l == nil || !a.IsValid() {
		return false
	}
	return l.file.Get(now).Contains(a.Unmap().WithZone(""))
}

func parse(r io.Reader) (*bart.Lite, error) {
	t := &bart.Lite{}
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		text := lines.Text()
		if i := strings.IndexAny(text, "#;"); i >= 0 {
			text = text[:i]
		}
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		net, err := network(text)
		if err != nil {
			return nil, fmt.Errorf("line %d: %q is neither an address nor a network", n, text)
		}
		t.Insert(net)
	}
	return t, lines.Err()
}

func network(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil {
		a = a.Unmap().WithZone("")
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	return p.Masked(), err
}
