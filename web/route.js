// The way of a message through the picture: a list of points, from dot to dot, or to
// where it stopped.

const speed = 1.1; // units a ms. In truth all of it takes one or two ms

/**
 * route is the way of a round's message to a listener. Where it has not arrived,
 * the last point is as far as it is known to have come.
 */
export function route(place, promise, {round, listener, server, state}) {
  const from = place.boxes.get(round.entry);
  const to = place.boxes.get(server);
  const start = place.dots.get(round.sender);
  const end = place.dots.get(listener);
  if (!from || !to || !start || !end) return [];
  const arrived = state === 'heard' || state === 'late';
  const taken = [start, on(from.memory, start)];
  const handed = [on(to.memory, end), end];

  if (promise.redis) {
    const down = [{x: from.riser, y: from.memory.lane}, {x: from.riser, y: place.redis.lane}];
    const up = [{x: to.riser, y: place.redis.lane}, {x: to.riser, y: to.memory.lane}];
    if (arrived) return [...taken, ...down, ...up, ...handed];
    if (round.refused) return [...taken, down[0], between(...down)];
    return [...taken, ...down, up[0], between(...up)];
  }
  if (arrived) return [...taken, ...handed];
  if (from === to) return [...taken, handed[0], between(...handed)];
  return [...taken, {x: to.x > from.x ? from.x + from.width : from.x, y: from.memory.lane}];
}

/** canaryRoute is the short way on one server. */
export function canaryRoute(place, {listener, server, singer}) {
  const box = place.boxes.get(server);
  const [start, end] = [place.dots.get(singer), place.dots.get(listener)];
  return box && start && end ? [start, on(box.memory, start), on(box.memory, end), end] : [];
}

/** travelled is the part of a route that is behind the message after so many ms. */
export function travelled(points, ms) {
  let left = ms * speed;
  for (let i = 1; i < points.length; i++) {
    const leg = Math.hypot(points[i].x - points[i - 1].x, points[i].y - points[i - 1].y);
    if (left < leg) return [...points.slice(0, i), between(points[i - 1], points[i], left / leg)];
    left -= leg;
  }
  return points;
}

const on = (bar, {x}) => ({x, y: bar.lane});

function between(a, b, share = 0.5) {
  return {x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share};
}
