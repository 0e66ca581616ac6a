package main

import (
	"fmt"
	"strings"
	"testing"

	"secondserver/lab/experiment"
)

func TestAPredictionIsANumber(t *testing.T) {
	for text, want := range map[string]float64{"5": 5, " 33.3 % ": 33.3, "50%\n": 50, "0": 0, "-1": -1} {
		if got, err := prediction(text); err != nil || got != want {
			t.Errorf("%q: got %g, %v, want %g", text, got, err, want)
		}
	}
	for _, text := range []string{"", "many", "NaN", "nan%", "inf", "-Inf", "+infinity", "1e999", "5 of 6"} {
		if got, err := prediction(text); err == nil {
			t.Errorf("%q: got %g, want an error", text, got)
		}
	}
}

func TestWhatIsNoPredictionIsAskedForAgain(t *testing.T) {
	tests := []struct {
		typed, said string
		asked       int
	}{
		{"40\n", "40", 1},
		{"40 %", "40", 1},
		{"many\nNaN\n40\n", "40", 3},
		{"\n40\n", "none", 1},
		{"many\n\n", "none", 2},
		{"", "none", 1},
		{"many", "none", 1},
	}
	for _, test := range tests {
		var out strings.Builder
		got := "none"
		said := look{}.predict(strings.NewReader(test.typed), &out, experiment.Asked{What: "How much arrives?", Unit: "%"})
		if said != nil {
			got = fmt.Sprint(*said)
		}
		if asked := strings.Count(out.String(), "Your prediction, in % (Enter for none): "); got != test.said || asked != test.asked {
			t.Errorf("%q: got %s after %d questions, want %s after %d", test.typed, got, asked, test.said, test.asked)
		}
		if strings.HasPrefix(test.typed, "many\n") && !strings.Contains(out.String(), `"many" is no number.`) {
			t.Errorf("%q: got %q, want it to say that many is no number", test.typed, out.String())
		}
	}
}
