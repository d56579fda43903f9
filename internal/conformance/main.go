// Command conformance writes docs/conformance.md: which requirement of which standard is met where
// and which test shows it. It reads the comments of the form
//
//	// RFC 6749 §4.1.3: the code was issued to this client.
//
// in the code, and the tests that name the same section, a module of the OpenID Foundation's
// suite, or a row of the regression list. Run it at the root of the module, or by make docs.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

const document = "docs/conformance.md"

func main() {
	root := "."
	page, err := write(root)
	if err == nil {
		err = os.WriteFile(filepath.Join(root, document), page, 0o644) //nolint:gosec // a document for everyone
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "conformance:", err)
		os.Exit(1)
	}
}

// write makes the document from the tree below root.
func write(root string) ([]byte, error) {
	found, err := scan(root, "internal", "sdk", "test", "examples")
	if err != nil {
		return nil, err
	}
	modules, err := readModules(filepath.Join(root, "test", "modules.txt"))
	if err != nil {
		return nil, err
	}
	rows, err := readRows(filepath.Join(root, "test", "rows.txt"))
	if err != nil {
		return nil, err
	}
	return page(found, modules, rows), nil
}
