// Package membership says who belongs to what and holds what: groups of accounts, and bindings
// of roles to accounts and to groups. Groups do not nest.
//
//   - A role is either one of the tenant's own (package role) or a built-in one. Binding a
//     built-in role changes who governs, so it is an owner's act (governance.*); so is adding to
//     or taking from a group that holds one, because that comes to the same.
//   - A tenant that has an owner keeps one: no change may leave it without an enabled account
//     that is an owner.
//   - Facts tells policy which built-in roles the caller and the account acted on hold. A
//     disabled caller holds none; a disabled account keeps its rank, so that nobody weaker can
//     arm it and wake it up.
//   - Permissions answers which permissions an account holds on a resource: scopes never grant
//     what the user may not do.
package membership
