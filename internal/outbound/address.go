package outbound

import (
	"fmt"
	"net/netip"
	"strings"
)

func prefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, s := range list {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

var (
	// globalV6 is all that IANA has given out as global unicast.
	globalV6 = netip.MustParsePrefix("2000::/3")

	// special are the ranges inside global unicast that lead elsewhere.
	special = prefixes(
		"0.0.0.0/8",        // this network
		"10.0.0.0/8",       // private
		"100.64.0.0/10",    // shared address space of carriers
		"127.0.0.0/8",      // loopback
		"168.63.129.16/32", // platform services of a cloud, at a public address
		"169.254.0.0/16",   // link-local, cloud metadata
		"172.16.0.0/12",    // private
		"192.0.0.0/24",     // IETF protocol assignments
		"192.0.2.0/24",     // documentation
		"192.88.99.0/24",   // 6to4 relays
		"192.168.0.0/16",   // private
		"198.18.0.0/15",    // benchmarks
		"198.51.100.0/24",  // documentation
		"203.0.113.0/24",   // documentation
		"224.0.0.0/4",      // multicast
		"240.0.0.0/4",      // reserved, broadcast
		"2001::/23",        // IETF protocol assignments: Teredo, ORCHID, benchmarks
		"2001:db8::/32",    // documentation
		"2002::/16",        // 6to4: carries an IPv4 address
		"3fff::/20",        // documentation
	)

	// never are the ranges that a host on the allow-list may not lead to
	// either; an address or a network on the list may.
	never = prefixes("0.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4",
		"::/128", "fe80::/10", "ff00::/8", "fd00:ec2::/32")
)

func within(list []netip.Prefix, addr netip.Addr) bool {
	for _, p := range list {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// public reports an address of the Internet that carries no other address.
func public(addr netip.Addr) bool {
	addr = addr.Unmap()
	if !addr.IsValid() || addr.Zone() != "" || within(special, addr) {
		return false
	}
	if addr.Is4() {
		return true
	}
	b := addr.As16()
	isatap := (b[8] == 0 || b[8] == 2) && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe
	return globalV6.Contains(addr) && !isatap
}

// allowList is what the operator declared to be reachable although internal.
type allowList struct {
	hosts map[string]bool
	nets  []netip.Prefix
}

func parseAllow(entries []string) (allowList, error) {
	l := allowList{hosts: map[string]bool{}}
	for _, e := range entries {
		if p, err := netip.ParsePrefix(e); err == nil {
			l.nets = append(l.nets, p.Masked())
		} else if a, err := netip.ParseAddr(strings.Trim(e, "[]")); err == nil {
			a = a.Unmap()
			l.nets = append(l.nets, netip.PrefixFrom(a, a.BitLen()))
		} else if validHost(e) {
			l.hosts[strings.ToLower(e)] = true
		} else {
			return l, fmt.Errorf("outbound: %q is not a host name, an address or a network such as 10.1.0.0/16", e)
		}
	}
	return l, nil
}

// names reports a host that is on the list by name, or is an address of a
// network on it: such a host may speak plain HTTP.
func (l allowList) names(host string) bool {
	if l.hosts[strings.ToLower(host)] {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && within(l.nets, addr.Unmap())
}

// permits decides about the final address of a connection to host.
func (l allowList) permits(host string, addr netip.Addr) bool {
	addr = addr.Unmap()
	if public(addr) || within(l.nets, addr) {
		return true
	}
	return l.hosts[strings.ToLower(host)] && addr.Zone() == "" && !within(never, addr)
}

// validHost accepts letters, digits, '-', '_' and '.' with a last label that
// is not a number: inet_aton's 0x7f.1 and 2130706433 are not names.
func validHost(h string) bool {
	if h == "" || len(h) > 253 {
		return false
	}
	labels := strings.Split(strings.TrimSuffix(h, "."), ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || label[0] == '-' {
			return false
		}
		for i := range len(label) {
			c := label[i]
			if c != '-' && c != '_' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
				return false
			}
		}
	}
	last := strings.ToLower(labels[len(labels)-1])
	if strings.Trim(last, "0123456789") == "" {
		return false
	}
	hex, isHex := strings.CutPrefix(last, "0x")
	return !isHex || strings.Trim(hex, "0123456789abcdef") != ""
}
