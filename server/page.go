package server

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"time"

	"secondserver/web"
)

// pagePolicy is what the page may do: load scripts, styles and pictures of this
// server, and connect to it. Nothing inline, nothing from elsewhere, no frame
// around it; and a script that takes a string for markup is stopped
// (trusted-types), so that no text of a user can become any.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
	"require-trusted-types-for 'script'; trusted-types 'none'"

// The types are said here, as a machine's own table may have another one, and
// with nosniff a browser runs no script that is not called one.
var pageTypes = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
}

// page adds the routes of the page: index.html at /, every other file at /web/NAME.
func (s *Server) page() {
	names, err := fs.Glob(web.Files, "*")
	if err != nil {
		panic(err) // the pattern is right
	}
	for _, name := range names {
		content, err := web.Files.ReadFile(name)
		if err != nil {
			panic(err) // it is part of this program
		}
		pattern := "/web/" + name
		if name == "index.html" {
			pattern = "/{$}"
		}
		s.routes.Handle(pattern, get(file(name, content)))
	}
}

// file serves a file. A browser may keep it, and asks each time whether it has
// changed: by a tag of its content, which is the same on every server.
func file(name string, content []byte) http.HandlerFunc {
	tag := fmt.Sprintf(`"%.8x"`, sha256.Sum256(content))
	return func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Type", pageTypes[path.Ext(name)])
		header.Set("Content-Security-Policy", pagePolicy)
		header.Set("X-Frame-Options", "DENY") // for browsers without frame-ancestors
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Cache-Control", "no-cache")
		header.Set("ETag", tag)
		http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
	}
}
