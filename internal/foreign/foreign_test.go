package foreign

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func unhex(t *testing.T, text string) string {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(b)
}

func b64of(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

// vectors are what others published, or what Python's hashlib computes where nobody did.
func vectors(t *testing.T) []struct{ from, password, hash string } {
	return []struct{ from, password, hash string }{
		{"crypt_blowfish 1", "U*U", `"$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"`},
		{"crypt_blowfish 2", "U*U*", `"$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK"`},
		{"crypt_blowfish 3", "U*U*U", `"$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a"`},
		{"RFC 6070, 4096 iterations", "password", `{"algorithm":"pbkdf2-sha1","iterations":4096,"salt":"` + b64of("salt") + `","hash":"` + unhex(t, "4b007901b765489abead49d926f721d065a429c1") + `"}`},
		{"RFC 6070, long", "passwordPASSWORDpassword", `{"algorithm":"pbkdf2-sha1","iterations":4096,"salt":"` + b64of("saltSALTsaltSALTsaltSALTsaltSALTsalt") + `","hash":"` + unhex(t, "3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038") + `"}`},
		{"RFC 7914 §11", "passwd", `{"algorithm":"pbkdf2-sha256","iterations":1,"salt":"salt","salt_encoding":"text","hash":"` +
			unhex(t, "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783") + `"}`},
		{"passlib's manual", "toomanysecrets", `"$pbkdf2-sha256$29000$N2YMIWQsBWBMae09x1jrPQ$1t8iyB2A.WF/Z5JZv.lfCIhXXN33N23OSgQYThBYRfk"`},
		{"RFC 7914 §12, NaCl", "password", `{"algorithm":"scrypt","n":1024,"r":8,"p":16,"salt":"` + b64of("NaCl") + `","hash":"` +
			unhex(t, "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640") + `"}`},
		{"RFC 7914 §12, SodiumChloride", "pleaseletmein", `{"algorithm":"scrypt","n":16384,"r":8,"p":1,"salt":"` + b64of("SodiumChloride") + `","hash":"` +
			unhex(t, "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887") + `"}`},
		{"argon2's reference, i", "password", `"$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA"`},
		{"argon2's reference, id", "password", `"$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"`},
		{"Firebase's example", "user1password", firebaseVector},
		{"hashlib, LDAP", "secret", `"{SSHA}gVK8WC9YyFT1gMsQHTGCgT3sSv5zYWx0"`},
		{"hashlib, LDAP, SHA-256", "secret", `"{SSHA256}lXT7qF+fT7OVoVlwD0tMd02E1ak2dLDbk993wZxIM65zYWx0MTIzNA=="`},
		{"hashlib, LDAP, SHA-512", "secret", `"{SSHA512}Enu6C74BUnsH3FJ5DbcJeTfPKMqMpMZOm66wJaf/iZqtrDfdcDyFhEmcwbcWyY5CUEDqbpdskEI2yPdeCZGVPXNhbHQxMjM0"`},
		{"hashlib, salt before", "secret", `{"algorithm":"sha256","salt":"a1b2c3d4","salt_position":"before","hash":"35c6b31c74c34e7c4733eb4b48925bbaa5de1fc0645a8def3eb892d2ff6ca32f"}`},
		{"hashlib, salt after", "secret", `{"algorithm":"sha512","salt":"a1b2c3d4","salt_position":"after","hash":"c256ed3d136b0af0f4d64defe8e41aa139ca9ac15a8a0b9a75ae6aeb7c9fa45289433e4f7e338fb6658a659f84497e702dbe1b03b978c64152ac0397955f40b6"}`},
		{"hashlib, Django", "lètmein", `"pbkdf2_sha256$1000$seasalt$JgZryXe2Ga8ysg6XbzkLpTdyPQrHqsinbL9BnnhgX4A="`},
		{"hashlib, Django's scrypt", "secret", `"scrypt$16384$seasalt$8$1$+Ig/9swbx1F6Sfo2NOhQw0GEr0mHxu6IIpZFL5X2W363MVPJFlLZQMScfpypTVVNreS5J7KLAR6CQKmXmEvIHA=="`},
		{"Django's argon2", "password", `"argon2$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"`},
		{"hashlib, Keycloak", "secret", keycloak(`{"hashIterations":2100,"algorithm":"pbkdf2-sha512","additionalParameters":{}}`, `{"value":"lGN5lk5V/zrMIVElx7+dExdCjWiR6yW0SCZcMvIpyWZv7iuadqI0ILHrswooW7heKtPuV+7gLFqdGakh/swxAA==","salt":"AAECAwQFBgcICQoLDA0ODw==","additionalParameters":{}}`)},
		{"hashlib, Keycloak before 24", "secret", keycloak(`{"hashIterations":2750,"algorithm":"pbkdf2-sha256"}`, `{"value":"eVSl6YJx3Xt6B8Vzaihn9HGU32jXkpnW5118FOg1LCRyFLOCEAQwPWqKGuR4LSqEFAD1lLoDQ/UB75XdhLEHZA==","salt":"AAECAwQFBgcICQoLDA0ODw=="}`)},
		{"Keycloak's argon2 with the reference's numbers", "password", keycloak(`{"hashIterations":2,"algorithm":"argon2","additionalParameters":{"hashLength":["32"],"memory":["65536"],"type":["id"],"version":["1.3"],"parallelism":["1"]}}`,
			`{"value":"CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc=","salt":"c29tZXNhbHQ=","additionalParameters":{}}`)},
	}
}

// firebaseVector is from the read-me of github.com/firebase/scrypt.
const firebaseVector = `{"algorithm":"firebase-scrypt","rounds":8,"mem_cost":14,"salt_separator":"Bw==","salt":"42xEC+ixf3L2lw==",
	"signer_key":"jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==",
	"hash":"lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ=="}`

func keycloak(credentialData, secretData string) string {
	return fmt.Sprintf(`{"algorithm":"keycloak","credentialData":%q,"secretData":%q}`, credentialData, secretData)
}

func TestVectorsVerifyAlsoWhenStored(t *testing.T) {
	for _, v := range vectors(t) {
		t.Run(v.from, func(t *testing.T) {
			h, err := Parse([]byte(v.hash))
			if err != nil {
				t.Fatal(err)
			}
			again, err := Read(h.String())
			if err != nil {
				t.Fatalf("%s cannot be read again: %v", h.Kind(), err)
			}
			if again.String() != h.String() {
				t.Error("the stored form is not stable")
			}
			if !again.Verify(v.password) {
				t.Error("the right password is refused")
			}
			if again.Verify(v.password+"x") || again.Verify(strings.ToUpper(v.password[:1])+"?") {
				t.Error("a wrong password is accepted")
			}
			if again.Verify(h.String()) || again.Verify(v.hash) {
				t.Error("the hash is accepted as the password (security row AU21)")
			}
			d := again.Decoy()
			if d.cost != h.cost || d.kind != h.kind || len(d.tag) != len(h.tag) {
				t.Errorf("the decoy of %v costs %v", h.cost, d.cost)
			}
			if stored, err := Read(d.String()); err != nil || stored.Verify(v.password) || stored.Decoy().String() != d.String() {
				t.Errorf("the decoy cannot be stored, has a password, or is not its own decoy: %v", err)
			}
		})
	}
}

func TestAU20_BcryptNeverStandsForALongerPassword(t *testing.T) {
	// bcrypt of 72 times the letter a, cost 4; all that begins so would verify.
	const long = "$2a$04$abcdefghijklmnopqrstuuBzzIgyKkz7xMWYSzkIjUSnxEQFQ0WNe"
	h, err := ParseText(long)
	if err != nil {
		t.Fatal(err)
	}
	if !h.Verify(strings.Repeat("a", 72)) {
		t.Error("the password of exactly 72 bytes is refused")
	}
	for _, p := range []string{strings.Repeat("a", 73), strings.Repeat("a", 1024), strings.Repeat("a", 72) + "\x00", "a\x00b"} {
		if h.Verify(p) {
			t.Errorf("a password of %d bytes that begins alike is accepted", len(p))
		}
	}
}

func TestWhatIsNoHashOrTooDearIsRefused(t *testing.T) {
	const salt, tag = "c29tZXNhbHQ", "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	for _, text := range []string{
		``, `null`, `""`, `"null"`, `"undefined"`, `7`, `[]`, `{}`, `"5f4dcc3b5aa765d61d8327deb882cf99"`, `"plain text"`,
		`"$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"`, // the version with the sign bug
		`"$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe"`,
		`"$2a$15$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"`,
		`"$2a$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"`,
		`"$argon2d$v=19$m=4096,t=3,p=1$` + salt + `$` + tag + `"`,
		`"$argon2id$v=16$m=4096,t=3,p=1$` + salt + `$` + tag + `"`,
		`"$argon2id$v=19$m=4194304,t=1,p=1$` + salt + `$` + tag + `"`,
		`"$argon2id$v=19$m=65536,t=4000000,p=1$` + salt + `$` + tag + `"`,
		`"$argon2id$v=19$m=65536,t=0,p=1$` + salt + `$` + tag + `"`,
		`"$argon2id$v=19$m=4096,t=3,p=1,keyid=cm9vdDE$` + salt + `$` + tag + `"`, // only our own have a key
		`"$argon2id$v=19$m=04096,t=3,p=1$` + salt + `$` + tag + `"`,
		`"$argon2id$v=19$m=4096,t=3,p=1$$` + tag + `"`,
		`"$scrypt$ln=30,r=8,p=1$` + salt + `$` + tag + `"`,
		`"$scrypt$ln=14,r=8,p=1000000$` + salt + `$` + tag + `"`,
		`"$scrypt$ln=14,r=0,p=1$` + salt + `$` + tag + `"`,
		`"$pbkdf2-sha256$4000000000$` + salt + `$` + tag + `"`,
		`"$pbkdf2-sha256$i=1300000,l=64$` + salt + `$` + tag + tag + `"`,
		`"$pbkdf2-sha256$i=1000,l=16$` + salt + `$` + tag + `"`,
		`"$pbkdf2-sha256$-1$` + salt + `$` + tag + `"`,
		`"$pbkdf2-md5$1000$` + salt + `$` + tag + `"`,
		`"{SSHA}c2hvcnQ="`, `"{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ="`, `"{MD5}X03MO1qnZdYdgyfeuILPmQ=="`, `"{CRYPT}x"`,
		`"scrypt$16383$seasalt$8$1$` + tag + `"`,
		`{"algorithm":"sha256","salt":"a1","hash":"b2","salt_position":"after"}`,
		`{"algorithm":"sha256","salt":"a1b2","hash":"` + strings.Repeat("ab", 32) + `"}`,
		`{"algorithm":"sha256","salt":"","salt_position":"after","hash":"` + strings.Repeat("ab", 32) + `"}`,
		`{"algorithm":"sha256","salt":"a1b2","salt_position":"after","iterations":5,"hash":"` + strings.Repeat("ab", 32) + `"}`,
		`{"algorithm":"scrypt","n":16384,"r":8,"p":1,"salt":"` + salt + `","hash":"` + tag + `","extra":1}`,
		`{"algorithm":"scrypt","algorithm":"sha256"}`,
		`{"algorithm":"plain","hash":"x"}`,
		keycloak(`{"hashIterations":1,"algorithm":"hmac-md5"}`, `{"value":"","salt":""}`), keycloak(`x`, `y`),
		strings.Replace(firebaseVector, "jxspr8Ki0RYy", "jxspr8Ki", 1),
		strings.Replace(firebaseVector, `"mem_cost":14`, `"mem_cost":29`, 1),
		`"` + strings.Repeat("a", 5000) + `"`,
	} {
		var unfit *Unfit
		if h, err := Parse([]byte(text)); !errors.As(err, &unfit) {
			t.Errorf("%.120s: taken as %q, error %v", text, h.Kind(), err)
		} else if unfit.Reason == "" {
			t.Errorf("%.120s: no reason", text)
		}
	}
}

func TestReadTakesTheStoredFormAlone(t *testing.T) {
	for _, text := range []string{
		"", "$", "$$$$", "$2b$", "$pbkdf2-sha256$6400$0ZrzXitFSGltTQnBWOsdeA$Y11AchqV4b0sUisdZd0Xr97KWoymNE0LNNrnEgY4H9M",
		"$argon2id$v=19$m=19456,t=2,p=1,keyid=cm9vdDE$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$sha256$s=middle$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$scrypt$ln=25,r=8,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
	} {
		if h, err := Read(text); err == nil {
			t.Errorf("%q is read as %s", text, h.Kind())
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, v := range vectors(&testing.T{}) {
		f.Add(v.hash)
	}
	f.Fuzz(func(t *testing.T, text string) {
		h, err := Parse([]byte(text))
		if err != nil {
			return
		}
		if again, err := Read(h.String()); err != nil || again.String() != h.String() {
			t.Errorf("%q is taken and its stored form %q is not: %v", text, h.String(), err)
		}
		if _, err := Read(h.Decoy().String()); err != nil {
			t.Errorf("%q has a decoy that cannot be stored: %v", text, err)
		}
	})
}
