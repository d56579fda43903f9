// Package internal_test holds the rules of the house that a compiler cannot check: which room
// stands on which floor, how large rooms and files may grow, and which dangerous names may be
// used where.
package internal_test

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/cardea-iam/cardea/"

// floors lists every room from the ground up. A room may import rooms of lower lines only; rooms
// of one line never import each other, except on the ground floor, whose rooms are small and
// whose order the compiler keeps free of circles. Packages below a room's folder belong to it,
// but not those below a family: each of its children is a room of its own.
var floors = []struct {
	floor string
	rooms string
}{
	{"F0", "oauth store config clock secret id jose strictjson caller factor outbound picture web reload geo reputation foreign"},
	{"F1", "audit policy outbox"},
	{"F2", "guard"},
	{"F3", "tenant account client resource role key setting"},
	{"F4a", "session consent issued credential membership apitoken event brand"},
	{"F4b", "interaction lifecycle assurance oauth/mint oauth/clientauth oauth/hint notify throttle puzzle outofband"},
	{"F4c", "browser factor/mailbox"}, // binds sessions and interactions to one browser
	{"F5", "oauth/authorize oauth/token oauth/introspect oauth/revoke oauth/userinfo oauth/logout oauth/metadata registration recovery address signin factor/password factor/totp factor/recovery factor/passkey setup imports export outbox/smtp outbox/gateway outbox/inbox factor/email factor/phone factor/approval"},
	{"F6a", "ui/part"},            // the vocabulary of the pages stands below them
	{"F6b", "ui/visit"},           // what the pages share when a browser calls
	{"F6b+", "ui/own ui/passkey"}, // what a person's own pages share, and the ceremony that several pages offer
	{"F6c", "ui ui/mail ui/inbox ui/registration ui/recovery ui/address ui/signin ui/consent ui/account ui/brand ui/notice ui/code ui/security api ui/data ui/approval"},
	{"F7a", "app"},
	{"F7b", "cli/cmd"}, // the vocabulary of the commands
	{"F7c", "cli/account cli/assurance cli/brand cli/client cli/demo cli/event cli/group cli/imports cli/invitation cli/jwt cli/key cli/outbox cli/resource cli/role cli/serve cli/session cli/setting cli/signin cli/tenant cli/token cli/version"},
	{"F7d", "cli"}, // `cardea serve` starts what app wires, so the command line stands above it
}

// families are parents whose children are rooms of their own.
var families = []string{"oauth", "factor", "ui", "cli", "outbox"}

// tools are programs and test kits that are no part of the server: they may import anything, and
// no room may import them.
var tools = []string{"conformance", "oauth/oauthtest", "api/apitest", "factor/factortest", "factor/passkey/passkeytest", "geo/geotest", "timingtest", "guard/guardtest"}

// longFiles are the files that may have more than maxFile lines, with the reason.
var longFiles = map[string]string{}

// largeRooms are the rooms that may have more than maxRoom lines, with the reason.
var largeRooms = map[string]string{}

const (
	maxFile = 400
	maxRoom = 3000
)

// file is one parsed Go file of the tree; name is relative to the root of the module.
type file struct {
	name  string
	tree  *ast.File
	set   *token.FileSet
	lines int
}

func (f file) test() bool { return strings.HasSuffix(f.name, "_test.go") }

func (f file) at(p token.Pos) string { return f.name + ":" + strconv.Itoa(f.set.Position(p).Line) }

// within reports whether the file lies in one of the folders.
func (f file) within(folders ...string) bool {
	return slices.ContainsFunc(folders, func(d string) bool { return f.name == d || strings.HasPrefix(f.name, d+"/") })
}

// source reads every Go file of the module and its inner modules.
func source(t *testing.T) []file {
	t.Helper()
	var files []file
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if base := d.Name(); name != ".." && (strings.HasPrefix(base, ".") || base == "testdata" || base == "node_modules" || base == "artefacts") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel("..", name)
		if err != nil {
			return err
		}
		files = append(files, file{filepath.ToSlash(rel), tree, set, strings.Count(string(text), "\n")})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 100 {
		t.Fatalf("only %d files were found: the walk is broken", len(files))
	}
	return files
}

// storeys maps each listed room to its floor's number.
func storeys(t *testing.T) map[string]int {
	t.Helper()
	at := map[string]int{}
	for i, f := range floors {
		for room := range strings.FieldsSeq(f.rooms) {
			if _, twice := at[room]; twice {
				t.Errorf("%s is listed twice", room)
			}
			at[room] = i
		}
	}
	return at
}

// roomOf finds the room of a package path below internal/, "" when it has none.
func roomOf(pkg string, at map[string]int) string {
	for dir := pkg; dir != "."; dir = path.Dir(dir) {
		if _, listed := at[dir]; listed {
			if dir != pkg && slices.Contains(families, dir) {
				return ""
			}
			return dir
		}
	}
	return ""
}

func TestFloorsImportsOnlyGoDown(t *testing.T) {
	at, seen := storeys(t), map[string]bool{}
	for _, f := range source(t) {
		if !f.within("internal") || f.test() {
			continue
		}
		pkg := strings.TrimPrefix(path.Dir(f.name), "internal/")
		if slices.Contains(tools, pkg) {
			continue
		}
		room := roomOf(pkg, at)
		if room == "" {
			t.Errorf("%s: package %s is on no floor: list it", f.name, pkg)
			continue
		}
		seen[room] = true
		for _, imp := range f.tree.Imports {
			to, inside := strings.CutPrefix(strings.Trim(imp.Path.Value, `"`), module+"internal/")
			if !inside {
				continue
			}
			if slices.Contains(tools, to) {
				t.Errorf("%s: imports %s, which is a tool", f.at(imp.Pos()), to)
				continue
			}
			other := roomOf(to, at)
			if other == room || other == "" {
				continue // an unlisted package is reported at its own files
			}
			switch up, down := at[room], at[other]; {
			case down > up:
				t.Errorf("%s: %s (%s) imports %s (%s), which is above it", f.at(imp.Pos()), room, floors[up].floor, to, floors[down].floor)
			case down == up && up > 0:
				t.Errorf("%s: %s imports %s of the same floor %s: let them meet in app", f.at(imp.Pos()), room, to, floors[up].floor)
			}
		}
	}
	for room := range at {
		if !seen[room] {
			t.Errorf("room %s is listed and does not exist", room)
		}
	}
}

func TestFloorsNobodyOutsideImportsARoom(t *testing.T) {
	for _, f := range source(t) {
		if !f.within("sdk", "examples") || f.test() {
			continue
		}
		for _, imp := range f.tree.Imports {
			if strings.HasPrefix(strings.Trim(imp.Path.Value, `"`), module+"internal/") {
				t.Errorf("%s: public code and sample apps use public packages only", f.at(imp.Pos()))
			}
		}
	}
}

func TestFloorsSize(t *testing.T) {
	at, rooms := storeys(t), map[string]int{}
	var longest file
	for _, f := range source(t) {
		if f.test() {
			continue
		}
		if f.lines > longest.lines {
			longest = f
		}
		if _, argued := longFiles[f.name]; f.lines > maxFile && !argued {
			t.Errorf("%s has %d lines, more than %d", f.name, f.lines, maxFile)
		}
		if pkg, inside := strings.CutPrefix(path.Dir(f.name), "internal/"); inside {
			if room := roomOf(pkg, at); room != "" {
				rooms[room] += f.lines
			}
		}
	}
	largest := ""
	for room, lines := range rooms {
		if largest == "" || cmp.Or(cmp.Compare(lines, rooms[largest]), cmp.Compare(largest, room)) > 0 {
			largest = room
		}
		if _, argued := largeRooms[room]; lines > maxRoom && !argued {
			t.Errorf("room %s has %d lines, more than %d: split it by noun", room, lines, maxRoom)
		}
	}
	t.Logf("longest file %s: %d lines; largest room %s: %d lines", longest.name, longest.lines, largest, rooms[largest])
}
