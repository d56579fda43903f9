package factor

// Class is an authentication context class that clients can ask for and read in acr.
type Class struct {
	ACR  string
	Want Want // what must be proved for it
}

// classes are the levels of NIST SP 800-63B-4 §2, and those of OpenID Connect Extended Authentication
// Profile (EAP) ACR Values 1.0 §2: phr, a proof that no other site can pass on, and phrh, such a one
// by a key that its hardware does not give away.
var classes = []Class{
	{Level(1).ACR(), Want{Level: 1}},
	{Level(2).ACR(), Want{Level: 2}},
	{Level(3).ACR(), Want{Level: 3}},
	{"phr", Want{PhishingResistant: true}},
	{"phrh", Want{PhishingResistant: true, HardwareProtected: true}},
}

// Classes are all that there are, in the order in which metadata lists them.
func Classes() []Class { return append([]Class{}, classes...) }

// ClassOf parses an acr value; unknown ones are no class.
func ClassOf(acr string) (Class, bool) {
	for _, c := range classes {
		if c.ACR == acr {
			return c, true
		}
	}
	return Class{}, false
}

// Meets reports whether a strength is of the kind that is wanted. When it was proved, and by which
// method, is not looked at.
func (s Strength) Meets(w Want) bool {
	return s.Level >= max(w.Level, 1) && (s.PhishingResistant || !w.PhishingResistant) && (s.HardwareProtected || !w.HardwareProtected)
}
