package jose

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"
)

func TestRememberedTokenIsCheckedAgain(t *testing.T) {
	key := testKeys()[ES256]
	v := NewVerifier(10)
	token := sign(t, key, "at+jwt", goodClaims())
	first, err := v.Verify(token, expect(key.Public()))
	if err != nil {
		t.Fatal(err)
	}
	first.Audience[0] = "changed by the caller"
	if again, err := v.Verify(token, expect(key.Public())); err != nil || again.Audience[0] != audienceAPI {
		t.Errorf("got %+v, %v", again, err)
	}
	for what, change := range map[string]func(*Expect){
		"expired": func(e *Expect) { e.Now = noon.Add(2 * time.Hour) }, "issued later": func(e *Expect) { e.Now = noon.Add(-time.Hour) },
		"audience": func(e *Expect) { e.Audience = "https://other.example" }, "issuer": func(e *Expect) { e.Issuer = "https://other.example" },
		"typ": func(e *Expect) { e.Typ = "JWT" }, "algorithm": func(e *Expect) { e.Algorithms = []Algorithm{RS256} }, "keys": func(e *Expect) { e.Keys = JWKS{} },
	} {
		e := expect(key.Public())
		change(&e)
		if _, err := v.Verify(token, e); !errors.Is(err, ErrInvalidToken) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := v.Verify(token[:len(token)-6]+"AAAAAA", expect(key.Public())); !errors.Is(err, ErrInvalidToken) {
		t.Errorf("another signature under a remembered payload: %v", err)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	m := newMemory(3)
	for i := range 10 {
		m.put([32]byte{byte(i)}, &seen{})
		m.get([32]byte{0}) // the first stays, as it is used
	}
	if len(m.entries) != 3 || m.order.Len() != 3 {
		t.Errorf("%d entries", len(m.entries))
	}
	if _, ok := m.get([32]byte{0}); !ok {
		t.Error("the entry in use was dropped")
	}
	if _, ok := m.get([32]byte{1}); ok {
		t.Error("the oldest entry was kept")
	}
	replaced := &seen{}
	m.put([32]byte{0}, replaced)
	if s, _ := m.get([32]byte{0}); s != replaced || len(m.entries) != 3 {
		t.Error("the entry was not replaced")
	}
}

func TestVerifierIsConcurrent(t *testing.T) {
	key := testKeys()[EdDSA]
	v := NewVerifier(2)
	e := expect(key.Public())
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			for i := range 20 {
				id := fmt.Sprint((worker + i) % 5)
				token, err := key.Sign("at+jwt", goodClaims().with("jti", id))
				if err != nil {
					t.Error(err)
					return
				}
				if c, err := v.Verify(token, e); err != nil || c.ID != id {
					t.Errorf("got %+v, %v", c, err)
				}
			}
		})
	}
	wg.Wait()
}
