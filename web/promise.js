// What each phase promises, in the words of the lab, and whether it was kept. The
// promise of phase 2 is to fail, in one certain way.

const promises = {
  'phase1-single': {
    title: 'Phase 1 · one server',
    expects: 'Everybody hears everybody.',
    kept: (server) => `Everybody is on ${server}.`,
    reaches: () => true,
  },
  'phase2-broken': {
    title: 'Phase 2 · servers that share nothing',
    expects: 'Only who is on the speaker’s own server hears anything.',
    balanced: true,
    kept: (server, silent) => (silent ? `${silent} got nothing: no message leaves ${server}.` : `Everybody is on ${server}, so there is nothing to see.`),
    reaches: (from, to) => from === to,
  },
  'phase3-redis': {
    title: 'Phase 3 · servers that share one Redis',
    expects: 'Everybody hears everybody, on whichever server.',
    balanced: true,
    redis: true,
    kept: (server, silent, crossed) => (crossed ? 'Redis carried it from server to server.' : 'But all are on one server, so it proves nothing.'),
    reaches: () => true,
  },
};

/** promiseOf a phase, by its folder's name. Of another server nothing is known, so nothing is judged. */
export const promiseOf = (phase) => promises[phase] ?? {
  title: phase || 'An unknown phase',
  expects: 'Nothing is known of this phase, so nothing is judged.',
  balanced: true,
  unknown: true,
  reaches: () => true,
};

/** judge says of rounds that are over {kept, text, reasons}: kept is true, false, or undefined for not judged. */
export function judge(promise, rounds) {
  const outcomes = rounds.flatMap((r) => r.outcomes);
  const heard = outcomes.filter((o) => o.state === 'heard');
  const delivered = `${heard.length} of ${outcomes.length} delivered`;
  if (promise.unknown) return {text: `${delivered}.`, reasons: []};
  const reasons = rounds.flatMap((r) => complaints(promise, r));
  if (reasons.length > 0) return {kept: false, text: `Not as expected: ${delivered}.`, reasons};
  const servers = [...new Set(rounds.map((r) => r.entry))];
  const server = servers.length === 1 ? servers[0] : 'the server that took it';
  const silent = outcomes.filter((o) => o.state === 'silent').map((o) => o.listener.name);
  const crossed = outcomes.some((o) => o.round.entry !== o.server);
  return {kept: true, text: `As expected: ${delivered}. ${promise.kept(server, rounds.length > 1 && silent.length ? 'Others' : silent.join(', '), crossed)}`, reasons};
}

function complaints(promise, round) {
  const from = `${round.sender.name} on ${round.entry}`;
  if (round.refused) return [`${from} got no ack: ${round.refused}`];
  return round.outcomes.map((o) => {
    const who = `${o.listener.name} on ${o.server}`;
    if (o.state === 'late') return `${who} heard ${from} too late`;
    if (o.state === 'heard') return o.expected ? '' : `${who} heard ${from}: nothing should have crossed`;
    if (o.expected) return `${who} did not hear ${from}`;
    return o.canary === 'heard' ? '' : `the canary on ${o.server} did not reach ${o.listener.name}: his silence proves nothing`;
  }).filter((reason) => reason);
}
