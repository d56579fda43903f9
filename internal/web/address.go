package web

import (
	"net/http"
	"net/netip"
	"strings"
)

// clientAddress says who sent the request. Without trusted proxies it is the
// peer. With them X-Forwarded-For is walked from the right, where the nearest
// proxy wrote, to the first address that is not a trusted proxy (security rows
// PX01, PX09). What stands further left is the client's own claim and is not
// read; an entry that is not an address ends the walk at the proxy that wrote it.
func clientAddress(remote string, forwarded []string, trusted []netip.Prefix) netip.Addr {
	ap, err := netip.ParseAddrPort(remote)
	if err != nil {
		return netip.Addr{}
	}
	addr := ap.Addr().Unmap().WithZone("")
	for i := len(forwarded) - 1; i >= 0; i-- {
		rest := forwarded[i]
		for more := true; more; {
			if !contains(trusted, addr) {
				return addr
			}
			var entry string
			if cut := strings.LastIndexByte(rest, ','); cut >= 0 {
				rest, entry = rest[:cut], rest[cut+1:]
			} else {
				entry, more = rest, false
			}
			hop, ok := parseHop(strings.Trim(entry, " \t"))
			if !ok {
				return addr
			}
			addr = hop
		}
	}
	return addr
}

// parseHop reads an address with or without port and brackets.
func parseHop(s string) (netip.Addr, bool) {
	addr, err := netip.ParseAddr(s)
	if err != nil {
		if ap, err2 := netip.ParseAddrPort(s); err2 == nil {
			addr = ap.Addr()
		} else if n := len(s); n > 2 && s[0] == '[' && s[n-1] == ']' {
			if addr, err = netip.ParseAddr(s[1 : n-1]); err != nil {
				return netip.Addr{}, false
			}
		} else {
			return netip.Addr{}, false
		}
	}
	return addr.Unmap().WithZone(""), true
}

func contains(prefixes []netip.Prefix, addr netip.Addr) bool {
	for _, p := range prefixes {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// dropForwarded removes what a proxy may have said, true or not, so that no
// handler can believe it.
func dropForwarded(h http.Header) {
	for k := range h {
		if len(k) < 7 || (k[0] != 'X' && k[0] != 'F') {
			continue
		}
		if k == "Forwarded" || k == "X-Real-Ip" || k == hReqID || k == "X-Client-Ip" ||
			strings.HasPrefix(k, "X-Forwarded-") || strings.HasPrefix(k, "X-Original-") {
			delete(h, k)
		}
	}
}
