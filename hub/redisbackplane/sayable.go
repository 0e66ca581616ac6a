package redisbackplane

import "strings"

// Redis quotes what it does not understand, and so, where a command is renamed, or a
// proxy does not know it, a password or what a user has said:
//
//	ERR unknown command 'evalsha', with args beginning with: '{"from":"alice","text":…
const quotes = ", with args beginning with"

// sayable is an error as it may be logged, or told to whoever asks.
func sayable(err error) error {
	if err == nil {
		return nil
	}
	text, _, quoting := strings.Cut(err.Error(), quotes)
	if !quoting {
		return err
	}
	return said{text, err}
}

type said struct {
	text string
	err  error
}

func (s said) Error() string { return s.text }
func (s said) Unwrap() error { return s.err }
