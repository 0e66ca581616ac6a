package server_test

import (
	"bytes"
	"log"
	"sync"
	"testing"
)

// A logbook is all that the process logs during a test.
type logbook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func logged(t *testing.T) *logbook {
	b := new(logbook)
	before := log.Writer()
	log.SetOutput(b)
	t.Cleanup(func() { log.SetOutput(before) })
	return b
}

func (b *logbook) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(line)
}

func (b *logbook) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
