package part

// Puzzle is what a form asks of strangers while a storm of sign-ins is on (package puzzle). Its
// zero value asks for nothing. A page puts
//
//	{{template "puzzle-script" .Puzzle}}   into its head, and
//	{{template "puzzle" .Puzzle}}          into the form.
//
// The names of its fields are those of package puzzle.
type Puzzle struct {
	Challenge string
	Bits      int
}
