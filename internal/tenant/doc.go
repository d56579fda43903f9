// Package tenant holds the tenants: separate worlds of accounts, clients and keys, each with an
// issuer of its own, as cheap as a row.
//
//   - The tenant "default" is made by the migration, lives at the root of the public URL and
//     cannot be disabled or deleted. Others live under /t/{name}; a name never changes, because
//     the issuer contains it.
//   - Who governs tenants is an owner of the default tenant or the machine's operator. A
//     tenant's own owners may look at it and change its settings, nothing else.
//   - Deleting a tenant removes its rows from every table that has a tenant, also of rooms that
//     this one has never heard of; only the log stays.
//   - Directory answers from memory which tenant a name belongs to; a disabled tenant is none.
//
// The table tenant is the register of the tenants and belongs to none of them, so it is the one
// table whose key is not called tenant.
package tenant
