package browser_test

import (
	"testing"

	"secondserver/tests/browser"
)

// Connections that a real server breaks seldom or slowly are broken here by a made-up one: what came in on the left,
// what the connection makes of it on the right.
func TestAConnectionKeepsTheThread(t *testing.T) {
	t.Parallel()
	p := open(t, start(t, 1, 0).URL()+"#chat", browser.Projector)
	const play = `async (frames) => {
		const {Connection} = await import('/web/connection.js');
		const seen = [], socket = {send(data) { this.asked = JSON.parse(data) }, close() {}};
		const connection = new Connection('alice', 'general', {
			heard: ({text}) => seen.push(text),
			lost: (why) => seen.push('lost: ' + why),
			changed: () => seen.at(-1) !== connection.state.name && seen.push(connection.state.name),
		}, async () => ({socket, server: 'server-1'}));
		connection.position = frames[0].recovered === undefined ? undefined : {offset: 5, epoch: 'e'};
		connection.open();
		await new Promise((asked) => setTimeout(asked));
		for (const frame of frames) {
			socket.onmessage({data: JSON.stringify({room: 'general', ref: frame === frames[0] ? socket.asked.ref : undefined, ...frame})});
		}
		connection.close();
		return seen.join(', ') + ' @' + connection.position.offset + connection.position.epoch;
	}`
	tests := []struct{ name, frames, want string }{
		{"the first join", `{type: 'joined', offset: 5, epoch: 'e'}, {type: 'message', offset: 6, text: 'six'}`,
			"connecting, live, six @6e"},
		{"a resume", `{type: 'joined', offset: 7, epoch: 'e', recovered: true}, {type: 'message', offset: 6, text: 'six'}, {type: 'message', offset: 7, text: 'seven'}`,
			"connecting, catching up, six, live, seven @7e"},
		{"a resume that missed nothing", `{type: 'joined', offset: 5, epoch: 'e', recovered: true}`,
			"connecting, live @5e"},
		{"another history", `{type: 'joined', offset: 2, epoch: 'f', recovered: false}, {type: 'message', offset: 3, text: 'three'}`,
			"connecting, lost: server-1 cannot tell what was said in between: it has another history, or no longer all of it, live, three @3f"},
		{"an answer to a probe overtakes messages", `{type: 'joined', offset: 5, epoch: 'e'}, {type: 'joined', offset: 7, epoch: 'e'}, {type: 'message', offset: 6, text: 'six'}, {type: 'message', offset: 7, text: 'seven'}`,
			"connecting, live, six, seven @7e"},
		{"the server loses the thread", `{type: 'joined', offset: 5, epoch: 'e'}, {type: 'joined', offset: 0, epoch: 'f', recovered: false}, {type: 'message', offset: 1, text: 'one'}`,
			"connecting, live, lost: server-1 cannot tell what was said in between: it has another history, or no longer all of it, live, one @1f"},
		{"a message twice", `{type: 'joined', offset: 5, epoch: 'e'}, {type: 'message', offset: 6, text: 'six'}, {type: 'message', offset: 6, text: 'six'}`,
			"connecting, live, six, lost: message 6 came twice, which should not happen @6e"},
		{"a message missing", `{type: 'joined', offset: 5, epoch: 'e'}, {type: 'message', offset: 7, text: 'seven'}`,
			"connecting, live, lost: message 6 is missing, which should not happen, seven @7e"},
	}
	for _, test := range tests {
		if got := eval[string](p, "("+play+")(["+test.frames+"])"); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.name, got, test.want)
		}
	}
}
