// Package verify protects a resource server (an API) with access tokens from Cardea, or from any
// other issuer of JWT access tokens as RFC 9068 describes them.
//
//	v, err := verify.New(ctx, verify.Config{
//		Issuer:   "https://id.example.com",
//		Audience: "https://api.example.com",
//	})
//	mux.Handle("GET /events", v.RequireScope("read:events")(events))
//
// A Verifier reads the issuer's metadata (RFC 8414), keeps its keys (RFC 7517) for as long as the
// issuer's Cache-Control allows, checks every token as RFC 9068 §4 and RFC 8725 ask, and answers
// refusals as RFC 6750 §3 says. It tells clients where the issuer is by RFC 9728 metadata.
//
// A signed token alone says what was true when it was issued. With Config.Introspection set, every
// token is also asked about at the issuer (RFC 7662), and an answer is used for one second at
// most: access that a person withdraws is refused one second later. Opaque tokens need
// introspection and work with it alone.
//
// What a person can do at most once in a while, and must not be done by whoever finds their browser
// open, asks for a stronger or a fresher sign-in (RFC 9470); the client comes back with one:
//
//	recent := v.RequireAuthentication(verify.Authentication{ACRValues: []string{"aal2", "aal3"}, MaxAge: 5 * time.Minute})
//	mux.Handle("DELETE /events", v.RequireScope("write:events")(recent(purge)))
//
// What it does not do: tokens bound to a key (RFC 9449, RFC 8705) are refused, since a Bearer
// request cannot show that key.
package verify
