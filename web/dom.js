// Elements and shapes. Children that are strings become text: nothing here, or
// anywhere on the page, takes a string for markup, and the page's policy
// (require-trusted-types-for) makes a browser refuse it.

/** element('button', {class: 'quiet', onclick: send}, 'Send') */
export function element(name, attributes = {}, ...children) {
  return complete(document.createElement(name), attributes, children);
}

/** shape is element for SVG. */
export function shape(name, attributes = {}, ...children) {
  return complete(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children);
}

function complete(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else if (value !== false) node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...children);
  return node;
}

export const find = (id) => document.getElementById(id);

/** badge names a server, in a colour of its own: the same one wherever it is shown. */
export const badge = (server) => element('span', {class: `badge ${colourOf(server)}`}, server);

/** colourOf is the class of a server's colour, one of eight in style.css. */
export function colourOf(server) {
  const number = /\d{1,9}$/.exec(server);
  const sum = number ? Number(number[0]) - 1 : [...server].reduce((n, c) => n + c.charCodeAt(0), 0);
  return `colour-${(sum + 8) % 8}`;
}
