import {newRef} from './protocol.js';
import {after} from './time.js';

/** PATIENCE is for how long a listener is waited for, in ms, as in the lab. */
export const PATIENCE = 2_000;

/**
 * A Round is one message, and what became of it at each of the others.
 *
 *   entry     the server that took it: by the message itself, once somebody has it
 *   began     just before it was sent (performance.now)
 *   refused   why it was not acknowledged; '' while it may still be
 *   outcomes  one for each listener: {listener, server, expected, state, ms, canary}
 *             state: waiting, heard (after ms), silent (nothing in 2 s), late
 *             canary: '' until one sings (sang, by singer), then singing, heard or unheard
 */
export class Round {
  text = `hello ${newRef()}`;
  began = 0;
  refused = '';
  over; // resolves when nobody is waited for any more

  #finish;
  #heardByAll;
  #everybody = new Promise((resolve) => (this.#heardByAll = resolve));

  constructor(sender, listeners, promise) {
    this.sender = sender;
    this.entry = sender.server;
    this.over = new Promise((resolve) => (this.#finish = resolve));
    this.outcomes = listeners.map((listener) => ({
      round: this,
      listener,
      server: listener.server,
      expected: promise.reaches(this.entry, listener.server),
      state: 'waiting',
      ms: 0,
      canary: '',
      sang: 0,
      singer: undefined,
    }));
  }

  /** speak sends the message. changed is called when it is acknowledged or not, and when the time is up. */
  speak(changed) {
    this.began = performance.now();
    const answered = this.sender.say(this.text).catch((error) => (this.refused = error.message)).then(changed);
    const timeIsUp = after(PATIENCE).then(() => {
      for (const o of this.outcomes) if (o.state === 'waiting') o.state = 'silent';
      changed();
    });
    Promise.all([answered, Promise.race([timeIsUp, this.#everybody])]).then(() => this.#finish());
  }

  /** heard takes the message as it came to somebody. */
  heard(actor, {server_id: server}, at) {
    this.entry = server;
    const outcome = this.outcomes.find((o) => o.listener === actor);
    if (!outcome) return; // the sender's own
    outcome.ms = at - this.began;
    outcome.state = outcome.state === 'waiting' ? 'heard' : 'late';
    if (this.outcomes.every((o) => o.state === 'heard')) this.#heardByAll();
  }

  /** left is how much of the time is left, in ms. */
  left(now) {
    return Math.max(0, this.began + PATIENCE - now);
  }
}
