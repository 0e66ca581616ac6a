// Package web is the page that every instance serves at /, as static files: no
// framework, no build step, nothing from elsewhere. [Files] has them; the package
// server serves them, and says what they may do (its Content-Security-Policy).
//
// In reading order:
//
//	index.html     what is there before any script runs: both views, empty
//	style.css      light and dark, wide and narrow (and icon.svg, for the tab)
//	main.js        which view is shown, and which phase this is
//	time.js        waiting
//	dom.js         elements and shapes; text goes in as text, never as markup
//	protocol.js    the rules of docs/protocol.md that a client has to know
//	dial.js        one WebSocket, up to its welcome; on a wanted server, by trying
//	connection.js  a user's connection: it comes back by itself, and resumes
//	chat.js        the chat, from log.js, outbox.js and people.js
//	bench.js       the bench: Alice, Bob and Charlie in one tab
//	cast.js        who plays, and where they are
//	round.js       one message, and for how long it is waited for
//	canary.js      the proof that silence is silence
//	barrage.js     a hundred messages
//	promise.js     what the phase promises, and whether it was kept
//	drawing.js     the picture, on what layout.js computes, along route.js's ways
//	matrix.js      the table of senders and receivers
package web

import "embed"

// Files has the page's files, without folders: "index.html", "main.js".
//
//go:embed *.html *.css *.js *.svg
var Files embed.FS
