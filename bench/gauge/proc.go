package gauge

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of CPU time in /proc on Linux (USER_HZ is 100 on every architecture of Go).
const tick = 10 * time.Millisecond

// CPU is the CPU time, user and system, that a process and its living and ended descendants used; 0 for pid 0.
func CPU(pid int) time.Duration {
	if pid == 0 {
		return 0
	}
	own, ended := times(pid)
	total := own + ended
	for _, child := range children(pid) {
		total += CPU(child)
	}
	return total
}

// times reads a process's own CPU time and that of its children that were waited for.
func times(pid int) (own, ended time.Duration) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, 0
	}
	// The name in parentheses may hold spaces; the fields after it do not.
	_, rest, ok := strings.Cut(string(text), ") ")
	for strings.Contains(rest, ") ") {
		_, rest, ok = strings.Cut(rest, ") ")
	}
	fields := strings.Fields(rest)
	if !ok || len(fields) < 15 {
		return 0, 0
	}
	number := func(i int) time.Duration {
		n, err := strconv.ParseInt(fields[i], 10, 64)
		if err != nil {
			return 0
		}
		return time.Duration(n) * tick
	}
	return number(11) + number(12), number(13) + number(14)
}

func children(pid int) []int {
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		return nil
	}
	var out []int
	for _, list := range lists {
		text, err := os.ReadFile(list) //nolint:gosec // a file of /proc
		if err != nil {
			continue // the thread ended
		}
		for field := range strings.FieldsSeq(string(text)) {
			if n, err := strconv.Atoi(field); err == nil {
				out = append(out, n)
			}
		}
	}
	return out
}

// Resident is a process's resident memory in MiB.
func Resident(pid int) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			if err != nil {
				return 0
			}
			return kib / 1024
		}
	}
	return 0
}
