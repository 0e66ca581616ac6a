// The rules of docs/protocol.md that a client has to know. The server checks all
// of them too; here they are checked while one can still type.

/** nameProblem says what is wrong with a user's or a room's name, or ''. */
export function nameProblem(name) {
  if (/^[A-Za-z0-9_.-]{1,64}$/.test(name) && name !== '.' && name !== '..') return '';
  return 'Use 1 to 64 of A-Z a-z 0-9 _ . - and not just . or ..';
}

const maxText = 4096; // bytes of UTF-8
const maxFrame = 8192; // bytes of JSON, in which quotes and control characters grow
const maxRest = 256; // of them: the longest room, the ref, and the keys

/** textProblem says what is wrong with a text, or ''. */
export function textProblem(text) {
  const bytes = sizeOf(text);
  if (bytes === 0) return 'Write something first.';
  if (bytes > maxText) return `This has ${bytes} bytes, and ${maxText} is the most.`;
  const encoded = sizeOf(JSON.stringify(text));
  return encoded > maxFrame - maxRest ? `This has ${encoded} bytes as JSON, and ${maxFrame - maxRest} is the most.` : '';
}

const sizeOf = (text) => new TextEncoder().encode(text).length;

/**
 * newRef is for what should be answered, and for a message that should stay a
 * single one however often it is sent: 96 random bits, which no other tab or day
 * has. (crypto.randomUUID is missing on a page from a plain-HTTP address, which
 * is how a phone sees a laptop.)
 */
export function newRef() {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((b) => b.toString(16).padStart(2, '0')).join('');
}

/** A Refusal is an error frame: the server has said no, and the connection stays. */
export class Refusal extends Error {
  constructor({code, message}) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

/** Unanswered is a frame of which nobody knows whether the server has taken it. */
export class Unanswered extends Error {}
