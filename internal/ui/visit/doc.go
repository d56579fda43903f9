// Package visit is what the page rooms share when a browser calls: which language and which
// tenant's name the page has, who is signed in, and where to go next.
//
// It stands between the pages' vocabulary (part) and the pages. It renders nothing: what cannot be
// answered is a Refusal, which the room notice shows.
package visit
