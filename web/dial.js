const welcomeWithin = 10_000; // ms from the first packet

/**
 * dial opens a WebSocket for a user and waits for the welcome, which alone tells
 * where the connection is: GET /instance would tell where that request went.
 * It resolves to {socket, server}. What follows the welcome comes to
 * socket.onmessage, which has to be set before the next await.
 */
export function dial(user) {
  const url = new URL('/ws', location);
  url.protocol = url.protocol.replace('http', 'ws');
  url.searchParams.set('user', user);
  const socket = new WebSocket(url);
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => {
      socket.onclose = null;
      socket.close();
      reject(new Error('no welcome within 10 s'));
    }, welcomeWithin);
    socket.onmessage = ({data}) => {
      clearTimeout(limit);
      socket.onclose = null;
      resolve({socket, server: JSON.parse(data).server_id});
    };
    socket.onclose = async (event) => {
      clearTimeout(limit);
      reject(new Error(await refusal(url) ?? await why(event)));
    };
  });
}

/**
 * refusal is why a server lets nobody in, or undefined. A browser keeps the answer
 * to a failed handshake from the page; so the same is asked without a handshake,
 * and where that is all that was missing, there is no refusal.
 */
async function refusal(url) {
  try {
    const answer = await fetch(`${url.pathname}${url.search}`, {cache: 'no-store', signal: AbortSignal.timeout(2000)});
    const {code, message} = (await answer.json()).error;
    return code === 'bad_handshake' ? undefined : message;
  } catch {
    return undefined; // nobody answers, or a balancer without a server
  }
}

const placeTries = 20; // as the lab has it

/**
 * dialOn dials until the user is on a server that is wanted. Nobody can choose a
 * server through a balancer; one can look where one has landed, and try again.
 * Connections to other servers are held until the end, as a balancer that picks
 * the server with the fewest would else pick the same one for ever. Where none
 * is wanted after 20 tries, it resolves to the last one.
 */
export async function dialOn(user, wanted) {
  const others = [];
  try {
    for (;;) {
      const dialled = await dial(user);
      if (wanted(dialled.server) || others.length + 1 === placeTries) return dialled;
      others.push(dialled.socket);
    }
  } finally {
    for (const socket of others) socket.close();
  }
}

/** closed says what a close event alone tells of why a connection has ended. */
export function closed({code, reason}) {
  if (code === 1012) return 'the server restarts';
  if (code === 1006) return 'the connection broke';
  return `the server ended it: ${reason || `code ${code}`}`;
}

/**
 * why knows more, later. Of a connection that broke, or was never made, a browser
 * tells a page nothing at all (1006), lest pages scan networks; so /readyz is
 * asked, of whoever answers now.
 */
export async function why(event) {
  if (event.code !== 1006) return closed(event);
  try {
    const answer = await fetch('/readyz', {cache: 'no-store', signal: AbortSignal.timeout(2000)});
    return answer.ok ? closed(event) : (await answer.json()).error.message;
  } catch {
    return 'no server can be reached';
  }
}
