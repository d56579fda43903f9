package cmd

// The nouns that commands name each other's things by.
var (
	Tenant     = Noun{Name: "tenant", Path: "/tenants", ID: "id"}
	Account    = Noun{Name: "account", Path: "/accounts", Prefix: "acc", ID: "id", Names: []string{"username"}, Filter: "username"}
	Invitation = Noun{Name: "invitation", Path: "/invitations", Prefix: "inv", ID: "id", Names: []string{"email"}}
	Group      = Noun{Name: "group", Path: "/groups", Prefix: "grp", ID: "id", Names: []string{"name"}, Filter: "name"}
	Role       = Noun{Name: "role", Path: "/roles", Prefix: "rol", ID: "id", Names: []string{"name"}, Filter: "name"}
	Client     = Noun{Name: "client", Path: "/clients", Prefix: "cli", ID: "client_id", Names: []string{"client_name"}}
	Resource   = Noun{Name: "resource", Path: "/resources", Prefix: "res", ID: "id", Names: []string{"audience", "name"}}
	Brand      = Noun{Name: "brand", Path: "/brands", ID: "scope"}
	Key        = Noun{Name: "key", Path: "/keys", Prefix: "", ID: "kid", Few: true}
	Setting    = Noun{Name: "setting", Path: "/settings", Prefix: "", ID: "name", Few: true}
	Outbox     = Noun{Name: "outbox", Thing: "message", Path: "/outbox", Prefix: "out", ID: "id"}
	Session    = Noun{Name: "session", Path: "/sessions", Prefix: "ses", ID: "id"}
	Event      = Noun{Name: "event", Path: "/events", Prefix: "", ID: "position"}
	Policy     = Noun{Name: "assurance", Thing: "policy", Path: "/assurance/policies", Prefix: "apo", ID: "id", Names: []string{"name"}}
	SignIn     = Noun{Name: "signin", Thing: "sign-in", Path: "/signins", Prefix: "att", ID: "id"}
	Token      = Noun{Name: "token", Path: "/tokens", Prefix: "apt", ID: "id", Names: []string{"name"}}
)
