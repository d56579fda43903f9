// Package picture draws uploaded pictures anew. A PNG or JPEG is decoded within bounds and written as
// a PNG of ours, so that nothing of what was uploaded is served but its pixels: no metadata, no
// markup behind the end, nothing that a browser could take for something else.
package picture
