package jwt

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/cardea-iam/cardea/internal/jose"
	"github.com/spf13/cobra"
)

func (t *tool) decode() *cobra.Command {
	return &cobra.Command{
		Use:     "decode TOKEN|-",
		Short:   "Show what a token says, without checking it",
		Example: "  cardea jwt decode eyJ...\n  pbpaste | cardea jwt decode -",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			token, err := readToken(c, args[0])
			if err != nil {
				return err
			}
			u, err := jose.Inspect(token)
			if err != nil {
				return refused("this is not a signed token in compact form (three parts with dots between)", err)
			}
			if !json.Valid(u.RawPayload()) {
				return refused("the payload is not JSON, so this is not a JWT", nil)
			}
			if t.json {
				return printJSON(c, struct {
					Verified bool            `json:"verified"`
					Header   json.RawMessage `json:"header"`
					Claims   json.RawMessage `json:"claims"`
				}{false, u.RawHeader(), u.RawPayload()})
			}
			var b bytes.Buffer
			b.WriteString("NOT VERIFIED: anybody can write this. Check it with: cardea jwt verify\n\nHeader\n")
			_ = json.Indent(&b, u.RawHeader(), "", "  ")
			b.WriteString("\n\nClaims\n")
			_ = json.Indent(&b, u.RawPayload(), "", "  ")
			b.WriteString("\n" + times(u.RawPayload(), t.now()))
			_, err = fmt.Fprint(c.OutOrStdout(), visible(b.Bytes()))
			return err
		},
	}
}

// times explains the dates of a payload; what is no date is left to the reader.
func times(payload []byte, now time.Time) string {
	var claims map[string]json.RawMessage
	if json.Unmarshal(payload, &claims) != nil {
		return ""
	}
	text := ""
	for _, row := range [][2]string{{"iat", "issued"}, {"nbf", "not before"}, {"auth_time", "signed in"}, {"exp", "expires"}} {
		var seconds float64
		if json.Unmarshal(claims[row[0]], &seconds) != nil || seconds <= 0 || seconds > 253402300799 {
			continue
		}
		at := time.Unix(int64(seconds), 0).UTC()
		word := row[1]
		if row[0] == "exp" && !now.Before(at) {
			word = "expired"
		}
		text += fmt.Sprintf("%-10s %s (%s)\n", word, at.Format(time.RFC3339), distance(at, now))
	}
	if text == "" {
		return ""
	}
	return "\nTimes\n" + text
}
