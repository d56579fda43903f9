// Package assurance says which proof is enough for a sign-in. It asks Cedar policies: the built-in
// ones (builtin/signin.cedar), of which a tenant may switch off all but the floor, and the
// tenant's own, which only forbid and so can only ask for more.
//
//   - Decide takes the circumstances of one attempt and what was proved in it, and answers whether
//     that is enough, and if not, what is the least that would be (levels of NIST SP 800-63B-4
//     §2). It never says which factor is asked next: that is the dispatcher's, room signin.
//   - Signals computes the circumstances from what is remembered of the person (places, last
//     sign-in), from the operator's GeoIP file and from a list of addresses. All are optional.
//   - Record keeps what was decided and why for 30 days, so that Explain can say it in plain words
//     and Simulate can ask what a policy would have done.
//   - A remembered browser is one more circumstance. It proves nothing.
//
// Policies are held against a schema when they are written (builtin/signin.cedarschema), so that
// a misspelt name is an error then and not a policy that never matches.
package assurance
