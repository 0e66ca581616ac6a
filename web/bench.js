import {Barrage, stateOf} from './barrage.js';
import {sing} from './canary.js';
import {Cast} from './cast.js';
import {find} from './dom.js';
import {Drawing, milliseconds} from './drawing.js';
import {Matrix} from './matrix.js';
import {judge, promiseOf} from './promise.js';
import {Round} from './round.js';
import {after} from './time.js';

const lookAround = 600; // ms to see who is where, before Alice speaks
const drawnWithin = 2_000; // ms for the picture to come to an end, before the verdict

/** A Bench is Alice, Bob and Charlie in one tab, and what they see of each other. */
class Bench {
  #promise;
  #cast;
  #matrix;
  #rounds = []; // what the picture shows
  #last = new Map(); // sender → its last round
  #barrage; // undefined unless it came after the rounds
  #awaiting = new Map(); // text → who is told of it when it comes
  #busy = false;
  #drawing;

  constructor(promise) {
    this.#promise = promise;
    this.#cast = new Cast(promise, () => this.#show(), (actor, frame, at) => this.#heard(actor, frame, at));
    this.#matrix = new Matrix(find('matrix'), [
      ['Speak', (name) => `${name} says hello`, (actor) => this.do(() => this.#speak(actor))],
      ['Move', (name) => `${name} connects again, until on another server`, (actor) => this.do(() => this.#move(actor))],
    ]);
    this.#drawing = drawing ??= new Drawing(find('drawing'), () => bench?.#scene());
    find('expects').textContent = promise.expects;
  }

  /** do does one thing at a time: what is asked for meanwhile is not done. */
  async do(what) {
    if (this.#busy) return;
    this.#beBusy(true);
    try {
      await what();
    } finally {
      this.#beBusy(false);
    }
  }

  /** #beBusy leaves the focus where it is, which it would lose on a button that is disabled. */
  #beBusy(busy) {
    this.#busy = busy;
    this.#show();
    if (bench !== this) return;
    find('bench').dataset.busy = busy;
    for (const button of document.querySelectorAll('#bench button:not(#again)')) button.setAttribute('aria-disabled', busy);
  }

  /** begin is what one sees without doing anything: Alice says hello. */
  async begin() {
    this.#verdict('', 'Connecting alice, charlie and bob …');
    await this.#cast.gather();
    this.#verdict('', 'All are in the room.');
    await after(lookAround);
    await this.#speak(this.#cast.actors[0]);
  }

  async everybody() {
    await this.#play(this.#cast.actors);
  }

  async add() {
    if (!this.#cast.full) await this.#cast.add();
  }

  async barrage() {
    const actors = this.#present();
    if (actors.length < 2) return;
    const barrage = new Barrage(actors, this.#promise);
    this.#forget();
    this.#barrage = barrage;
    for (const text of barrage.texts) this.#awaiting.set(text, barrage);
    this.#verdict('', `${barrage.texts.size} messages, said by ${actors.length} users in turn …`);
    await barrage.fire(() => this.#show());
    const {kept, text, reasons} = barrage.judge();
    this.#verdict(kept, text, reasons);
  }

  close() {
    this.#cast.close();
  }

  /** speak is for the picture, which knows users by their names. */
  speak(name) {
    const actor = this.#cast.actors.find((a) => a.name === name);
    if (actor) this.do(() => this.#speak(actor));
  }

  #speak(actor) {
    return this.#play([actor]);
  }

  /** #play lets actors say hello, all at once, and judges what becomes of it. */
  async #play(senders) {
    const present = this.#present();
    if (present.length < 2) return;
    const rounds = senders.filter((s) => s.server).map((s) => new Round(s, present.filter((a) => a !== s), this.#promise));
    if (rounds.length === 0) return this.#verdict('', `${senders[0].name} has no connection now.`);
    this.#forget();
    this.#rounds = rounds;
    for (const round of rounds) {
      this.#last.set(round.sender, round);
      this.#awaiting.set(round.text, round);
      round.speak(() => this.#show()); // and to draw comes after: it takes longer than the message
    }
    this.#verdict('', `${senders.length === 1 ? `${senders[0].name} says` : 'All say'} “hello” …`);
    await Promise.all(rounds.map((r) => r.over));
    await this.#singTo(rounds.flatMap((r) => r.outcomes).filter((o) => o.state === 'silent'));
    await Promise.race([this.#drawing.still(), after(drawnWithin)]);
    const {kept, text, reasons} = judge(this.#promise, rounds);
    this.#verdict(kept, text, reasons);
  }

  /** #present are those who can speak and hear. With fewer than two of them there is nothing to see, which it says. */
  #present() {
    if (this.#cast.closed) return [];
    const present = this.#cast.actors.filter((a) => a.server);
    if (present.length < 2) this.#verdict('', `Only ${present.length} of ${this.#cast.actors.length} users have a connection now.`);
    return present;
  }

  /** #singTo sends a canary to each server where somebody has heard nothing. */
  async #singTo(silent) {
    await Promise.all([...new Set(silent.map((o) => o.server))].map(async (server) => {
      const canary = await this.#cast.canary(server);
      if (canary) await sing(canary, silent.filter((o) => o.server === server), this.#awaiting, () => this.#show());
    }));
  }

  async #move(actor) {
    const from = actor.server;
    if (!from) return this.#verdict('', `${actor.name} has no connection now.`);
    this.#forget();
    this.#verdict('', `${actor.name} leaves ${from} and connects again, until on another server …`);
    await this.#cast.move(actor);
    this.#verdict('', !actor.server ? `${actor.name} has no connection now, and tries to come back.`
      : actor.server === from ? `${actor.name} is on ${from} again: no other server ever answered.` : `${actor.name} is on ${actor.server} now.`);
  }

  /** #forget takes away what the picture shows of what was said. */
  #forget() {
    this.#rounds = [];
    this.#barrage = undefined;
    this.#awaiting.clear();
  }

  #heard(actor, frame, at) {
    this.#awaiting.get(frame.text)?.heard(actor, frame, at);
    this.#show();
  }

  #scene() {
    const singers = new Set(this.#rounds.flatMap((r) => r.outcomes).map((o) => o.singer).filter((s) => s));
    return {promise: this.#promise, servers: this.#cast.servers, users: [...this.#cast.actors, ...singers], rounds: this.#rounds, barrage: this.#barrage};
  }

  #show() {
    if (bench !== this) return;
    this.#drawing.show();
    this.#matrix.show(this.#cast.actors, (from, to) => this.#cell(from, to));
    const away = this.#cast.actors.filter((a) => !a.server && a.connection.state.why);
    const alone = this.#promise.balanced && this.#cast.servers.length === 1 && !this.#busy;
    find('hint').textContent = away.length ? away.map((a) => `${a.name}: ${a.connection.state.why}.`).join(' ')
      : alone ? `Only ${this.#cast.servers[0]} ever answered. Is this the balancer’s address, or that of one server?` : '';
    find('add').disabled = this.#cast.full;
  }

  /** #cell is what a listener got of a sender: it holds while both are where they were. */
  #cell(from, to) {
    if (this.#barrage) {
      const percent = this.#barrage.percent(from, to);
      if (percent === undefined) return {state: 'idle', text: ''};
      return {state: stateOf(percent), text: `${percent.toFixed(0)} %`};
    }
    const outcome = this.#last.get(from)?.outcomes.find((o) => o.listener === to);
    if (!outcome || outcome.round.entry !== from.server || outcome.server !== to.server) return {state: 'idle', text: ''};
    const text = {waiting: '…', heard: milliseconds(outcome.ms), silent: '✗ nothing', late: '✗ late'}[outcome.state];
    return {state: outcome.state, text};
  }

  /** #verdict shows what came out: kept is true, false, undefined for not judged, '' for not yet. */
  #verdict(kept, text, reasons = []) {
    if (bench !== this) return;
    const verdict = find('verdict');
    verdict.dataset.kept = kept ?? 'unjudged';
    verdict.textContent = text;
    find('reasons').textContent = reasons.slice(0, 5).join('; ') + (reasons.length > 5 ? ` and ${reasons.length - 5} more` : '');
    this.#show();
  }
}

let bench; // the one that is shown, or undefined
let drawing;
let served; // the phase

/** open starts over: new users, in a room of their own. */
export function open(_, phase) {
  served = phase;
  const opened = bench = new Bench(promiseOf(phase));
  opened.do(() => opened.begin());
}

export function close() {
  bench?.close();
  bench = undefined;
}

find('everybody').addEventListener('click', () => bench.do(() => bench.everybody()));
find('barrage').addEventListener('click', () => bench.do(() => bench.barrage()));
find('add').addEventListener('click', () => bench.do(() => bench.add()));
find('again').addEventListener('click', () => {
  close();
  open(undefined, served);
});
find('drawing').addEventListener('click', ({target}) => {
  const name = target.closest('[data-user]')?.dataset.user;
  if (name) bench.speak(name);
});
