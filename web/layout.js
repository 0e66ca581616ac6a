// Where everything is in the picture, in units that are pixels on a phone and grow
// with wider windows. Nothing is drawn here.

const margin = 8;
const between = 38; // what lines have to cross, from row to row
const head = 32; // a box's name
const cell = {width: 146, height: 74}; // a user: a dot, and beside it the name and what was heard
const low = 34; // the height of the balancer
const bar = 44; // that of Redis, and of a server's memory: where messages go along, and words below
const lane = 10; // from the top of a bar to there

/**
 * layout places what there is: servers in boxes, users in the box of the server
 * that holds them, or above it all while there is none.
 *
 *   promise  whether there is a balancer and a Redis: see promise.js
 *   users    [{name, server}]
 *
 * It returns {width, height, balancer, redis, note, boxes, dots}. Bars are {x, y,
 * width, height, lane}, where lane is the y of messages; the balancer has none, as
 * it is no part of their way once everybody is connected. Boxes, by server, have
 * their memory, a bar, and riser, the x of their lines to the balancer and to
 * Redis. Dots, by user, are {x, y}.
 */
export function layout(width, promise, servers, users) {
  const place = {width, boxes: new Map(), dots: new Map()};
  const full = {x: margin, width: width - 2 * margin};
  let y = margin;

  const lobby = users.filter((u) => !u.server);
  if (lobby.length > 0) y += seat(place, lobby, {...full, y});

  if (promise.balanced) {
    place.balancer = {...full, y, height: low};
    y += low + between;
  }
  for (const row of rows(full, servers)) {
    const seats = row.map(({server, x, width: w}) => seat(place, users.filter((u) => u.server === server), {x: x + 6, y: y + head, width: w - 12}));
    const height = head + Math.max(cell.height, ...seats) + bar + 12;
    for (const {server, ...box} of row) {
      const memory = strip({x: box.x + 12, y: y + height - bar - 12, width: box.width - 24});
      place.boxes.set(server, {...box, y, height, memory});
    }
    y += height + between;
  }
  if (promise.redis) {
    place.redis = strip({...full, y});
    y += bar;
  } else if (promise.balanced && !promise.unknown) {
    place.note = {x: width / 2, y: y - between / 2 + 6};
  } else {
    y -= between;
  }
  place.height = y + margin;
  return place;
}

/**
 * rows shares servers out, as many in a row as there is room for. With one row,
 * lines go straight down the middle; with more they go between the boxes.
 */
function rows({x, width}, servers) {
  const gap = width < 500 ? 20 : servers.length > 2 ? 28 : 72;
  const most = Math.max(1, Math.floor((width + gap) / (cell.width + 10 + gap)));
  const several = servers.length > most;
  const indent = several ? gap : 0;
  const boxWidth = (width - indent + gap) / Math.max(1, Math.min(most, servers.length)) - gap;
  const all = [];
  for (let first = 0; first < servers.length; first += most) {
    all.push(servers.slice(first, first + most).map((server, i) => {
      const left = x + indent + i * (boxWidth + gap);
      return {server, x: left, width: boxWidth, riser: several ? left - gap / 2 : left + boxWidth / 2};
    }));
  }
  return all;
}

/** seat puts users side by side, in as many rows as it takes, and returns their height. */
function seat(place, users, {x, y, width}) {
  const columns = Math.max(1, Math.min(users.length, Math.floor(width / cell.width)));
  const step = Math.min(1.4 * cell.width, width / columns);
  users.forEach((user, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    const left = x + width / 2 + (column - columns / 2) * step + (step - cell.width) / 2;
    place.dots.set(user, {x: left + 26, y: y + row * cell.height + 34});
  });
  return Math.ceil(users.length / columns) * cell.height;
}

const strip = (rect) => ({...rect, height: bar, lane: rect.y + lane});
