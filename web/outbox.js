import {element} from './dom.js';
import {newRef, Unanswered} from './protocol.js';

/** Until so many are answered nothing more is taken. A server takes 64 of a connection. */
export const outboxLimit = 20;

/**
 * An Outbox has what was said and is not known to have arrived. An answer takes it
 * out; without one it stays, says why, and can be sent again under the same ref:
 * should the first one have arrived after all, the server makes no second copy.
 */
export class Outbox {
  #list;
  #send;
  #sent;

  /** send(frame) resolves to the ack; sent(frame) is told of each that has one. */
  constructor(list, send, sent) {
    this.#list = list;
    this.#send = send;
    this.#sent = sent;
    list.replaceChildren();
  }

  get full() {
    return this.#list.childElementCount >= outboxLimit;
  }

  /** add sends a frame: {type: 'message', room or to, text}. */
  add(frame) {
    frame.ref = newRef();
    let perhaps = false; // once nobody knows, no later refusal makes it certain
    const status = element('span', {class: 'status', role: 'status'});
    const again = element('button', {type: 'button', onclick: () => send()}, 'Send again');
    const discard = element('button', {type: 'button', class: 'quiet', onclick: () => item.remove()}, 'Discard');
    const item = element('li', {'data-ref': frame.ref},
      frame.to ? element('span', {class: 'whom'}, `to ${frame.to} only`) : '',
      element('p', {dir: 'auto'}, frame.text), status, ' ', again, ' ', discard);
    const show = (failed, text) => {
      item.classList.toggle('failed', failed);
      again.hidden = discard.hidden = !failed;
      status.textContent = text;
    };
    const send = async () => {
      show(false, 'Sending …');
      try {
        await this.#send(frame);
      } catch (error) {
        perhaps ||= error instanceof Unanswered;
        return show(true, `${perhaps ? 'Perhaps not sent' : 'Not sent'}: ${error.message}`);
      }
      item.remove();
      this.#sent(frame);
    };
    this.#list.append(item);
    send();
  }
}
