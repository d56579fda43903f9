package app

import (
	"testing"

	"github.com/cardea-iam/cardea/internal/guard"
	"github.com/cardea-iam/cardea/internal/ui/data"
)

// What happens to a person has a sentence on their page of activity, or a reason not to.
func TestEveryActionIsSaidOrLeftOut(t *testing.T) {
	for _, a := range guard.Actions() {
		s, said := data.SentenceOf(a.Name)
		why := data.LeftOut(a)
		switch {
		case said && why != "":
			t.Errorf("%s has a sentence and is left out: %s", a.Name, why)
		case !said && why == "":
			t.Errorf("%s: say it in internal/ui/data/activity.go, or name it in http_hidden.go with the reason", a.Name)
		case said && s.Done == "" && s.Refused == "":
			t.Errorf("the sentence of %s says nothing", a.Name)
		}
	}
	for _, name := range data.Left() {
		if _, said := data.SentenceOf(name); said {
			t.Errorf("%s is left out and said", name)
		}
	}
}
