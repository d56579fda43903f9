// Package smtp carries mail out by message submission (RFC 6409) over SMTP (RFC 5321).
//
//   - Each mail has one recipient, and a Message-ID made of its effect's id: a repetition is
//     recognised as the same mail.
//   - TLS is never optional: either the server offers STARTTLS (RFC 3207) and has a certificate of
//     its name, or nothing is sent. Plain text is for a server on the same machine.
//   - A server's permanent answer (5yz) about the recipient or the content ends the attempts. All
//     else, also a refused sender or sign-in, is the operator's to mend, and is tried again.
//   - What is sent is 7-bit text in short lines: quoted-printable bodies (RFC 2045 §6.7), encoded
//     words in headers (RFC 2047).
package smtp
