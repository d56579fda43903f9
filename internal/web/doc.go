// Package web is everything about HTTP that is not a protocol: one route
// table, the request as rooms see it, strict parameter decoding, security
// headers, cookies, limits, faults, listeners, certificates, health and
// metrics.
//
// A room declares each endpoint as a [Route]. [NewServer] refuses a table with
// an undeclared or contradictory route, so a forgotten permission, limit or
// cross-site decision stops the start instead of becoming a hole. Tests walk
// the same table through [Server.Routes].
//
// What the package does not do: it never decides who may do what (guard does),
// never decodes JSON (internal/strictjson does) and renders no page. It
// believes configuration alone about its own address: a Host header can only
// be refused, and forwarded headers are read only behind trusted proxies and
// removed before a handler runs.
//
// Sources: RFC 9110 (HTTP semantics), RFC 9111 (caching), RFC 6265bis
// (cookies), Fetch (CORS, Sec-Fetch-Site), CSP Level 3, RFC 6749 §3.1/§3.2
// and RFC 8707 §2 (parameters), RFC 8414 §3.1 (well-known mounting).
package web
