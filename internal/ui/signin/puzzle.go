package signin

import (
	"sync"

	"github.com/cardea-iam/cardea/internal/interaction"
	"github.com/cardea-iam/cardea/internal/puzzle"
	"github.com/cardea-iam/cardea/internal/ui/part"
	"github.com/cardea-iam/cardea/internal/ui/visit"
	"github.com/cardea-iam/cardea/internal/web"
)

// puzzle is what the form asks for: nothing of a browser that has signed in here before, unless it
// was just refused because it has not signed in to the account that was meant.
func (room *Room) puzzle(r *web.Request, i interaction.Interaction, problem Problem) (part.Puzzle, error) {
	c := room.Puzzles.Ask(visit.Tenant(r), string(i.ID))
	if c.Bits == 0 {
		return part.Puzzle{}, nil
	}
	if problem != Unproved {
		familiar, err := room.Passwords.Familiar(r.Context(), visit.Tenant(r), visit.Device(r))
		if err != nil || familiar {
			return part.Puzzle{}, err
		}
	}
	return part.Puzzle{Challenge: c.Text, Bits: c.Bits}, nil
}

// stranger checks, once, what a browser without a known device was asked for.
func (room *Room) stranger(r *web.Request, form web.Params) func() error {
	return sync.OnceValue(func() error {
		return room.Puzzles.Check(visit.Tenant(r), form.Get(visit.FieldInteraction), puzzle.Answer{Challenge: form.Get(puzzle.FieldChallenge), Proof: form.Get(puzzle.FieldProof)})
	})
}
