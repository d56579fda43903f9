// Package policy judges a password that someone wants to set.
//
// Length counts: 15 code points when the password is the only factor, 8 when it
// is one of several; a tenant may ask for more, never for less. No character class
// is asked for, nothing expires. A password is refused when it is
//
//   - common or known from a breach, compared whole and without letter case against
//     about half a million entries shipped in the binary (see README.md);
//   - the name of this product, the tenant or the person;
//   - nothing but repetitions, sequences, keyboard walks, dates, and at most one
//     common word or any of those names: passwordpassword, qwertyuiopasdfgh,
//     cardea-2026-2026. This closes the gap between the lists, where most entries
//     are short, and a minimum of 15.
//
// A [Refusal] says why in a text key, with guidance.
//
// Standards: NIST SP 800-63B-4 §3.1.1.2, OWASP ASVS 5.0 V6.2.
package policy
