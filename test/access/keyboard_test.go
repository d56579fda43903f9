package access

import (
	"encoding/json"
	"fmt"

	"github.com/chromedp/chromedp"
)

// list finds each control that the keyboard should reach, in the order of the document, and notes
// how it looks without focus. Of the buttons of a radio group only one takes part.
const list = `(() => {
	const shown = e => !e.disabled && e.type !== "hidden" && e.tabIndex >= 0 && e.checkVisibility({visibilityProperty: true});
	const first = e => {
		if (e.type !== "radio") return true;
		const group = [...document.querySelectorAll("input[type=radio]")].filter(o => o.name === e.name && o.form === e.form);
		return e === (group.find(o => o.checked) || group[0]);
	};
	document.activeElement.blur();
	window.controls = [...document.querySelectorAll("a[href],button,input,select,textarea,summary,iframe,[tabindex],[contenteditable]")].filter(e => shown(e) && first(e));
	window.appearance = e => [e, e.parentElement, e.nextElementSibling, e.closest("label")].map(n => {
		if (!n) return "";
		const s = getComputedStyle(n);
		return [s.outlineStyle === "none" ? "" : s.outlineStyle + s.outlineWidth + s.outlineColor, s.boxShadow, s.borderColor + s.borderWidth].join("|");
	}).join();
	window.before = controls.map(appearance);
	window.describe = e => e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") + " " + (e.getAttribute("href") || e.name || e.textContent.trim().slice(0, 30));
	// Tab goes on from where the focus was last: the beginning of the document.
	const start = document.createElement("span");
	start.tabIndex = -1;
	document.body.prepend(start);
	start.focus({preventScroll: true});
	start.remove();
	scrollTo(0, 0);
	return JSON.stringify(controls.map(describe));
})()`

// stop describes where the focus is: which control, whether one sees it, and whether it stands in
// the window and nothing covers it.
const stop = `(async () => {
	const e = document.activeElement, i = controls.indexOf(e);
	if (i < 0) return JSON.stringify({at: -1, what: describe(e)});
	await Promise.all(document.getAnimations().map(a => a.finished.catch(() => 0)));
	const clear = () => {
		const box = e.getBoundingClientRect();
		const x = (Math.max(box.left, 0) + Math.min(box.right, innerWidth)) / 2, y = (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2;
		const top = document.elementFromPoint(x, y);
		return box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth &&
			top !== null && (e.contains(top) || top.contains(e) || top.control === e);
	};
	// The window scrolls with its next frame.
	for (let n = 0; n < 40 && !clear(); n++) await new Promise(done => setTimeout(done, 25));
	return JSON.stringify({
		at: i, what: describe(e), indicated: appearance(e) !== before[i] && e.matches(":focus-visible"),
		clear: clear(),
	});
})()`

// at is where the focus is.
type where struct {
	At        int    `json:"at"`
	What      string `json:"what"`
	Indicated bool   `json:"indicated"`
	Clear     bool   `json:"clear"`
}

func (w *window) focus() (f where) {
	w.t.Helper()
	if err := json.Unmarshal([]byte(evaluate[string](w, stop)), &f); err != nil {
		w.t.Fatal(err)
	}
	return f
}

func (w *window) key(k string) { w.t.Helper(); w.do(chromedp.KeyEvent(k)) }

// keyboard walks through the page with the tab key alone and says what somebody would miss.
func (w *window) keyboard() (found []finding) {
	w.t.Helper()
	complain := func(rule, help, where string) {
		found = append(found, finding{rule, "serious", help, []string{where}})
	}
	var controls []string
	if err := json.Unmarshal([]byte(evaluate[string](w, list)), &controls); err != nil {
		w.t.Fatal(err)
	}
	reached := make([]bool, len(controls))
	for last, n := -1, 0; ; n++ {
		if n > 3*len(controls)+3 {
			complain("keyboard-trap", "The tab key does not lead out of the page (WCAG 2.2 §2.1.2)", controls[last])
			break
		}
		w.key("\t")
		f := w.focus()
		if f.At < 0 || f.At == 0 && last == len(controls)-1 {
			break // past the end
		}
		if f.At == last {
			continue // one of several parts of a field
		}
		if f.At < last {
			complain("focus-order", "The order of the keyboard is not that of the page (WCAG 2.2 §2.4.3)", f.What)
		}
		if reached[f.At] {
			break
		}
		reached[f.At], last = true, f.At
		if !f.Indicated {
			complain("focus-visible", "One does not see where the focus is (WCAG 2.2 §2.4.7)", f.What)
		}
		if !f.Clear {
			complain("focus-not-obscured", "What has the focus is not in view (WCAG 2.2 §2.4.11)", f.What)
		}
	}
	for i, ok := range reached {
		if !ok {
			complain("keyboard", "The tab key does not reach a control (WCAG 2.2 §2.1.1)", controls[i])
		}
	}
	return append(found, w.skip()...)
}

// skip takes the link that leads past what every page begins with.
func (w *window) skip() (found []finding) {
	w.t.Helper()
	evaluate[string](w, list)
	w.key("\t")
	if target := evaluate[string](w, `document.activeElement.getAttribute("href") || ""`); target != "#main" {
		return []finding{{"bypass", "serious", "The first control does not skip to the content (WCAG 2.2 §2.4.1)", []string{target}}}
	}
	w.key("\r")
	if id := evaluate[string](w, "document.activeElement.id"); id != "main" {
		found = append(found, finding{"bypass", "serious", "The skip link does not move the focus (WCAG 2.2 §2.4.1)", []string{fmt.Sprintf("to #%s", id)}})
	}
	w.key("\t")
	if !evaluate[bool](w, `(() => {
		const main = document.getElementById("main");
		const beyond = e => (main.compareDocumentPosition(e) & (Node.DOCUMENT_POSITION_CONTAINED_BY | Node.DOCUMENT_POSITION_FOLLOWING)) !== 0;
		return document.activeElement === document.body || beyond(document.activeElement) || !controls.some(beyond);
	})()`) {
		found = append(found, finding{"bypass", "serious", "After the skip link the keyboard is not in the content (WCAG 2.2 §2.4.1)", []string{"main"}})
	}
	return found
}
