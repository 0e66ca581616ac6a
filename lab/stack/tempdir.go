package stack

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

const tempPrefix = "secondserver-"

// tempDir makes a temporary folder that says whose it is, "secondserver-<pid>-…", and removes those whose lab is gone:
// one that was killed could not do it itself.
func tempDir() (string, error) {
	left, err := filepath.Glob(filepath.Join(os.TempDir(), tempPrefix+"*"))
	if err != nil {
		return "", err
	}
	for _, dir := range left {
		owner, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(dir), tempPrefix), "-")
		if pid, err := strconv.Atoi(owner); err == nil && !lives(pid) {
			os.RemoveAll(dir) // somebody else's, perhaps, and then not ours to remove
		}
	}
	return os.MkdirTemp("", fmt.Sprintf("%s%d-*", tempPrefix, os.Getpid()))
}
