package caller

import (
	"encoding/json"
	"reflect"
	"testing"
)

func TestOP02_CallerIsOneJSONValueWhateverItHolds(t *testing.T) {
	for _, c := range []Caller{
		Nobody("192.0.2.1", "r1"),
		Person("acc_1", "ses_1", "aal1", "2001:db8::1", "r2").Through("cli_1"),
		{Kind: Client, ID: "x\",\"kind\":\"operator", Address: "a\r\nb\u2028\x1b", Actors: []string{"b", "c"}},
		Job("seal"), Local(""),
	} {
		var back Caller
		if err := json.Unmarshal([]byte(c.JSON()), &back); err != nil {
			t.Fatalf("%s: %v", c.JSON(), err)
		}
		if !reflect.DeepEqual(c, back) {
			t.Errorf("%+v came back as %+v", c, back)
		}
		slow, err := json.Marshal(c)
		if err != nil || string(slow) != c.JSON() {
			t.Errorf("fast %s, slow %s", c.JSON(), slow)
		}
	}
}
