// Package outbox carries effects to the world outside after the commit: mail, messages,
// webhooks. An operation puts a row into the outbox in its own transaction; the worker hands
// it to the carrier of its kind until that succeeds.
//
// Delivery is at least once: a crash between the carrier's success and the row's removal
// repeats it, so a carrier gets the row's id to make repeats harmless. A row that keeps
// failing waits longer each time and stays visible with its last error until it is given up.
package outbox
