// Package oauthtest is the ground on which the endpoints' tests stand: a migrated database with
// keys, clients, an API, people and their grants, and the endpoints served over real HTTP. It is
// imported by tests alone, as are net/http/httptest and storetest.
package oauthtest
