import {closed, dial, why} from './dial.js';
import {newRef, Refusal, Unanswered} from './protocol.js';
import {after} from './time.js';

const answerWithin = 6_000; // ms: the protocol has 2 s for a message and 5 s for a join
const probeEvery = 20_000; // ms: a server that hangs says nothing, and a browser cannot ping
const firstPause = 250; // ms before coming back, then twice that, and so on,
const longestPause = 5_000; // up to this, with up to half of it left to chance

/**
 * A Connection keeps a user in a room. Whatever breaks, it comes back, and
 * resumes after the last message seen, so that the room's messages come in order,
 * without a hole or a double; where the server cannot do that, it says so.
 *
 *   state     {name, why}: connecting, catching up, live, or gone and why
 *   server    which server holds it, by its welcome; '' before the first
 *   count     how many users are in the room, as that server has it
 *   position  {offset, epoch} of the last message seen; undefined before the first join
 *
 * It calls the methods of its listener: changed() for any of these, heard(frame)
 * for messages, announcements and presence, lost(why) where messages are missing.
 */
export class Connection {
  state = {name: 'connecting', why: ''};
  server = '';
  count = 0;
  position;

  #dial;
  #listener;
  #socket; // undefined while there is none
  #joined = false;
  #target = 0; // the offset up to which it catches up
  #failures = 0; // in a row
  #unanswered = new Map(); // ref → what to do with its answer
  #timer; // of the next probe, or of the next try to come back
  #attempt = 0; // the number of the newest one to connect: those before it have nothing to say
  #ended = false;
  #opened; // resolves open's promise

  /** dialAnew is how it connects, the first time and again: it resolves to {socket, server}. */
  constructor(user, room, listener, dialAnew = () => dial(user)) {
    this.user = user;
    this.room = room;
    this.#listener = listener;
    this.#dial = dialAnew;
  }

  /** open resolves when it is in the room for the first time, or ended. */
  open() {
    return new Promise((resolve) => {
      this.#opened = resolve;
      this.#connect();
    });
  }

  /** close ends it for good. */
  close() {
    this.#ended = true;
    this.state = {name: 'gone', why: 'closed here'};
    this.#attempt++;
    this.#drop('closed here');
    this.#opened?.();
  }

  /** move leaves the server and connects again. It resolves when it is in the room, or lost. */
  async move() {
    this.#drop('moved before an answer came');
    await this.#connect();
  }

  /** retry does not wait any longer before it comes back. */
  retry() {
    if (this.state.name === 'gone' && !this.#ended) this.#connect();
  }

  /**
   * request sends a frame and resolves to its answer. It rejects with a Refusal
   * if the server says no, and with Unanswered if nobody knows what became of it:
   * then the same frame with the same ref may be sent again.
   */
  request(frame) {
    if (!this.#socket) return Promise.reject(new Error('there is no connection'));
    const ref = frame.ref ?? newRef();
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => this.#lose('no answer within 6 s'), answerWithin);
      this.#unanswered.set(ref, (error, answer) => {
        clearTimeout(limit);
        this.#unanswered.delete(ref);
        if (error) reject(error);
        else resolve(answer);
      });
      this.#socket.send(JSON.stringify({...frame, ref}));
    });
  }

  async #connect() {
    const attempt = ++this.#attempt;
    clearTimeout(this.#timer);
    this.#become('connecting');
    try {
      const {socket, server} = await this.#dial();
      if (attempt !== this.#attempt) return socket.close();
      socket.onmessage = ({data}) => this.#receive(JSON.parse(data));
      socket.onclose = (event) => this.#lose(closed(event), event);
      this.#socket = socket;
      this.server = server;
      await this.#join();
    } catch (error) {
      // One that broke while it joined has been lost already.
      if (attempt === this.#attempt && this.state.name !== 'gone') this.#lose(error.message);
    }
  }

  /** #join asks until the room can be had: without Redis a server is there, and its rooms are not. */
  async #join() {
    const socket = this.#socket;
    for (let pause = firstPause; this.#socket === socket; pause = Math.min(2 * pause, longestPause)) {
      try {
        await this.request({type: 'join', room: this.room, ...this.position});
        this.#opened?.();
        this.#probeLater();
        return;
      } catch (refusal) {
        if (!(refusal instanceof Refusal) || refusal.code !== 'unavailable') throw refusal;
        this.#become('connecting', refusal.message);
        await after(pause);
      }
    }
  }

  /** #probeLater asks for what it knows, to see whether anybody answers: a join that changes nothing. */
  #probeLater() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(async () => {
      try {
        await this.request({type: 'join', room: this.room});
      } catch (error) {
        if (!(error instanceof Refusal)) return; // it was lost, and comes back by itself
      }
      this.#probeLater();
    }, probeEvery);
  }

  #receive(frame) {
    if (frame.type === 'joined') this.#enter(frame);
    if (frame.type === 'presence') this.count = frame.count;
    if (frame.type === 'message' && frame.room) {
      if (!this.#follows(frame)) return;
    }
    const answer = this.#unanswered.get(frame.ref);
    if (frame.type === 'error') answer?.(new Refusal(frame));
    else if (answer) answer(null, frame);
    else if (['message', 'announcement', 'presence'].includes(frame.type)) this.#listener.heard?.(frame);
    if (frame.type === 'presence') this.#listener.changed?.();
  }

  /** #enter takes a joined: the first one, to a resume, to a probe, or of a server that lost the thread. */
  #enter({count, offset, epoch, recovered}) {
    this.count = count;
    if (this.#joined && recovered === undefined) return; // a probe's: nothing has changed
    this.#joined = true;
    this.#failures = 0;
    this.#target = offset;
    if (!recovered) {
      if (this.position) this.#listener.lost?.(`${this.server} cannot tell what was said in between: it has another history, or no longer all of it`);
      this.position = {offset, epoch};
    }
    this.#caughtUp();
  }

  /** #follows sees to it that each message of the room is the next one. */
  #follows({offset}) {
    const {position} = this;
    if (offset <= position.offset) {
      this.#listener.lost?.(`message ${offset} came twice, which should not happen`);
      return false;
    }
    if (offset > position.offset + 1) {
      this.#listener.lost?.(`message ${position.offset + 1} is missing, which should not happen`);
    }
    position.offset = offset; // exact up to 2^53
    if (this.state.name === 'catching up') this.#caughtUp();
    return true;
  }

  #caughtUp() {
    if (this.position.offset >= this.#target) this.#become('live');
    else if (this.state.name !== 'catching up') this.#become('catching up', `${this.#target - this.position.offset} messages`);
  }

  /** #drop lets the socket go. What is unanswered will not be answered any more. */
  #drop(because) {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = undefined;
    this.#joined = false;
    if (socket) {
      socket.onmessage = socket.onclose = null;
      socket.close();
    }
    for (const answer of [...this.#unanswered.values()]) answer(new Unanswered(because));
  }

  /** #lose comes back later: by chance a little sooner or later than others who were lost with it. */
  #lose(because, event) {
    this.#drop('the connection broke before an answer came');
    const pause = Math.min(firstPause * 2 ** this.#failures++, longestPause) * (0.5 + Math.random() / 2);
    this.#become('gone', because);
    this.#timer = setTimeout(() => this.#connect(), pause);
    if (event) this.#learnWhy(event);
  }

  async #learnWhy(event) {
    const {state} = this;
    state.why = await why(event);
    if (this.state === state && !this.#ended) this.#listener.changed?.();
  }

  #become(name, because = '') {
    if (this.#ended) return;
    this.state = {name, why: because};
    this.#listener.changed?.();
  }
}
