// Package api is the administration REST API under /api/v1, of the default tenant at the root
// and of the others below /t/{tenant}: decode, call a room's use case, encode. It decides
// nothing: every handler ends in a function that asks guard.
//
//   - Who calls: on the Unix socket in the data folder the operator, elsewhere the account of
//     a bearer API token (RFC 6750 §2.1) of the same tenant. No cookie is ever looked at.
//   - Errors are problems (RFC 9457); what the caller may not see does not exist (404).
//   - Lists are JSON arrays, paged by ?after= and ?limit=, the next page in Link (RFC 8288).
//   - An update is a JSON merge patch (RFC 7396), held against the version in If-Match
//     (RFC 9110 §13.1.1). Members that only the server writes are unknown names: 400.
//   - openapi.yaml describes all of it (OpenAPI 3.1). It is generated from the table of
//     endpoints and the comments of the types; a test compares.
package api
