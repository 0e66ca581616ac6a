import {badge, element} from './dom.js';

/** The Matrix has a row for each sender, a column for each receiver, and what can be done with a user. */
export class Matrix {
  #table;
  #actions; // [[label, title, (actor) => …]]
  #rows = new Map(); // actor → {row, place, cells: Map(actor → td)}
  #heads;

  constructor(table, actions) {
    this.#table = table;
    this.#actions = actions;
    this.#heads = element('tr', {}, element('th', {scope: 'col'}, 'says ↓ hears →'));
    table.tHead.replaceChildren(this.#heads);
    table.tBodies[0].replaceChildren();
  }

  /** show draws the actors and, for each pair, cell(sender, listener): {state, text}. */
  show(actors, cell) {
    for (const actor of actors) if (!this.#rows.has(actor)) this.#add(actor);
    for (const [sender, {place, cells}] of this.#rows) {
      if (place.textContent !== sender.server) place.replaceChildren(sender.server ? badge(sender.server) : '');
      for (const [listener, td] of cells) {
        const {state, text} = sender === listener ? {state: 'self', text: ''} : cell(sender, listener);
        td.dataset.state = state;
        if (td.textContent !== text) td.textContent = text;
      }
    }
  }

  #add(actor) {
    this.#heads.append(element('th', {scope: 'col'}, actor.name));
    const place = element('span', {});
    const buttons = this.#actions.map(([label, title, act]) =>
      element('button', {type: 'button', title: title(actor.name), 'aria-label': `${label}: ${title(actor.name)}`, onclick: () => act(actor)}, label));
    const row = element('tr', {'data-sender': actor.name},
      element('th', {scope: 'row'}, element('span', {class: 'who'}, actor.name), place, element('span', {class: 'actions'}, ...buttons)));
    this.#table.tBodies[0].append(row);
    this.#rows.set(actor, {row, place, cells: new Map()});
    for (const {row: there, cells} of this.#rows.values()) {
      for (const listener of this.#rows.keys()) {
        if (cells.has(listener)) continue;
        const td = element('td', {'data-receiver': listener.name});
        cells.set(listener, td);
        there.append(td);
      }
    }
  }
}
