package web_test

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Every text has a contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3) with what it stands on, in light and in dark.
func TestTextsCanBeRead(t *testing.T) {
	const least = 4.5
	pairs := map[string][]string{ // what stands on what
		"paper":      {"ink", "faint", "accent", "good", "bad", "warn"},
		"raised":     {"ink", "faint", "accent", "good", "bad", "warn"},
		"good-paper": {"ink", "good"},
		"bad-paper":  {"ink", "bad"},
		"warn-paper": {"ink", "warn"},
		"accent":     {"paper"},
		"good":       {"paper"},
	}
	light, dark := strings.Builder{}, strings.Builder{}
	for i, part := range strings.Split(files(t)["style.css"], "@media (prefers-color-scheme: dark) {") {
		in, after, _ := strings.Cut(part, "\n}\n") // the end of a block
		if i == 0 {
			in, after = "", part
		}
		dark.WriteString(in)
		light.WriteString(after)
	}
	for scheme, css := range map[string]string{"light": light.String(), "dark": dark.String()} {
		colours := variables(css, regexp.MustCompile(`(?s):root \{(.*?)\}`))
		for on, texts := range pairs {
			for _, text := range texts {
				if got := contrast(t, colours[text], colours[on]); got < least {
					t.Errorf("%s: %s on %s: %.2f, want %v", scheme, text, on, got, least)
				}
			}
		}
		for n := range 8 {
			server := variables(css, regexp.MustCompile(fmt.Sprintf(`\.colour-%d \{(.*?)\}`, n)))
			for text, colour := range map[string]string{
				"its name": server["server"], "ink": colours["ink"], "accent": colours["accent"],
				"good": colours["good"], "bad": colours["bad"], "warn": colours["warn"],
			} {
				if got := contrast(t, colour, server["server-paper"]); got < least {
					t.Errorf("%s: %s on the box of colour-%d: %.2f, want %v", scheme, text, n, got, least)
				}
			}
		}
	}
}

// variables are the custom properties of the first rule that matches, without "--".
func variables(css string, rule *regexp.Regexp) map[string]string {
	all := make(map[string]string)
	if found := rule.FindStringSubmatch(css); found != nil {
		for _, m := range regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{6});`).FindAllStringSubmatch(found[1], -1) {
			all[m[1]] = m[2]
		}
	}
	return all
}

// contrast is that of two colours such as "#1c2024", from 1 to 21: WCAG 2.2, definition of "contrast ratio".
func contrast(t *testing.T, one, other string) float64 {
	t.Helper()
	a, b := luminance(t, one), luminance(t, other)
	return (max(a, b) + 0.05) / (min(a, b) + 0.05)
}

func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	rgb, err := strconv.ParseUint(strings.TrimPrefix(colour, "#"), 16, 24)
	if err != nil {
		t.Fatalf("no colour: %q", colour)
	}
	linear := func(channel uint64) float64 {
		c := float64(channel&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(rgb>>16) + 0.7152*linear(rgb>>8) + 0.0722*linear(rgb)
}
