// Package logout is the logout endpoint of OpenID Connect RP-Initiated Logout 1.0: a client sends
// a person here who wants to sign out.
//
// Whoever brings an ID token of ours for the person at the browser may end the session at once.
// Anybody else, since a link is easily planted, makes the person see a question first. The
// browser goes on to the client's post_logout_redirect_uri only if that is registered, character
// by character, and an ID token proves that the client asks; without a token the person is
// offered the way as a button.
//
// Ending a session ends the grants that hang on it: their tokens stop counting with the same row.
package logout
