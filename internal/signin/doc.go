// Package signin is the dispatcher of sign-in: from the facts that are stored, and from nothing
// else, it says what a person still has to prove and when it is enough.
//
// An interaction holds what is wanted and what was proved in it; the browser's session holds what
// was proved before. Next looks at both and names the factor that comes next, or says that
// nothing is missing. There is no parameter, field or cookie that says which step it is, so none
// can be skipped. Finish turns facts into a session: always a new one, with a new cookie, and the
// browser's session before it ends (security rows CG23, AU05).
//
// The factors are a list that app gives. Adding one is a line there; nothing here changes.
package signin
