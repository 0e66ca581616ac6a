import * as bench from './bench.js';
import * as chat from './chat.js';
import {find} from './dom.js';
import {promiseOf} from './promise.js';
import {after} from './time.js';

const views = {bench, chat};
let phase = ''; // the folder of the program that serves this page
let shown; // a key of views

addEventListener('hashchange', show);
addEventListener('pagehide', () => views[shown]?.close()); // and say goodbye, rather than be missed
addEventListener('pageshow', (event) => {
  if (event.persisted) show(); // back from where the browser kept it
});

await learnPhase();
show();

/** learnPhase asks whichever server answers: the phase is the same on all. */
async function learnPhase() {
  for (let tries = 0; tries < 5 && !phase; tries++) {
    try {
      const answer = await fetch('/instance', {cache: 'no-store', signal: AbortSignal.timeout(2000)});
      ({phase} = await answer.json());
    } catch {
      await after(300); // after the last one, the views say by themselves that nobody can be reached
    }
  }
  const {title} = promiseOf(phase);
  find('phase').textContent = title;
  document.title = `${title} · The Second Server`;
}

/** show opens the view that the address names: #bench, or #chat?user=alice&room=general. */
function show() {
  const [name, given] = location.hash.slice(1).split('?');
  views[shown]?.close();
  shown = Object.hasOwn(views, name) ? name : 'bench';
  for (const view of Object.keys(views)) {
    find(view).hidden = view !== shown;
    const tab = find(`to-${view}`);
    if (view === shown) tab.setAttribute('aria-current', 'page');
    else tab.removeAttribute('aria-current');
  }
  views[shown].open(new URLSearchParams(given), phase);
}
