// Package puzzle asks strangers for work while somebody tries passwords by the thousand.
//
// A puzzle is a number that, behind the challenge's digest, makes a SHA-256 with so many zero bits
// (the idea of hashcash). The browser's script finds it in a second or so; nobody else learns of the
// visit, as they would with a service that tells people from programs by their pictures. Who tries
// two thousand passwords a second has to find two thousand such numbers a second.
//
// It begins by itself when strangers fail at a rate that people do not, or when the machine has more
// passwords to hash than it can, and ends when that is over. Both are seen in the memory of one
// process: each node asks when it is pressed. A known device is never asked. Nor does it matter
// whether the name exists: the question comes before anybody looks at the password, and a refused
// attempt costs no hash.
//
// A challenge is a signed text, so that handing them out costs no row. It is bound to the tenant and
// the interaction, lives for five minutes and is taken once: what was taken is remembered by the
// node that took it, so that behind a balancer of n nodes a proof is good for at most n attempts.
package puzzle
