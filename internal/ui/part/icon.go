package part

import (
	"fmt"
	"html/template"
)

// drawings are 24 by 24, drawn with one stroke whose width and colour come
// from the style sheet.
var drawings = map[string]string{
	"alert":    `<circle cx="12" cy="12" r="9"/><path d="M12 7.5v5.5M12 16.4v.1"/>`,
	"apps":     `<rect x="4" y="4" width="6.5" height="6.5" rx="1.8"/><rect x="13.5" y="4" width="6.5" height="6.5" rx="1.8"/><rect x="4" y="13.5" width="6.5" height="6.5" rx="1.8"/><path d="M16.75 13.75v6M13.75 16.75h6"/>`,
	"arrow":    `<path d="M5 12h14M13 6l6 6-6 6"/>`,
	"call":     `<path d="M6.5 3.500h3l1.500 4-2 1.500a11 11 0 0 0 6 6l1.500-2 4 1.500v3a2 2 0 0 1-2.200 2A16.500 16.500 0 0 1 4.500 5.700a2 2 0 0 1 2-2.200z"/>`,
	"card":     `<rect x="3" y="5" width="18" height="14" rx="2.5"/><circle cx="8.5" cy="11" r="2"/><path d="M5.6 16c.5-1.4 1.6-2 2.9-2s2.4.6 2.9 2M14.5 10h3.5M14.5 14h3.5"/>`,
	"check":    `<path d="M5 12.5l4.6 4.6L19 7.5"/>`,
	"chevron":  `<path d="M9.5 6l6 6-6 6"/>`,
	"clock":    `<circle cx="12" cy="12" r="9"/><path d="M12 7v5.2l3.4 2"/>`,
	"computer": `<rect x="4" y="5" width="16" height="11" rx="1.8"/><path d="M2.5 19.5h19"/>`,
	"door":     `<path d="M5 21V11a7 7 0 0 1 14 0v10M2.5 21h19M15 14v1.5"/>`,
	"download": `<path d="M12 4v10.500M7.500 10.500L12 15l4.500-4.500M5 19.500h14"/>`,
	"eye":      `<path d="M2.5 12S6 5.8 12 5.8 21.5 12 21.5 12 18 18.2 12 18.2 2.5 12 2.5 12z"/><circle cx="12" cy="12" r="2.8"/>`,
	"home":     `<path d="M4 11.200L12 4.500l8 6.700V19a1.5 1.5 0 0 1-1.5 1.500h-13A1.5 1.5 0 0 1 4 19zM9.5 20.500V14h5v6.5"/>`,
	"key":      `<circle cx="8" cy="15.5" r="4"/><path d="M11 12.500L19.5 4M16 7.500l2.8 2.8"/>`,
	"link":     `<path d="M14 5h5v5M19 5l-8 8M17 14v3.500a1.5 1.5 0 0 1-1.5 1.500h-9A1.5 1.5 0 0 1 5 17.500v-9A1.5 1.5 0 0 1 6.5 7H10"/>`,
	"list":     `<path d="M9 6.500h11M9 12h11M9 17.500h11M4.500 6.500h.1M4.500 12h.1M4.500 17.500h.1"/>`,
	"lock":     `<rect x="5" y="10.5" width="14" height="10" rx="2.2"/><path d="M8 10.500V8a4 4 0 0 1 8 0v2.5"/>`,
	"mail":     `<rect x="3" y="5.5" width="18" height="13" rx="2.2"/><path d="M3.8 7.500l8.2 6 8.2-6"/>`,
	"message":  `<path d="M4 5.500h16a1.500 1.500 0 0 1 1.500 1.500v9a1.500 1.500 0 0 1-1.500 1.500h-9l-5 3.500v-3.500H4A1.500 1.500 0 0 1 2.500 16V7A1.500 1.500 0 0 1 4 5.500z"/>`,
	"minus":    `<path d="M6 12h12"/>`,
	"person":   `<circle cx="12" cy="8.2" r="4"/><path d="M4.5 20.500c.8-4 3.7-6 7.5-6s6.7 2 7.5 6"/>`,
	"phone":    `<rect x="6.5" y="2.8" width="11" height="18.4" rx="2.4"/><path d="M10.8 18h2.4"/>`,
	"plus":     `<path d="M12 5.500v13M5.5 12h13"/>`,
	"shield":   `<path d="M12 3l7.5 2.800v5.400c0 4.6-3 8.2-7.5 9.8-4.5-1.6-7.5-5.2-7.5-9.800V5.800z"/><path d="M8.8 12l2.3 2.3 4.2-4.5"/>`,
	"terminal": `<rect x="3" y="4.5" width="18" height="15" rx="2.2"/><path d="M7 9.500l3 2.5-3 2.500M12.5 15H17"/>`,
}

var icons = func() map[string]template.HTML {
	all := make(map[string]template.HTML, len(drawings))
	for name, d := range drawings {
		all[name] = template.HTML(`<svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">` + d + `</svg>`) //nolint:gosec // the drawings are ours
	}
	return all
}()

// icon draws a picture that says nothing the text beside it does not.
func icon(name string) (template.HTML, error) {
	svg, ok := icons[name]
	if !ok {
		return "", fmt.Errorf("no icon %q", name)
	}
	return svg, nil
}
