import {newRef} from './protocol.js';
import {PATIENCE} from './round.js';
import {after} from './time.js';

/** How many messages a barrage has. Two users have 50 each, and a server takes 64 unanswered ones. */
export const BARRAGE = 100;

/** stateOf is what a percentage is called, as the outcome of a round is. */
export const stateOf = (percent) => (percent === 100 ? 'heard' : percent === 0 ? 'silent' : 'part');

/** A Barrage is a hundred messages, said by all in turn, and how many of them each one got. */
export class Barrage {
  texts = new Set();
  refused = 0;

  #promise;
  #servers = new Map(); // actor → where it was at the beginning
  #said = new Map(); // sender → how many
  #got = new Map(); // sender → listener → how many
  #ways = new Map(); // text → sender
  #left; // deliveries that are due yet
  #done;
  #arrived = new Promise((resolve) => (this.#done = resolve));

  constructor(actors, promise) {
    for (const actor of actors) this.#servers.set(actor, actor.server);
    this.#promise = promise;
    const tag = newRef();
    for (let i = 0; i < BARRAGE; i++) {
      const sender = actors[i % actors.length];
      const text = `${i + 1} of ${BARRAGE} ${tag}`;
      this.texts.add(text);
      this.#ways.set(text, sender);
      this.#said.set(sender, (this.#said.get(sender) ?? 0) + 1);
      this.#got.set(sender, new Map());
    }
    this.#left = BARRAGE * actors.length;
  }

  /** fire resolves when all has arrived, or nothing is waited for any more. */
  async fire(changed) {
    const answers = [...this.#ways].map(([text, sender]) => sender.say(text).catch(() => this.refused++));
    await Promise.all(answers);
    changed();
    await Promise.race([this.#arrived, after(PATIENCE)]);
  }

  heard(actor, {text}) {
    if (!this.#servers.has(actor)) return; // a canary, or one who came later
    const got = this.#got.get(this.#ways.get(text));
    got.set(actor, (got.get(actor) ?? 0) + 1);
    if (--this.#left === 0) this.#done();
  }

  /** percent of sender's messages that listener got; undefined where it was not there. */
  percent(sender, listener) {
    const said = this.#said.get(sender);
    if (!said || !this.#servers.has(listener)) return undefined;
    return (100 * (this.#got.get(sender).get(listener) ?? 0)) / said;
  }

  /** share is what listener got of all that the others said, in percent; undefined where it was not there. */
  share(listener) {
    if (!this.#servers.has(listener)) return undefined;
    let [due, got] = [0, 0];
    for (const [sender, said] of this.#said) {
      if (sender === listener) continue;
      due += said;
      got += this.#got.get(sender).get(listener) ?? 0;
    }
    return (100 * got) / due;
  }

  /** judge is as that of promise.js. That each hears himself shows that his connection lives. */
  judge() {
    let [due, got] = [0, 0];
    const reasons = this.refused ? [`${this.refused} of ${BARRAGE} were not acknowledged`] : [];
    for (const [from, here] of this.#servers) {
      for (const [to, there] of this.#servers) {
        const arrived = this.percent(from, to);
        const wanted = this.#promise.reaches(here, there) ? 100 : 0;
        if (arrived !== wanted && !this.#promise.unknown) {
          reasons.push(`${to.name} got ${arrived.toFixed(0)} % of what ${from.name} said, and not ${wanted} %`);
        }
        if (from === to) continue;
        due += this.#said.get(from);
        got += (arrived * this.#said.get(from)) / 100;
      }
    }
    const text = `${BARRAGE} messages, ${got.toFixed(0)} of ${due} deliveries: ${((100 * got) / due).toFixed(0)} %.`;
    if (this.#promise.unknown) return {text, reasons};
    const kept = reasons.length === 0;
    return {kept, text: `${kept ? 'As expected' : 'Not as expected'}: ${text}`, reasons};
  }
}
