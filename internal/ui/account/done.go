package account

import "github.com/cardea-iam/cardea/internal/ui/part"

// Done is what the page reports after a change, once.
type Done = part.Key

// The changes that are reported.
const (
	ProfileSaved     Done = "account.done.profile"
	PasswordChanged  Done = "account.done.password"
	SessionEnded     Done = "account.done.session"
	OthersEnded      Done = "account.done.others"
	AccessWithdrawn  Done = "account.done.withdrawn"
	PreferencesSaved Done = "account.done.preferences"
	PictureSaved     Done = "account.done.picture"
	PictureRemoved   Done = "account.done.picture_removed"
	AccountKept      Done = "deletion.kept"
)
