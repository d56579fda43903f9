// Package role holds the roles that a tenant makes for its own APIs: a name for a set of
// permissions on resources. Who holds which role is the business of membership.
//
// The built-in roles of the administration — owner, admin, auditor — are policies, not rows;
// their names are reserved here, so that no role of a tenant can pass for one.
package role
