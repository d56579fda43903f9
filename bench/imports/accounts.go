package main

import (
	"bufio"
	"crypto/pbkdf2"
	"crypto/sha1" //nolint:gosec // what other systems used
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"
	"golang.org/x/crypto/scrypt"
)

// kind is a way to have hashed a password. A million hashes would take days to make, so that all
// accounts of a kind share one.
type kind struct {
	name, password string
	hash           json.RawMessage
}

const phrase = "the pass phrase of elsewhere"

var (
	raw64 = base64.RawStdEncoding
	std64 = base64.StdEncoding
	salt  = []byte("sixteen bytes of")
	kinds = []kind{
		{"bcrypt, cost 10", phrase, text(bcrypted())},
		{"Keycloak, PBKDF2-SHA-256, 27,500", phrase, keycloak()},
		{"scrypt, 2^14", phrase, text("$scrypt$ln=14,r=8,p=1$" + raw64.EncodeToString(salt) + "$" + raw64.EncodeToString(scrypted()))},
		{"argon2id, 64 MiB, t=3", phrase, text("$argon2id$v=19$m=65536,t=3,p=4$" + raw64.EncodeToString(salt) + "$" +
			raw64.EncodeToString(argon2.IDKey([]byte(phrase), salt, 3, 65536, 4, 32)))},
		{"LDAP, {SSHA}", phrase, text("{SSHA}" + salted())},
		{"Firebase", "user1password", json.RawMessage(`{"algorithm":"firebase-scrypt","rounds":8,"mem_cost":14,"salt_separator":"Bw==","salt":"42xEC+ixf3L2lw==",` +
			`"signer_key":"jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==",` +
			`"hash":"lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ=="}`)},
	}
)

func text(s string) json.RawMessage {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // text is always JSON
	}
	return b
}

func bcrypted() string {
	b, err := bcrypt.GenerateFromPassword([]byte(phrase), 10)
	if err != nil {
		panic(err) // a constant of the program
	}
	return string(b)
}

func scrypted() []byte {
	b, err := scrypt.Key([]byte(phrase), salt, 1<<14, 8, 1, 32)
	if err != nil {
		panic(err) // a constant of the program
	}
	return b
}

func salted() string {
	sum := sha1.Sum(append([]byte(phrase), salt...)) //nolint:gosec // what other systems used
	return std64.EncodeToString(append(sum[:], salt...))
}

func keycloak() json.RawMessage {
	key, err := pbkdf2.Key(sha256.New, phrase, salt, 27500, 64)
	if err != nil {
		panic(err) // a constant of the program
	}
	return json.RawMessage(fmt.Sprintf(`{"algorithm":"keycloak","credentialData":%q,"secretData":%q}`,
		`{"hashIterations":27500,"algorithm":"pbkdf2-sha256","additionalParameters":{}}`,
		fmt.Sprintf(`{"value":%q,"salt":%q,"additionalParameters":{}}`, std64.EncodeToString(key), std64.EncodeToString(salt))))
}

func username(i int) string { return fmt.Sprintf("person-%07d", i) }

// isBad tells the lines that no account can be made of: one in two thousand has no good address.
func isBad(i int) bool { return i%2000 == 1999 }

// write writes the file and returns how many of its lines are bad.
func write(name string, n int) (bad int, err error) {
	f, err := os.Create(name) //nolint:gosec // a temporary folder
	if err != nil {
		return 0, err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	for i := range n {
		host := "mail.example"
		if isBad(i) {
			host = "mail example"
			bad++
		}
		if _, err := fmt.Fprintf(w, `{"username":%q,"email":"%s@%s","email_verified":true,"given_name":"Person","family_name":"Number %d","locale":"en","password_hash":%s,"created_at":"2021-03-04T05:06:07Z","external_id":"auth0|%024x"}`+"\n",
			username(i), username(i), host, i, kinds[i%len(kinds)].hash, i); err != nil {
			return bad, err
		}
	}
	if err := w.Flush(); err != nil {
		return bad, err
	}
	return bad, f.Close()
}
