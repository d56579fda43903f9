// Package setting keeps what an administrator changes at run time: one typed document per subject
// and tenant, such as who may sign up or which factors are offered.
//
// The room whose knobs they are declares them, with their initial values and a check, as a value
// of its own type; there is no map of names to texts. A document that was never changed is the
// initial one, so a new member of the type takes its initial value everywhere.
package setting
