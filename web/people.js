import {element} from './dom.js';
import {after} from './time.js';

const tries = 20; // to be answered by one's own server
const pause = 50; // ms between them

/**
 * People is who is in the room. The count comes by the connection, and so do those
 * who come and go; the names of those who were there before are asked for over
 * HTTP. Behind a balancer that question may go to another server, which, where
 * servers share nothing, has a list of its own. So it is asked again until one's
 * own server answers: every answer says whose it is.
 */
export class People {
  #list;
  #choose;
  #connection;
  #names = new Set();
  #items = new Map(); // name → what is shown of it
  #rest; // an element: how many names are missing
  #asking = false;

  /** choose(name) is called when somebody is chosen to write to. */
  constructor(list, rest, choose) {
    this.#list = list;
    this.#rest = rest;
    this.#choose = choose;
    list.replaceChildren();
  }

  /**
   * of is told whose connection it is, at every change. One that is away does not
   * hear who comes and goes, so nothing is known then; what is shown is what was
   * known last.
   */
  of(connection) {
    this.#connection = connection;
    const {name} = connection.state;
    if (name === 'connecting' || name === 'gone') this.#names = new Set();
    if (!this.#live) return;
    if (this.#names.size !== connection.count) this.#ask();
    this.#draw();
  }

  /** heard takes a presence frame. */
  heard({event, user}) {
    if (event === 'join') this.#names.add(user);
    else this.#names.delete(user);
  }

  async #ask() {
    if (this.#asking) return;
    this.#asking = true;
    for (let i = 0; i < tries && this.#live && this.#names.size !== this.#connection.count; i++) {
      const before = this.#names;
      const there = await this.#participants();
      if (there && this.#names === before) this.#names = there; // else it was asked by a connection that is no more
      await after(pause);
    }
    this.#asking = false;
    if (this.#live) this.#draw();
  }

  get #live() {
    return this.#connection.state.name === 'live';
  }

  /** #participants is undefined where another server has answered. */
  async #participants() {
    try {
      const answer = await fetch(`/rooms/${this.#connection.room}`, {cache: 'no-store', signal: AbortSignal.timeout(2000)});
      if (!answer.ok || answer.headers.get('X-Server-ID') !== this.#connection.server) return undefined;
      return new Set((await answer.json()).participants);
    } catch {
      return undefined; // nobody answers: then the connection is about to break too
    }
  }

  /** #draw changes only what has changed: who is on a name with the keyboard stays there. */
  #draw() {
    const {user, count} = this.#connection;
    for (const [name, item] of this.#items) {
      if (this.#names.has(name)) continue;
      item.remove();
      this.#items.delete(name);
    }
    let next = null; // the item before which the next one stands, from the last name to the first
    for (const name of [...this.#names].sort().reverse()) {
      if (!this.#items.has(name)) {
        this.#items.set(name, this.#item(name, user));
        this.#list.insertBefore(this.#items.get(name), next);
      }
      next = this.#items.get(name);
    }
    const unknown = count - this.#names.size;
    this.#rest.textContent = unknown > 0 ? `${this.#names.size > 0 ? 'and ' : ''}${unknown} whose names are not known yet` : '';
  }

  #item(name, user) {
    return element('li', {}, name === user ? `${name} (you)`
      : element('button', {type: 'button', class: 'quiet', title: `Write to ${name} only`, onclick: () => this.#choose(name)}, name));
  }
}
