package brand

// Builtin are the palettes of the pages that nobody branded. They and the tokens below repeat
// the style sheet of package ui/part; a test there holds them together.
var Builtin = map[Scheme]Palette{
	Light: {Accent: "#1d5c4f", Background: "#f4f2ed", Text: "#1b1c1a"},
	Dark:  {Accent: "#86cdb9", Background: "#101312", Text: "#eceeeb"},
}

// BuiltinTokens are the colours of the built-in style sheet, for samples of one scheme beside the
// other.
func BuiltinTokens(s Scheme) []Token { return append(append([]Token{}, builtin[s]...), fixed[s]...) }

var builtin = map[Scheme][]Token{
	Light: {
		{"ground", "#f4f2ed"}, {"surface", "#ffffff"}, {"sunken", "#f8f7f3"}, {"line", "#e3dfd6"}, {"edge", "#8a857a"},
		{"ink", "#1b1c1a"}, {"ink-soft", "#5b5a53"}, {"accent", "#1d5c4f"}, {"accent-strong", "#14463c"}, {"on-accent", "#ffffff"},
		{"accent-wash", "#e5f1ed"}, {"danger", "#a3271f"}, {"on-danger", "#ffffff"}, {"danger-wash", "#fcedeb"}, {"arch", "#ece8df"},
	},
	Dark: {
		{"ground", "#101312"}, {"surface", "#191d1b"}, {"sunken", "#141816"}, {"line", "#2c3330"}, {"edge", "#737e78"},
		{"ink", "#eceeeb"}, {"ink-soft", "#a7b0ab"}, {"accent", "#86cdb9"}, {"accent-strong", "#a9dfcf"}, {"on-accent", "#0b231d"},
		{"accent-wash", "#17322b"}, {"danger", "#ff9d92"}, {"on-danger", "#330b07"}, {"danger-wash", "#371a18"}, {"arch", "#171d1a"},
	},
}

// fixed are tokens that no palette changes: the pictures of those who have none, and shadows.
var fixed = map[Scheme][]Token{
	Light: {
		{"shadow", "0 1px 2px rgb(40 35 20 / 5%), 0 12px 40px -12px rgb(40 35 20 / 14%)"},
		{"hue-0-wash", "#e3ecfb"}, {"hue-0", "#244a86"}, {"hue-1-wash", "#f0e6fa"}, {"hue-1", "#603091"},
		{"hue-2-wash", "#fbe6ec"}, {"hue-2", "#93244d"}, {"hue-3-wash", "#fcecd9"}, {"hue-3", "#824108"},
		{"hue-4-wash", "#e4f2dc"}, {"hue-4", "#33600f"}, {"hue-5-wash", "#dcf2f2"}, {"hue-5", "#0d5a60"},
	},
	Dark: {
		{"shadow", "0 1px 2px rgb(0 0 0 / 40%), 0 16px 48px -12px rgb(0 0 0 / 60%)"},
		{"hue-0-wash", "#1b2b48"}, {"hue-0", "#a9c6fb"}, {"hue-1-wash", "#31204a"}, {"hue-1", "#d5b7fa"},
		{"hue-2-wash", "#431c2b"}, {"hue-2", "#fab1c8"}, {"hue-3-wash", "#3e2710"}, {"hue-3", "#f5c08a"},
		{"hue-4-wash", "#20340f"}, {"hue-4", "#b4dc92"}, {"hue-5-wash", "#0f3538"}, {"hue-5", "#8fd8de"},
	},
}
