import {stateOf} from './barrage.js';
import {colourOf, shape} from './dom.js';
import {layout} from './layout.js';
import {canaryRoute, route, travelled} from './route.js';

const widest = 1000; // units; a wider picture is a larger one

/**
 * A Drawing shows a scene: what there is, and how far messages have come by now.
 * It keeps nothing of the scene, so that it cannot show what is not so. Messages
 * take longer here than in truth; the milliseconds are the true ones.
 *
 *   scene()  {promise, servers, users, rounds, barrage}, or undefined while there is none
 */
export class Drawing {
  #svg;
  #scene;
  #built = ''; // what the parts that stay were drawn for,
  #drawn = []; // and the users
  #place;
  #marks = new Map(); // user → its group and texts
  #frame = 0; // the next animation frame, or 0
  #waiting = []; // who waits until nothing moves
  #still = matchMedia('(prefers-reduced-motion: reduce)');

  constructor(svg, scene) {
    this.#svg = svg;
    this.#scene = scene;
    new ResizeObserver(() => this.show()).observe(svg.parentElement);
  }

  /** show draws at the next frame, and goes on for as long as something moves. */
  show() {
    this.#frame ||= requestAnimationFrame((now) => {
      this.#frame = 0;
      const scene = this.#scene();
      if (scene && this.#draw(scene, now)) return this.show();
      for (const resolve of this.#waiting.splice(0)) resolve();
    });
  }

  /** still resolves when nothing moves any more: never, while nobody looks at the tab. */
  still() {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.show();
    });
  }

  /** #draw is true while something moves. */
  #draw(scene, now) {
    this.#build(scene);
    const outcomes = scene.rounds.flatMap((r) => r.outcomes);
    const messages = outcomes.map((o) => this.#message(scene, o, now));
    const songs = outcomes.filter((o) => o.singer).map((o) => this.#song(o, now));
    const ways = [...messages, ...songs].sort((a, b) => a.arrives - b.arrives); // what arrives is drawn over what does not
    this.#svg.querySelector('.ways').replaceChildren(...ways.flatMap((m) => m.shapes));
    const sung = new Set(songs.filter((s) => !s.moves).map((s) => s.outcome));
    for (const user of scene.users) this.#mark(user, this.#heard(scene, user, messages, sung, now));
    return ways.some((m) => m.moves) || outcomes.some((o) => o.state === 'waiting');
  }

  /** #message is one on its way to one listener: as it has come so far. */
  #message({promise}, outcome, now) {
    const points = route(this.#place, promise, outcome);
    const arrived = outcome.state === 'heard' || outcome.state === 'late';
    const way = this.#way(points, now - outcome.round.began, arrived ? 'arrived' : 'stuck');
    if (outcome.state === 'silent' && points.length > 0) way.shapes.push(cross(points.at(-1)));
    return {outcome, ...way, shown: arrived && way.moves ? 'waiting' : outcome.state};
  }

  #song(outcome, now) {
    return {outcome, ...this.#way(canaryRoute(this.#place, outcome), now - outcome.sang, 'canary')};
  }

  #way(points, ms, kind) {
    const behind = travelled(points, this.#still.matches ? Infinity : Math.max(0, ms));
    const moves = behind !== points;
    const shapes = [shape('polyline', {class: `way ${kind}`, points: behind.map(({x, y}) => `${x},${y}`).join(' ')})];
    if (moves) shapes.push(shape('circle', {class: `pulse ${kind}`, r: 9, cx: behind.at(-1).x, cy: behind.at(-1).y}));
    return {moves, shapes, arrives: kind !== 'stuck'};
  }

  /** #heard is what stands under a user: {state, text, canary}. */
  #heard({rounds, barrage}, user, messages, sung, now) {
    const share = barrage?.share(user);
    if (share !== undefined) return {state: stateOf(share), text: `hears ${share.toFixed(0)} %`};
    const mine = messages.filter((m) => m.outcome.listener === user);
    const said = rounds.find((r) => r.sender === user);
    if (said?.refused) return {state: 'silent', text: '✗ not acknowledged'};
    if (mine.length === 0) return {state: said ? 'speaks' : 'idle', text: said ? 'says hello' : ''};
    const canaries = mine.filter((m) => sung.has(m.outcome)).map((m) => m.outcome.canary);
    const canary = canaries.includes('unheard') ? '✗ no canary' : canaries.includes('heard') ? '✓ canary' : '';
    if (mine.length === 1) return {...this.#one(mine[0], now), canary};
    const count = mine.filter((m) => m.shown === 'heard').length;
    const state = mine.some((m) => m.shown === 'waiting') ? 'waiting' : count === mine.length ? 'heard' : count === 0 ? 'silent' : 'part';
    return {state, text: `${count} of ${mine.length}`, canary};
  }

  #one({shown, outcome: {round, ms}}, now) {
    switch (shown) {
      case 'waiting': return {state: shown, text: `${(round.left(now) / 1000).toFixed(1)} s left`};
      case 'heard': return {state: shown, text: `✓ ${milliseconds(ms)}`};
      case 'late': return {state: 'silent', text: `✗ late: ${milliseconds(ms)}`};
    }
    return {state: 'silent', text: '✗ nothing'};
  }

  #mark(user, {state, text, canary = ''}) {
    const {group, texts} = this.#marks.get(user);
    if (group.dataset.state !== state) group.dataset.state = state;
    if (texts[0].textContent !== text) texts[0].textContent = text;
    if (texts[1].textContent !== canary) texts[1].textContent = canary;
  }

  /** #build draws what stays where it is, if something is elsewhere than before. */
  #build({promise, servers, users, rounds}) {
    const width = Math.min(widest, Math.max(300, this.#svg.parentElement.clientWidth));
    const lost = stuck(rounds, width);
    const wanted = JSON.stringify([width, promise.title, servers, users.map((u) => [u.name, u.server]), lost]);
    if (wanted === this.#built && users.every((user, i) => user === this.#drawn[i])) return;
    this.#built = wanted;
    this.#drawn = users;
    const place = this.#place = layout(width, promise, servers, users);
    this.#svg.setAttribute('viewBox', `0 0 ${width} ${place.height}`);
    this.#marks.clear();
    this.#svg.replaceChildren(
      shape('title', {}, 'Which server holds whom, and how far messages have come'),
      ...lines(place),
      ...(place.balancer ? [slab(place.balancer, 'balancer')] : []),
      ...[...place.boxes].map(([server, box]) => serverBox(server, box)),
      ...(place.redis ? [slab(place.redis, 'redis')] : []),
      ...(place.note ? [label(place.note, lost ? 'note lost' : 'note', lost || 'nothing is shared', width)] : []),
      shape('g', {class: 'ways'}),
      ...words(place, promise),
      ...users.map((user) => this.#dot(user, place.dots.get(user))),
    );
  }

  #dot(user, {x, y}) {
    const canary = user.kind === 'canary';
    const beside = (dy, kind, text) => shape('text', {class: kind, x: x + 28, y: y + dy}, text);
    const texts = [beside(13, 'heard', ''), beside(29, 'canary', '')];
    const group = shape('g', {class: `user ${user.kind}`, 'data-user': user.name, 'data-state': 'idle'},
      shape('circle', {cx: x, cy: y, r: canary ? 14 : 21}),
      label({x, y: y + 6}, 'initial', canary ? '♪' : user.name[0].toUpperCase()),
      beside(canary ? 5 : -6, 'name', user.name), ...texts);
    this.#marks.set(user, {group, texts});
    return group;
  }
}

/** milliseconds has a decimal where it matters. */
export const milliseconds = (ms) => `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;

/** stuck says between which servers there is no way, or ''. */
function stuck(rounds, width) {
  const silent = rounds.flatMap((r) => r.outcomes).filter((o) => o.state === 'silent' && o.server !== o.round.entry);
  if (silent.length === 0) return '';
  const [from, to] = [silent.map((o) => o.round.entry), silent.map((o) => o.server)].map((names) => [...new Set(names)]);
  if (from.length > 1) return '✗ nothing leads from server to server';
  const others = to.length === 1 ? to[0] : 'the others';
  return width < 500 ? `✗ nothing leads to ${others}` : `✗ nothing leads from ${from[0]} to ${others}`;
}

/** lines are what could carry a message, or a connection. */
function lines({balancer, boxes, redis}) {
  return [...boxes.values()].flatMap(({x, y, riser, memory}) => {
    const inside = riser > x;
    const lane = memory.lane;
    return [
      ...(balancer ? [line(riser, balancer.y, riser, inside ? y : lane)] : []),
      ...(inside ? [] : [line(riser, lane, x, lane)]),
      ...(redis ? [line(riser, lane, riser, redis.y)] : []),
    ];
  });
}

const line = (x1, y1, x2, y2) => shape('line', {class: 'link', x1, y1, x2, y2});

function serverBox(server, {x, y, width, height, memory}) {
  return shape('g', {class: `server ${colourOf(server)}`, 'data-server': server},
    shape('rect', {class: 'box', x, y, width, height, rx: 10}),
    label({x: x + width / 2, y: y + 24}, 'server-name', server, width - 20),
    slab(memory, 'memory'));
}

const slab = ({x, y, width, height}, kind) => shape('rect', {class: kind, x, y, width, height, rx: 6});

/** words are what is written on bars, fewer where there is no room. They stand on the ways that pass there. */
function words({balancer, boxes, redis}, promise) {
  const on = ({x, y, width, height, lane}, kind, text, short) =>
    label({x: x + width / 2, y: y + height / 2 + (lane ? 11 : 6)}, `words on-${kind}`, width > 8 * text.length ? text : short);
  return [
    ...(balancer ? [on(balancer, 'balancer', 'balancer: each connection to the next server', 'balancer')] : []),
    ...[...boxes.values()].map(({memory}) => on(memory, 'memory', ...inMemory(promise))),
    ...(redis ? [on(redis, 'redis', 'Redis: what one server is told, all are told', 'Redis')] : []),
  ];
}

function inMemory({redis, unknown}) {
  if (unknown) return ['rooms', 'rooms'];
  return redis ? ['its part of the rooms', 'rooms'] : ['rooms in its own memory', 'memory'];
}

/** label is a text around a point. One that may be wider than most is made narrower. */
function label({x, y}, kind, text, most = Infinity) {
  const long = text.length * 12 > most;
  return shape('text', {class: kind, x, y, 'text-anchor': 'middle', textLength: long && most, lengthAdjust: long && 'spacingAndGlyphs'}, text);
}

function cross({x, y}) {
  return shape('g', {class: 'cross'}, shape('circle', {cx: x, cy: y, r: 15}),
    shape('path', {d: `M${x - 6},${y - 6} l12,12 m0,-12 l-12,12`}));
}
