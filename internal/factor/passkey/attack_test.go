package passkey_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-iam/cardea/internal/factor"
	"github.com/cardea-iam/cardea/internal/factor/passkey/passkeytest"
	"github.com/cardea-iam/cardea/internal/id"
	"github.com/cardea-iam/cardea/internal/interaction"
)

type (
	draft  = passkeytest.Draft
	answer = passkeytest.Answer
)

// flip changes one character of base64url to another one.
func flip(v any) string {
	s := []byte(v.(string))
	i := len(s) / 2
	if s[i] == 'A' {
		s[i] = 'B'
	} else {
		s[i] = 'A'
	}
	return string(s)
}

// AU14: every field of a valid assertion counts.
func TestAU14_EveryFieldOfAnAssertionCounts(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, alg := range []int{passkeytest.ES256, passkeytest.EdDSA, passkeytest.RS256} {
			key, other := passkeytest.New(origin), passkeytest.New(origin)
			key.Algorithm, key.Counts = alg, true
			w.add(key, w.ada)
			w.add(other, w.bob)
			client := func(name string, value any) func(*draft) { return func(d *draft) { d.ClientData[name] = value } }
			flags := func(set, clear byte) func(*draft) { return func(d *draft) { d.Flags = d.Flags&^clear | set } }
			for name, change := range map[string]func(*draft){
				"type":                   client("type", "webauthn.create"),
				"type in capitals":       client("type", "WEBAUTHN.GET"),
				"no type":                func(d *draft) { delete(d.ClientData, "type") },
				"challenge":              func(d *draft) { d.ClientData["challenge"] = flip(d.ClientData["challenge"]) },
				"no challenge":           client("challenge", ""),
				"padded challenge":       func(d *draft) { d.ClientData["challenge"] = d.ClientData["challenge"].(string) + "=" },
				"origin":                 client("origin", "https://evil.example"),
				"origin with a slash":    client("origin", origin+"/"),
				"origin in capitals":     client("origin", strings.ToUpper(origin)),
				"origin with the port":   client("origin", origin+":443"),
				"origin without TLS":     client("origin", "http://id.example.org"),
				"origin below ours":      client("origin", "https://evil.id.example.org"),
				"origin above ours":      client("origin", "https://example.org"),
				"no origin":              client("origin", ""),
				"rpIdHash":               func(d *draft) { d.RPID = "example.org" },
				"nobody present":         flags(0, passkeytest.UP),
				"copied, not copyable":   flags(passkeytest.BS, passkeytest.BE),
				"not copyable any more":  flags(0, passkeytest.BE|passkeytest.BS),
				"reserved flag":          flags(1<<1, 0),
				"attested data":          flags(passkeytest.AT, 0),
				"extensions, none there": flags(1<<7, 0),
				"bytes at the end":       func(d *draft) { d.Extra = []byte{0} },
				"no user handle":         func(d *draft) { d.UserHandle = nil },
				"user handle":            func(d *draft) { d.UserHandle = other.Keys[0].UserHandle },
				"another's key":          func(d *draft) { d.Key = other.Keys[0]; d.UserHandle = key.Keys[0].UserHandle },
				"a key nobody has":       func(d *draft) { d.Key = w.unknown(key, d.RPID) },
			} {
				at := w.begin(interaction.About{}, "")
				if got := w.verify(at, w.get(key, w.ask(at, ""), change).JSON()); got != "passkey_refused" || len(w.at(at).Facts) != 0 {
					t.Errorf("algorithm %d, %s: %s", alg, name, got)
				}
			}
			for name, change := range map[string]func(*answer){
				"id":                   func(a *answer) { a.ID = flip(a.ID) },
				"rawId":                func(a *answer) { a.RawID = flip(a.RawID) },
				"id and rawId":         func(a *answer) { a.ID = flip(a.ID); a.RawID = a.ID },
				"both of another":      func(a *answer) { a.ID = base64.RawURLEncoding.EncodeToString(other.Keys[0].ID); a.RawID = a.ID },
				"no id":                func(a *answer) { a.ID, a.RawID = "", "" },
				"padded rawId":         func(a *answer) { a.RawID += "=" },
				"line break in rawId":  func(a *answer) { a.RawID += "\n" },
				"type":                 func(a *answer) { a.Type = "password" },
				"clientDataJSON":       func(a *answer) { a.Response["clientDataJSON"] = flip(a.Response["clientDataJSON"]) },
				"authenticatorData":    func(a *answer) { a.Response["authenticatorData"] = flip(a.Response["authenticatorData"]) },
				"short":                func(a *answer) { a.Response["authenticatorData"] = a.Response["authenticatorData"].(string)[:20] },
				"no authenticatorData": func(a *answer) { delete(a.Response, "authenticatorData") },
				"signature":            func(a *answer) { a.Response["signature"] = flip(a.Response["signature"]) },
				"no signature":         func(a *answer) { delete(a.Response, "signature") },
				"empty signature":      func(a *answer) { a.Response["signature"] = "" },
				"unknown member":       func(a *answer) { a.Response["verified"] = true },
				"user handle":          func(a *answer) { a.Response["userHandle"] = flip(a.Response["userHandle"]) },
				"client data of a page": func(a *answer) {
					a.Response["clientDataJSON"] = base64.RawURLEncoding.EncodeToString([]byte(`{"type":"webauthn.get"}`))
				},
			} {
				at := w.begin(interaction.About{}, "")
				a := w.get(key, w.ask(at, ""))
				change(&a)
				if got := w.verify(at, a.JSON()); got != "passkey_refused" || len(w.at(at).Facts) != 0 {
					t.Errorf("algorithm %d, %s: %s", alg, name, got)
				}
			}
			for _, body := range []string{"", "null", "{}", "[]", "true", strings.Repeat("[", 100), `{"id":"a","id":"b"}`} {
				at := w.begin(interaction.About{}, "")
				if got := w.verify(at, body); got != "passkey_refused" {
					t.Errorf("%q: %s", body, got)
				}
			}
			at := w.begin(interaction.About{}, "")
			if got := w.verify(at, w.get(key, w.ask(at, "")).JSON()); got != "in" || w.at(at).Account != w.ada {
				t.Fatalf("algorithm %d: the valid one: %s", alg, got)
			}
		}
	})
}

// unknown is a key that the authenticator has made and nobody has registered.
func (w *world) unknown(a *passkeytest.Authenticator, rpID string) *passkeytest.Key {
	w.T.Helper()
	was := a.Keys
	if _, err := a.Create([]byte(fmt.Sprintf(`{"rp":{"id":%q},"user":{"id":"AAAA"},"challenge":"AAAA"}`, rpID))); err != nil {
		w.T.Fatal(err)
	}
	k := a.Keys[len(a.Keys)-1]
	a.Keys = was
	return k
}

// AU15: what an assertion says about where and for whom it was made is looked at.
func TestAU15_CeremoniesOfOthersAreRefused(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		key, others := passkeytest.New(origin), passkeytest.New(origin)
		w.add(key, w.ada)
		w.add(others, w.bob)
		for name, change := range map[string]func(*draft){
			"crossOrigin":               func(d *draft) { d.ClientData["crossOrigin"] = true },
			"topOrigin":                 func(d *draft) { d.ClientData["topOrigin"] = "https://evil.example" },
			"topOrigin is ours":         func(d *draft) { d.ClientData["topOrigin"] = origin },
			"topOrigin and crossOrigin": func(d *draft) { d.ClientData["topOrigin"], d.ClientData["crossOrigin"] = origin, true },
			"crossOrigin is a text":     func(d *draft) { d.ClientData["crossOrigin"] = "true" },
			"create at get":             func(d *draft) { d.ClientData["type"] = "webauthn.create" },
		} {
			at := w.begin(interaction.About{}, "")
			if got := w.verify(at, w.get(key, w.ask(at, ""), change).JSON()); got != "passkey_refused" {
				t.Errorf("%s: %s", name, got)
			}
			if name == "create at get" {
				continue
			}
			if _, got := w.try(passkeytest.New(origin), w.ada, change); got != "passkey_refused" {
				t.Errorf("registration, %s: %s", name, got)
			}
		}
		if _, got := w.try(passkeytest.New(origin), w.ada, func(d *draft) { d.ClientData["type"] = "webauthn.get" }); got != "passkey_refused" {
			t.Errorf("get at create: %s", got)
		}
		// A challenge is another's: of another sign-in, of a registration, of another browser.
		mine, theirs := w.begin(interaction.About{}, ""), w.begin(interaction.About{}, "")
		answer := w.get(key, w.ask(theirs, ""))
		if got := w.verify(mine, answer.JSON()); got != "passkey_refused" {
			t.Errorf("another sign-in's challenge: %s", got)
		}
		stolen := theirs
		stolen.Browser = []byte("another browser")
		if got := w.verify(stolen, answer.JSON()); got != "interaction_gone" {
			t.Errorf("another browser: %s", got)
		}
		theirs = w.begin(interaction.About{}, "")
		answer = w.get(key, w.ask(theirs, ""))
		if got := w.verify(mine, answer.JSON()); got != "passkey_refused" {
			t.Errorf("another sign-in's challenge: %s", got)
		}
		if got := w.verify(theirs, answer.JSON()); got != "in" {
			t.Errorf("it was used up by a stranger: %s", got)
		}
		var creation struct{ Challenge string }
		if err := json.Unmarshal(w.creation(w.ada), &creation); err != nil {
			t.Fatal(err)
		}
		if got := w.verify(mine, w.get(key, w.ask(mine, ""), func(d *draft) { d.ClientData["challenge"] = creation.Challenge }).JSON()); got != "passkey_refused" {
			t.Errorf("the challenge of a registration: %s", got)
		}
		// It is used once, and not late.
		if got := w.verify(theirs, answer.JSON()); got != "challenge_gone" {
			t.Errorf("replayed: %s", got)
		}
		late := w.get(key, w.ask(mine, ""))
		w.Clock.Advance(5 * time.Minute)
		if got := w.verify(mine, late.JSON()); got != "challenge_gone" {
			t.Errorf("after five minutes: %s", got)
		}
		// A refused answer used its challenge up, too.
		at := w.begin(interaction.About{}, "")
		good := w.get(key, w.ask(at, ""))
		bad := good
		bad.Response = map[string]any{}
		for name, value := range good.Response {
			bad.Response[name] = value
		}
		bad.Response["signature"] = flip(bad.Response["signature"])
		if got := w.verify(at, bad.JSON()); got != "passkey_refused" {
			t.Errorf("bad signature: %s", got)
		}
		if got := w.verify(at, good.JSON()); got != "challenge_gone" {
			t.Errorf("after a refusal: %s", got)
		}
		// Somebody who is known is not replaced by another's key, nor by one that was not asked for.
		at = w.begin(interaction.About{}, w.ada, factor.Proved(factor.Password, w.Clock.Now()))
		if got := w.verify(at, w.get(others, noList(t, w.ask(at, w.ada))).JSON()); got != "passkey_refused" || w.at(at).Account != w.ada {
			t.Errorf("another's key as second factor: %s", got)
		}
		at = w.begin(interaction.About{Account: w.bob}, "")
		if got := w.verify(at, w.get(key, w.ask(at, "")).JSON()); got != "passkey_refused" {
			t.Errorf("not whom the application named: %s", got)
		}
		// Registrations are bound to session and account.
		mallory := passkeytest.New(origin)
		made, err := mallory.Create(w.creation(w.bob))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.AddOwn(t.Context(), self(w.ada), id.Default, laptop, made.JSON(), ""); w.word(err) != "passkey_refused" {
			t.Errorf("bob's challenge for ada: %v", err)
		}
		if _, err := w.AddOwn(t.Context(), self(w.bob), id.Default, "ses_00000000000000000000000009", made.JSON(), ""); w.word(err) != "passkey_refused" {
			t.Errorf("another session's challenge: %v", err)
		}
		if _, err := w.AddOwn(t.Context(), self(w.bob), id.Default, laptop, made.JSON(), ""); err != nil {
			t.Error(err)
		}
		if _, err := w.AddOwn(t.Context(), self(w.bob), id.Default, laptop, made.JSON(), ""); w.word(err) != "challenge_gone" {
			t.Errorf("registered twice: %v", err)
		}
	})
}

// noList takes allowCredentials out of options, as a browser that answers with what it likes.
func noList(t *testing.T, options []byte) []byte {
	t.Helper()
	var o map[string]any
	if err := json.Unmarshal(options, &o); err != nil {
		t.Fatal(err)
	}
	delete(o, "allowCredentials")
	return text(t, o)
}

// AU15: where the tenant requires the user to be verified, UV=0 is refused at both ceremonies.
func TestAU15_UserVerificationIsRequired(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		key := passkeytest.New(origin)
		w.add(key, w.ada)
		at := w.begin(interaction.About{}, "")
		before := w.ask(at, "")
		if err := w.set(`{"require_uv":true}`); err != nil {
			t.Fatal(err)
		}
		key.Flags &^= passkeytest.UV
		if got := w.verify(at, w.get(key, before).JSON()); got != "passkey_refused" {
			t.Errorf("asked before it was required: %s", got)
		}
		options := w.ask(at, "")
		if !strings.Contains(string(options), `"userVerification":"required"`) {
			t.Errorf("%s", options)
		}
		if got := w.verify(at, w.get(key, options).JSON()); got != "passkey_refused" {
			t.Errorf("UV=0: %s", got)
		}
		if _, got := w.try(key2(0), w.ada); got != "passkey_refused" {
			t.Errorf("registration with UV=0: %s", got)
		}
		if _, got := w.try(key2(passkeytest.UV), w.ada); got != "in" {
			t.Errorf("registration with UV=1: %s", got)
		}
	})
}

func key2(flags byte) *passkeytest.Authenticator {
	a := passkeytest.New(origin)
	a.Flags = passkeytest.UP | flags
	return a
}

// AU18: the options tell nothing about anybody, and a key that nobody has is refused like one with a
// broken signature.
func TestAU18_OptionsTellNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		key, stray := passkeytest.New(origin), passkeytest.New(origin)
		w.add(key, w.ada)
		if _, err := stray.Create(w.creation(w.bob)); err != nil { // never sent
			t.Fatal(err)
		}
		at := w.begin(interaction.About{Hint: "ada"}, "")
		var o map[string]any
		if err := json.Unmarshal(w.ask(at, ""), &o); err != nil {
			t.Fatal(err)
		}
		if list, is := o["allowCredentials"].([]any); !is || len(list) != 0 || len(o) != 5 {
			t.Errorf("%v", o)
		}
		unknown := w.verify(at, w.get(stray, w.ask(at, "")).JSON())
		broken := w.get(key, w.ask(at, ""))
		broken.Response["signature"] = flip(broken.Response["signature"])
		if got := w.verify(at, broken.JSON()); got != unknown || got != "passkey_refused" {
			t.Errorf("unknown: %s, known: %s", unknown, got)
		}
		// The user handle is no name, and no two accounts share it.
		a, b := key.Keys[0].UserHandle, stray.Keys[0].UserHandle
		if len(a) != sha256.Size || string(a) == string(b) || strings.Contains(string(a), "ada") {
			t.Errorf("%x %x", a, b)
		}
	})
}

func TestOneAnswerCountsOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		key := passkeytest.New(origin)
		w.add(key, w.ada)
		at := w.begin(interaction.About{}, "")
		text := w.get(key, w.ask(at, "")).JSON()
		var wg sync.WaitGroup
		var mu sync.Mutex
		seen := map[string]int{}
		for range 8 {
			wg.Go(func() {
				got := w.verify(at, text)
				mu.Lock()
				defer mu.Unlock()
				seen[got]++
			})
		}
		wg.Wait()
		if seen["in"] != 1 || seen["challenge_gone"] != 7 {
			t.Errorf("%v", seen)
		}
	})
}
