// Package policy decides: may this caller do this action to this resource? The answer is
// Cedar's (cedar-policy/cedar-go): default deny, forbid wins, all matching policies named.
//
//   - Every action belongs to one Class. builtin/<class>.cedar holds the policies that can match
//     its actions, so a decision evaluates two or three policies and not all.
//   - The built-in roles owner, admin and auditor are nothing but policies in these files.
//   - Facts (the caller's roles, who owns the resource, which roles a target account has) are
//     loaded by Loaders that app lists, inside the transaction that acts on the decision.
//
// guard is the only caller of Decide.
package policy
