import {badge, element} from './dom.js';

const most = 500; // lines; the oldest give way
const nearEnd = 40; // px: who has scrolled further up than this is reading, and is left there

/** A Log shows what was said, in the order in which it came. What comes is read out; what was there before is not. */
export class Log {
  #earlier;
  #since;
  #me;

  constructor(element, me) {
    [this.#earlier, this.#since] = element.children;
    this.#me = me;
    this.#earlier.replaceChildren();
    this.#since.replaceChildren();
  }

  /** add shows a message or an announcement. */
  add(frame) {
    this.#append(this.#line(frame));
  }

  /** sent shows a direct message of one's own: nobody sends it back. */
  sent(to, text, server) {
    this.add({type: 'message', from: this.#me, to, text, server_id: server, sent_at: new Date().toISOString()});
  }

  /** note is a line about the room: who came, what is missing. */
  note(text, kind = 'note') {
    this.#append(element('div', {class: kind}, text));
  }

  /** earlier shows messages from before the first one that came. */
  earlier(messages) {
    this.#earlier.replaceChildren(...messages.map((m) => this.#line(m)));
  }

  #append(line) {
    this.#since.append(line);
    while (this.#since.childElementCount > most) this.#since.firstElementChild.remove();
  }

  #line({type, offset, from, to, text, server_id: server, sent_at: at}) {
    const kind = type === 'announcement' ? 'announcement' : to ? 'direct' : 'room';
    const mine = from === this.#me;
    return element('div', {class: `message ${kind}${mine ? ' mine' : ''}`, 'data-offset': offset ?? ''},
      element('div', {class: 'from'},
        element('bdi', {class: 'who'}, kind === 'announcement' ? 'Announcement' : from),
        kind === 'direct' ? element('span', {class: 'whom'}, `to ${to === this.#me ? 'you' : to} only`) : '',
        badge(server),
        element('time', {datetime: at, title: `${at}${offset ? `, message ${offset} of the room` : ''}`},
          new Date(at).toLocaleTimeString())),
      element('p', {dir: 'auto'}, text));
  }
}

/** followEnd keeps the end of an element in sight, whatever changes in it, for as long as one has not scrolled up. */
export function followEnd(element) {
  let atEnd = true;
  const follow = () => {
    if (atEnd) element.scrollTop = element.scrollHeight;
  };
  element.addEventListener('scroll', () => {
    atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < nearEnd;
  });
  new MutationObserver(follow).observe(element, {childList: true, subtree: true});
  new ResizeObserver(follow).observe(element);
}
