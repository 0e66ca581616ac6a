import {element} from './dom.js';

const tries = 6; // to find a server that has the room as ours has it
const pause = 200; // ms between them

/**
 * People is who is in the room. The count comes by the connection, and so do those
 * who come and go; the names of those who were there before are asked for over
 * HTTP. Behind a balancer that question may go to another server. Where servers
 * share nothing it has a list of its own, and one sees that by its count; then the
 * question is asked again.
 */
export class People {
  #list;
  #choose;
  #connection;
  #names = new Set();
  #asking = false;

  /** choose(name) is called when somebody is chosen to write to. */
  constructor(list, choose) {
    this.#list = list;
    this.#choose = choose;
    list.replaceChildren();
  }

  /** of is told once whose connection it is, and then of every change. */
  of(connection) {
    this.#connection = connection;
    if (connection.state.name === 'live' && this.#names.size !== connection.count) this.#ask();
    this.#draw();
  }

  /** heard takes a presence frame. */
  heard({event, user}) {
    if (event === 'join') this.#names.add(user);
    else this.#names.delete(user);
  }

  /** forget is for a connection that breaks: it does not hear who comes and goes. */
  forget() {
    this.#names.clear();
  }

  async #ask() {
    if (this.#asking) return;
    this.#asking = true;
    for (let i = 0; i < tries && this.#names.size !== this.#connection.count; i++) {
      const there = await this.#participants();
      if (there.length === this.#connection.count && there.includes(this.#connection.user)) this.#names = new Set(there);
      else await new Promise((resolve) => setTimeout(resolve, pause));
    }
    this.#asking = false;
    this.#draw();
  }

  async #participants() {
    try {
      const answer = await fetch(`/rooms/${this.#connection.room}`, {cache: 'no-store', signal: AbortSignal.timeout(2000)});
      return answer.ok ? (await answer.json()).participants : [];
    } catch {
      return [];
    }
  }

  #draw() {
    const names = [...this.#names].sort();
    const unknown = this.#connection.count - names.length;
    this.#list.replaceChildren(...names.map((name) => element('li', {},
      name === this.#connection.user
        ? element('span', {}, `${name} (you)`)
        : element('button', {type: 'button', class: 'quiet', title: `Write to ${name} only`, onclick: () => this.#choose(name)}, name))));
    if (unknown > 0) this.#list.append(element('li', {class: 'note'}, `${names.length ? 'and ' : ''}${unknown} whose names are not known yet`));
  }
}
