// Package named finds what people ask for by name: a story, an experiment, a step, a
// bench.
package named

import (
	"fmt"
	"strings"
)

// Find returns the one of all that has the name. Where none has, the error says which
// names there are; what is what one of them is called, "story" say, and also other
// words that would be understood.
func Find[T any](what, name string, all []T, nameOf func(T) string, also ...string) (T, error) {
	var names []string
	for _, one := range all {
		if nameOf(one) == name {
			return one, nil
		}
		names = append(names, nameOf(one))
	}
	var none T
	text := strings.Join(names, ", ")
	for _, word := range also {
		text += ", and " + word
	}
	return none, fmt.Errorf("no %s is called %q: there are %s", what, name, text)
}
