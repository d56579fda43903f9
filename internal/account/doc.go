// Package account holds the accounts: the people (end-users in the words of OpenID Connect) whom
// a tenant knows, with their identifiers and standard claims.
//
//   - A username is unique in its tenant in a canonical form (Unicode NFKC and case folding);
//     what cannot be told apart from another text, or looks like an e-mail address, is refused.
//   - An e-mail address is an addr-spec (RFC 5322 §3.4.1) of a dot-atom and a domain name, no
//     more. Several accounts may claim one address; only one can have verified it, and only a
//     verified address signs in.
//   - The standard claims are those of OpenID Connect Core 1.0 §5.1. Whether an address or a
//     number is verified is not among what anyone can write with them.
//   - The view active_account is what other rooms ask whether an account may act: it joins the
//     tenant, and its epoch grows whenever everything issued before is to be dead.
//   - Ids are never used again, names are.
//
// It knows no sessions, credentials or groups. Disabling and deleting reach into those rooms and
// are use cases of lifecycle; this room has their statements and their actions.
package account
