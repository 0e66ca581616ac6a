import {Connection} from './connection.js';
import {dialOn} from './dial.js';
import {newRef} from './protocol.js';
import {after} from './time.js';

// The first three are the course's, the others those of the lab.
const names = ['alice', 'charlie', 'bob', 'dave', 'frank', 'ivan', 'oscar', 'peggy', 'ralph', 'ted', 'victor', 'walter'];

const anywhere = () => true;
const joinWithin = 4_000; // ms that a show waits for one who cannot come in, as without Redis

/** An Actor is a user of the bench, with a connection of its own. */
class Actor {
  constructor(cast, name, kind) {
    this.name = name;
    this.kind = kind; // 'user' or 'canary'
    this.connection = new Connection(`${name}-${cast.tag}`, cast.room, {
      changed: cast.changed,
      heard: (frame) => {
        if (frame.type === 'message' && frame.room) cast.heard(this, frame, performance.now());
      },
    }, () => dialOn(this.connection.user, (server) => {
      cast.met(server);
      return this.wanted(server);
    }));
  }

  /** wanted says on which servers this one wants to be, where it has not got a place there yet. */
  wanted = anywhere;

  /** server is '' while the connection is not live. */
  get server() {
    return this.connection.state.name === 'live' ? this.connection.server : '';
  }

  say(text) {
    return this.connection.request({type: 'message', room: this.connection.room, text});
  }
}

/**
 * A Cast is everybody on the bench, in a room that nobody else uses: a whole class
 * may share one stack.
 */
export class Cast {
  tag = newRef().slice(0, 6);
  room = `bench-${this.tag}`;
  actors = [];
  canaries = []; // one for each server that needed one
  servers = []; // by their welcomes, in the order of their names
  closed = false; // whoever is still on the way is to go nowhere

  #promise;

  /** changed() is called for any change; heard(actor, frame, at) for messages. */
  constructor(promise, changed, heard) {
    this.#promise = promise;
    this.changed = changed;
    this.heard = heard;
  }

  /** gather brings Alice to server-1, as in the pictures, Charlie to her, and Bob elsewhere. */
  async gather() {
    let tries = 0;
    const alice = await this.#enter(names[0], (server) => ++tries > 4 || server === 'server-1' || !this.#promise.balanced);
    await this.#enter(names[1], (server) => server === alice.server || !this.#promise.balanced);
    await this.#enter(names[2], (server) => server !== alice.server || !this.#promise.balanced);
  }

  get full() {
    return this.actors.length === names.length;
  }

  /** add brings one more, to wherever the balancer has it; perhaps later, where that takes long. */
  add() {
    return Promise.race([this.#enter(names[this.actors.length], anywhere), after(joinWithin)]);
  }

  /** move takes an actor to another server, or back to its own if there seems to be no other. */
  async move(actor) {
    const {server} = actor;
    actor.wanted = (there) => there !== server;
    await actor.connection.move();
    actor.wanted = anywhere;
  }

  /** canary is one that is on server, in the room; undefined where that cannot be had in time. */
  async canary(server) {
    const there = this.canaries.find((c) => c.server === server);
    if (there || this.closed) return there;
    const canary = new Actor(this, 'canary', 'canary');
    this.canaries.push(canary);
    canary.wanted = (s) => s === server;
    await Promise.race([canary.connection.open(), after(joinWithin)]);
    canary.wanted = anywhere;
    if (canary.server === server) return canary;
    canary.connection.close();
    this.canaries.splice(this.canaries.indexOf(canary), 1);
    return undefined;
  }

  close() {
    this.closed = true;
    for (const actor of [...this.actors, ...this.canaries]) actor.connection.close();
  }

  async #enter(name, wanted) {
    const actor = new Actor(this, name, 'user');
    this.actors.push(actor);
    actor.wanted = wanted;
    if (!this.closed) await actor.connection.open();
    actor.wanted = anywhere;
    return actor;
  }

  /** met notes a server. */
  met(server) {
    if (this.servers.includes(server)) return;
    this.servers.push(server);
    this.servers.sort((a, b) => a.localeCompare(b, 'en', {numeric: true}));
    this.changed();
  }
}
