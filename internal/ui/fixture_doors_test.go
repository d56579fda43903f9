package ui_test

import (
	"github.com/cardea-iam/cardea/internal/ui/address"
	"github.com/cardea-iam/cardea/internal/ui/own"
	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/ui/recovery"
	"github.com/cardea-iam/cardea/internal/ui/registration"
	"github.com/cardea-iam/cardea/internal/ui/signin"
)

// doorSamples are the pages of the ways into an account beside sign-in.
func doorSamples(b part.Base, app part.App, at func(path string) own.Frame) []sample {
	join := registration.Frame{Base: b, App: app, Action: "/signup", SignInURL: "/signin?i=int_1"}
	wrong := func(f registration.Frame, p registration.Problem) registration.Frame { f.Problem = p; return f }
	terms := registration.Terms{Version: "2026-11", URL: "https://larkspur.example/terms", PrivacyURL: "https://larkspur.example/privacy"}
	back := recovery.Frame{Base: b, Action: "/recover", BackURL: "/signin?i=int_1"}
	code := back
	code.Problem = recovery.CodeWrong
	weak := back
	weak.Problem = "password.common"
	list := []address.Address{
		{Text: "mira@larkspur.example", Primary: true, Verified: true, MayRemove: true},
		{Text: "mira.lindqvist@post.example", Verified: true, MayPrefer: true, MayRemove: true},
		{Text: "a-very-long-name-of-a-person.with-many-parts@a-department.of-a-large-organisation.example", MayRemove: true},
	}
	return []sample{
		{"signup", &registration.Start{Frame: join, Domains: []string{"larkspur.example", "post.example"}, Terms: terms}},
		{"signup-terms", &registration.Start{Frame: wrong(join, registration.TermsMissing), Email: "mira@larkspur.example", Terms: terms}},
		{"signup-domain", &registration.Start{Frame: wrong(join, registration.Domain), Email: "mira@elsewhere.example"}},
		{"signup-code", &registration.Code{Frame: join, Email: "mira@larkspur.example", ResendAction: "/signup/code/again", BackURL: "/signup?i=int_1", Sent: true}},
		{"signup-code-wrong", &registration.Code{Frame: wrong(join, registration.CodeWrong), Email: "mira@larkspur.example", ResendAction: "/signup/code/again", BackURL: "/signup?i=int_1"}},
		{"signup-person", &registration.Person{Frame: join, Email: "mira@larkspur.example", Asked: []string{"name", "birthdate", "website"}, MinLength: 15}},
		{"signup-person-problems", &registration.Person{Frame: wrong(join, registration.BadClaim), Email: "mira@larkspur.example", Asked: []string{"name", "birthdate"}, BadClaim: "birthdate", Values: map[string]string{"birthdate": "yesterday"}, MinLength: 15}},
		{"signup-later-terms", &registration.Later{Frame: wrong(join, registration.TermsMissing), Person: part.Person{Username: "mira", Name: "Mira Lind"}, Asked: []string{"nickname", "birthdate"}, Terms: terms, CancelAction: "/signin/cancel"}},
		{"signup-later-claims", &registration.Later{Frame: join, Person: part.Person{Username: "mira", Name: "Mira Lind"}, Asked: []string{"nickname", "birthdate", "website"}, Values: map[string]string{"birthdate": "yesterday"}, BadClaim: "birthdate", CancelAction: "/signin/cancel"}},
		{"invitation", &registration.Person{Frame: join, Invited: true, Inviter: "Larkspur Studio", Email: "mira@larkspur.example", Asked: []string{"name"}, Values: map[string]string{"name": "Mira"}, MinLength: 15, Terms: terms}},
		{"recover", &recovery.Start{Frame: back, Identifier: "mira"}},
		{"recover-code", &recovery.Code{Frame: back, ResendAction: "/recover/code/again"}},
		{"recover-code-wrong", &recovery.Code{Frame: code, ResendAction: "/recover/code/again", Sent: true}},
		{"recover-link", &recovery.Code{Frame: back, Typed: "12345678", ResendAction: "/recover/code/again"}},
		{"recover-second", &recovery.Second{Frame: back, WaysURL: "/signin/other?i=int_1", Address: "m…@post.example"}},
		{"recover-second-code", &recovery.Code{Frame: back, Second: "m…@post.example", ResendAction: "/recover/second"}},
		{"recover-password", &recovery.Password{Frame: weak, MinLength: 15, Username: "mira", MayForget: true}},
		{"recover-admin", &recovery.Password{Frame: back, MinLength: 15, Loses: true}},
		{"recover-done", &recovery.Done{Frame: back, SignInURL: "/account"}},
		{"notme", &recovery.NotMe{Frame: back}},
		{"newpassword", &signin.Renewal{Frame: signin.Frame{Base: b, App: app, Action: "/signin/password-change"}, Person: part.Person{Username: "mira"}, MinLength: 15}},
		{"addresses", &address.List{Frame: at(own.PathAddress), Addresses: list, AddAction: "/account/addresses", PreferAction: "/account/addresses/prefer", RemoveAction: "/account/addresses/remove"}},
		{"addresses-problem", &address.List{Frame: at(own.PathAddress), Addresses: list[:1], Problem: address.Last, AddAction: "/account/addresses", PreferAction: "/account/addresses/prefer", RemoveAction: "/account/addresses/remove"}},
		{"addresses-code", &address.Code{Frame: at(own.PathAddress + "/code"), Email: "mira@new.example", Action: "/account/addresses/code", ResendAction: "/account/addresses", Problem: address.CodeWrong}},
	}
}
