// Package clientauth authenticates clients at the endpoints that need it: token, introspection
// and revocation (RFC 6749 §2.3 and §3.2.1). One file holds one method.
//
// A request uses exactly one method, and it is the one that the client is registered for (RFC
// 7591 §2, token_endpoint_auth_method). A client that does not exist and one that gave a wrong
// secret get the same answer for the same work.
//
// Errors is the one translation of refusals into the JSON answers of RFC 6749 §5.2.
package clientauth
