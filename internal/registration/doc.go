// Package registration makes accounts that people ask for themselves, and those that administrators
// invite.
//
// Who registers says an address, and gets a code there; what the browser sees is the same whether or
// not the address has an account (security rows AU18, AU19). With the code comes the account, under
// a username that says nothing about who else has one. The sign-in that it began in goes on: what was
// proved, the mailbox and the password just chosen, are facts like any others, and the dispatcher
// says whether they are enough.
//
// Every door asks the setting "registration" inside the transaction that it opens (security row
// AU24). An invitation is worth one account whatever the setting says, as long as whoever invited
// may still do what the invitation promises.
//
// What was not asked at first is asked at a later sign-in, when all is proved and before the session
// begins (later.go): terms in a version that the person has not accepted, and claims, each once.
package registration
