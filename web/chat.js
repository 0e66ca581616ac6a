import {Connection} from './connection.js';
import {dialOn} from './dial.js';
import {badge, element, find} from './dom.js';
import {followEnd, Log} from './log.js';
import {Outbox, outboxLimit} from './outbox.js';
import {People} from './people.js';
import {nameProblem, textProblem} from './protocol.js';

let connection; // undefined until one has joined
let log, outbox, people;
let wanted; // on which servers one wants to be: anywhere, but while one moves
const anywhere = () => true;

/** open shows the chat. Who comes with #chat?user=NAME&room=ROOM is in the room at once. */
export function open(given) {
  const {user, room} = find('enter').elements;
  user.value = given.get('user') ?? '';
  room.value = given.get('room') ?? 'general';
  if (given.has('user')) join();
  else user.focus();
}

/** close leaves the room. */
export function close() {
  connection?.close();
  connection = undefined;
  find('enter').hidden = false;
  find('talk').hidden = true;
}

followEnd(find('log'));
find('enter').addEventListener('submit', (event) => {
  event.preventDefault();
  join();
});
find('say').addEventListener('submit', (event) => {
  event.preventDefault();
  say();
});
// Enter sends, Shift and Enter begins a line. (By beforeinput, as the keyboard of a
// phone names no key, and Enter may be the end of a word that is being composed.)
let shift = false;
find('text').addEventListener('keydown', (event) => (shift = event.shiftKey));
find('text').addEventListener('beforeinput', (event) => {
  if (event.inputType !== 'insertLineBreak' || shift || event.isComposing) return;
  event.preventDefault();
  say();
});
find('retry').addEventListener('click', () => connection?.retry());
find('move').addEventListener('click', move);
find('leave').addEventListener('click', () => {
  close();
  find('to-chat').hash = '#chat';
  history.replaceState(null, '', '#chat');
  find('enter').elements.user.focus();
});
addEventListener('online', () => connection?.retry());

async function join() {
  const [user, room] = ['user', 'room'].map((name) => find('enter').elements[name].value.trim());
  for (const [what, name] of [['Name', user], ['Room', room]]) {
    const problem = nameProblem(name);
    find('enter-problem').textContent = problem && `${what}: ${problem}`;
    if (problem) return find('enter').elements[what === 'Name' ? 'user' : 'room'].focus();
  }
  find('to-chat').hash = `#chat?${new URLSearchParams({user, room})}`; // to come back to, to reload, and to pass on
  history.replaceState(null, '', find('to-chat').hash);

  find('enter').hidden = true;
  find('talk').hidden = false;
  for (const place of document.querySelectorAll('.room-name')) place.textContent = `#${room}`;
  log = new Log(find('log'), user);
  people = new People(find('people'), find('nameless'), (name) => {
    find('to').value = name;
    find('text').focus();
  });
  outbox = new Outbox(find('outbox'), (frame) => connection.request(frame), ({to, text}) => {
    if (to && to !== user) log.sent(to, text, connection.server); // what is said to oneself comes back
  });
  wanted = anywhere;
  const joining = connection = new Connection(user, room, {changed, heard, lost: (why) => log.note(why, 'lost')},
    () => dialOn(user, (server) => wanted(server)));
  find('text').focus();
  await joining.open();
  if (joining === connection) earlier(joining);
}

/** move goes to another server, which is how one sees what becomes of a room, and of what was said in it. */
async function move() {
  const moving = connection;
  const {server} = moving;
  wanted = (there) => there !== server;
  await moving.move();
  wanted = anywhere;
  if (moving === connection && moving.server === server) log.note('No other server ever answered.');
}

function changed() {
  const {state: {name, why}, server, count} = connection;
  const [before, after] = {
    connecting: ['Connecting …', why],
    'catching up': ['Catching up on', why],
    live: ['Live on', ''],
    gone: ['Gone:', `${why}. Coming back …`],
  }[name];
  const state = element('span', {}, before, ' ', name === 'live' ? badge(server) : after);
  if (find('state').textContent !== state.textContent) find('state').replaceChildren(state); // or it is read out again
  find('state').dataset.state = name;
  find('retry').hidden = name !== 'gone';
  find('move').disabled = name !== 'live';
  find('count').textContent = count;
  people.of(connection);
}

function heard(frame) {
  if (frame.type !== 'presence') return log.add(frame);
  people.heard(frame);
  log.note(`${frame.user} ${frame.event === 'join' ? 'came' : 'left'}`);
}

/**
 * earlier shows what was said before one came. The question goes through the
 * balancer, and the answer is of use only if it is about the same history: the
 * epoch tells.
 */
async function earlier(joined) {
  const {position: {offset, epoch}} = joined;
  for (let tries = 0; tries < 6 && offset > 0 && joined === connection; tries++) {
    try {
      const answer = await fetch(`/rooms/${joined.room}/messages`, {cache: 'no-store', signal: AbortSignal.timeout(2000)});
      const history = await answer.json();
      if (history.epoch !== epoch || joined !== connection) continue;
      return log.earlier(history.messages.filter((m) => m.offset <= offset));
    } catch {
      // Another server may answer.
    }
  }
}

function say() {
  const text = find('text').value;
  const to = find('to').value.trim();
  const problem = outbox.full ? `${outboxLimit} messages wait: send them again, or discard them.`
    : textProblem(text) || (to && nameProblem(to));
  find('say-problem').textContent = problem;
  if (problem) return;
  outbox.add({type: 'message', ...(to ? {to} : {room: connection.room}), text});
  find('text').value = '';
}
