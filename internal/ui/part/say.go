package part

// In says the message in a language, as plain text. It fails for a message
// that does not exist or lacks a value.
func (m *Message) In(l Locale) (string, error) {
	read, ok := catalogues[l]
	if !ok {
		read = catalogues[English]
	}
	c, err := read()
	if err != nil {
		return "", err
	}
	return c.say(m)
}

// Date tells the day of a moment in a language: "1 December 2026".
func (m Moment) Date(l Locale) (string, error) {
	read, ok := catalogues[l]
	if !ok {
		read = catalogues[English]
	}
	c, err := read()
	if err != nil {
		return "", err
	}
	return c.day(m.At)
}
