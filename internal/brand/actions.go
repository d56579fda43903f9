package brand

import "github.com/cardea-iam/cardea/internal/guard"

// Detail is what the log keeps of a change of a theme.
type Detail struct {
	Theme string `json:"theme"` // name of its style sheet, which holds its tokens; "" for none
	Words int    `json:"words"` // how many messages have words of their own
}

// UploadDetail is what the log keeps of a picture.
type UploadDetail struct {
	Slot Slot   `json:"slot"`
	Hash string `json:"hash"` // "" where the picture was taken away
}

// The room's verbs.
var (
	Show   = guard.Declare[Scope, guard.None]("brand.show", guard.Inspect, "Look at a brand")
	Change = guard.Declare[Scope, Detail]("brand.update", guard.Administer, "Change the colours, shapes and words of a brand")
	Upload = guard.Declare[Scope, UploadDetail]("brand.upload", guard.Administer, "Put a picture into a brand, or take it away")
	Reset  = guard.Declare[Scope, guard.None]("brand.reset", guard.Administer, "Drop a brand: what is below it shows again")
)
